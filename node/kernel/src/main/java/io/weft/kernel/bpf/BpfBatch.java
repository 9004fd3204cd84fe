package io.weft.kernel.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;

/** Many map entries in one system call, and one by one where the kind of map knows no batches. */
final class BpfBatch {
    private static final int CHUNK = 1024;

    private BpfBatch() {}

    static void update(BpfMap map, MemorySegment keys, MemorySegment values, int count, UpdateMode mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment done = arena.allocateFrom(JAVA_INT, count);
            int result = count == 0 ? 0 : Libbpf.updateBatch(map.fd(), keys, values, done, options(arena, mode));
            if (result == 0) {
                return;
            }
            if (!unsupported(result)) {
                throw new KernelException(
                        "map " + map.info().name() + " update batch",
                        -result,
                        "after " + done.get(JAVA_INT, 0) + " of " + count + " entries");
            }
            for (int i = 0; i < count; i++) {
                map.update(slice(keys, i, map.keySize()), slice(values, i, map.valueBytes()), mode);
            }
        }
    }

    static int delete(BpfMap map, MemorySegment keys, int count) {
        int deleted = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment done = arena.allocate(JAVA_INT);
            MemorySegment options = options(arena, UpdateMode.ANY);
            int at = 0;
            while (at < count) {
                done.set(JAVA_INT, 0, count - at);
                int result = Libbpf.deleteBatch(map.fd(), keys.asSlice((long) at * map.keySize()), done, options);
                if (unsupported(result)) {
                    return deleteSingly(map, keys, count);
                }
                deleted += done.get(JAVA_INT, 0);
                at += done.get(JAVA_INT, 0);
                if (result == -Errno.ENOENT) {
                    at++;
                } else {
                    map.check(result, "delete batch");
                }
            }
        }
        return deleted;
    }

    private static int deleteSingly(BpfMap map, MemorySegment keys, int count) {
        int deleted = 0;
        for (int i = 0; i < count; i++) {
            if (map.delete(slice(keys, i, map.keySize()))) {
                deleted++;
            }
        }
        return deleted;
    }

    static int forEach(BpfMap map, BiConsumer<MemorySegment, MemorySegment> visitor) {
        int chunk = CHUNK;
        int seen = 0;
        try (Arena places = Arena.ofConfined()) {
            MemorySegment from = places.allocate(Math.max(map.keySize(), 8), 8);
            MemorySegment next = places.allocate(Math.max(map.keySize(), 8), 8);
            MemorySegment count = places.allocate(JAVA_INT);
            MemorySegment options = options(places, UpdateMode.ANY);
            boolean first = true;
            while (true) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment keys = arena.allocate((long) chunk * map.keySize(), 8);
                    MemorySegment values = arena.allocate((long) chunk * map.valueBytes(), 8);
                    int result;
                    do {
                        count.set(JAVA_INT, 0, chunk);
                        result = Libbpf.lookupBatch(
                                map.fd(), first ? MemorySegment.NULL : from, next, keys, values, count, options);
                        if (first && unsupported(result)) {
                            return forEachSingly(map, visitor);
                        }
                        if (result == -Errno.ENOSPC) {
                            break;
                        }
                        if (result < 0 && result != -Errno.ENOENT) {
                            map.check(result, "lookup batch");
                        }
                        int filled = count.get(JAVA_INT, 0);
                        for (int i = 0; i < filled; i++) {
                            visitor.accept(slice(keys, i, map.keySize()), slice(values, i, map.valueBytes()));
                        }
                        seen += filled;
                        first = false;
                        from.copyFrom(next);
                    } while (result == 0);
                    if (result == -Errno.ENOENT) {
                        return seen;
                    }
                }
                // A hash bucket holds more than the chunk: the same place again with more room.
                chunk *= 4;
            }
        }
    }

    private static int forEachSingly(BpfMap map, BiConsumer<MemorySegment, MemorySegment> visitor) {
        int seen = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(map.keySize(), 8);
            MemorySegment next = arena.allocate(map.keySize(), 8);
            MemorySegment value = arena.allocate(map.valueBytes(), 8);
            boolean more = map.nextKey(MemorySegment.NULL, key);
            while (more) {
                // The next key is taken first, so that the visitor may delete this one.
                more = map.nextKey(key, next);
                if (map.lookup(key, value)) {
                    visitor.accept(key, value);
                    seen++;
                }
                key.copyFrom(next);
            }
        }
        return seen;
    }

    private static MemorySegment slice(MemorySegment segment, int index, int size) {
        return segment.asSlice((long) index * size, size);
    }

    private static boolean unsupported(int result) {
        return result == -Errno.ENOTSUPP || result == -Errno.EOPNOTSUPP;
    }

    private static MemorySegment options(Arena arena, UpdateMode mode) {
        MemorySegment options = arena.allocate(24, 8);
        options.set(JAVA_LONG, 0, 24);
        options.set(JAVA_LONG, 8, mode.flag());
        return options;
    }
}
