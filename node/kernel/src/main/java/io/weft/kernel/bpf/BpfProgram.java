package io.weft.kernel.bpf;

import io.weft.kernel.FileDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** A loaded BPF program by its file descriptor; it lives on while something is attached, pinned or in an array. */
public final class BpfProgram implements AutoCloseable {
    private final FileDescriptor descriptor;
    private final ProgramInfo info;

    BpfProgram(FileDescriptor descriptor) {
        this.descriptor = descriptor;
        this.info = BpfInfo.program(descriptor.number());
    }

    /** Opens a pinned program. */
    public static BpfProgram openPinned(Path path) {
        return new BpfProgram(FileDescriptor.of(Libbpf.get(path), "open program " + path));
    }

    /** Opens a program by its number in this kernel. */
    public static BpfProgram byId(int id) {
        return new BpfProgram(
                FileDescriptor.of(Libbpf.programById(id), "open program " + Integer.toUnsignedString(id)));
    }

    /** What the kernel said of it when this object was made; the run counts are of that moment. */
    public ProgramInfo info() {
        return info;
    }

    /** What the kernel says of it now. */
    public ProgramInfo currentInfo() {
        return BpfInfo.program(fd());
    }

    /** The file descriptor, valid until this object is closed. */
    public int fd() {
        return descriptor.number();
    }

    /** Pins it, which keeps it alive after this process. */
    public void pin(Path path) {
        BpfFileSystem.pin(fd(), path);
    }

    /**
     * Waits until every run of a program that has begun, of whichever program, has ended. Programs that may sleep are not
     * waited for.
     */
    public static void awaitRuns() {
        // An update of a map of maps returns when no program can see the map that stood there before.
        try (BpfMap inner = BpfMap.create(MapType.ARRAY, "inner", Integer.BYTES, Integer.BYTES, 1, 0);
                BpfMap outer = BpfMap.createOfMaps(MapType.ARRAY_OF_MAPS, "outer", Integer.BYTES, 1, inner)) {
            outer.update(BpfMap.intKey(0), inner);
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }

    static BpfProgram load(int type, String name, MemorySegment instructions) {
        return new BpfProgram(FileDescriptor.of(Libbpf.loadProgram(type, name, instructions), "load program " + name));
    }
}
