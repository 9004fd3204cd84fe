package io.weft.kernel.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weft.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Reads {@code struct bpf_map_info}, {@code bpf_prog_info} and {@code bpf_link_info}. */
final class BpfInfo {
    private static final int SIZE = 256;

    private BpfInfo() {}

    static MapInfo map(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = read(arena, fd, 88, "map info");
            return new MapInfo(
                    info.get(JAVA_INT, 0),
                    info.get(JAVA_INT, 4),
                    info.getString(24),
                    info.get(JAVA_INT, 8),
                    info.get(JAVA_INT, 12),
                    info.get(JAVA_INT, 16),
                    info.get(JAVA_INT, 20));
        }
    }

    static ProgramInfo program(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = read(arena, fd, 224, "program info");
            return new ProgramInfo(
                    info.get(JAVA_INT, 0),
                    info.get(JAVA_INT, 4),
                    info.get(JAVA_LONG, 8),
                    info.getString(64),
                    info.get(JAVA_INT, 20) / 8,
                    info.get(JAVA_INT, 216),
                    info.get(JAVA_LONG, 192),
                    info.get(JAVA_LONG, 200));
        }
    }

    static LinkInfo link(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = read(arena, fd, 48, "link info");
            return new LinkInfo(
                    info.get(JAVA_INT, 0),
                    info.get(JAVA_INT, 4),
                    info.get(JAVA_INT, 8),
                    info.get(JAVA_INT, 16),
                    info.get(JAVA_INT, 20));
        }
    }

    private static MemorySegment read(Arena arena, int fd, int length, String operation) {
        MemorySegment info = arena.allocate(SIZE, 8);
        KernelException.check(Libbpf.info(fd, info, arena.allocateFrom(JAVA_INT, length)), operation);
        return info;
    }
}
