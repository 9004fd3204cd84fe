package io.weft.kernel.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weft.kernel.Foreign;
import io.weft.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** The functions of libbpf.so.1 that this package uses; results are negated error numbers, as libbpf 1.0 returns them. */
final class Libbpf {
    private static final SymbolLookup LIBRARY = Foreign.library("libbpf.so.1");

    private static final MethodHandle OPEN_MEM = Foreign.withErrno(
            LIBRARY, "bpf_object__open_mem", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle LOAD = plain("bpf_object__load", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle CLOSE = plain("bpf_object__close", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle NEXT_MAP =
            plain("bpf_object__next_map", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle NEXT_PROGRAM =
            plain("bpf_object__next_program", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle FIND_MAP =
            plain("bpf_object__find_map_by_name", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle FIND_PROGRAM =
            plain("bpf_object__find_program_by_name", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle MAP_NAME = plain("bpf_map__name", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle MAP_FD = plain("bpf_map__fd", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle SET_PIN_PATH =
            plain("bpf_map__set_pin_path", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle REUSE_FD =
            plain("bpf_map__reuse_fd", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SET_MAX_ENTRIES =
            plain("bpf_map__set_max_entries", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SET_INNER_MAP =
            plain("bpf_map__set_inner_map_fd", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle INITIAL_VALUE =
            plain("bpf_map__initial_value", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle PROGRAM_NAME =
            plain("bpf_program__name", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle PROGRAM_FD = plain("bpf_program__fd", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle SET_AUTOLOAD =
            plain("bpf_program__set_autoload", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_BOOLEAN));
    private static final MethodHandle MAP_CREATE = plain(
            "bpf_map_create",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle PROG_LOAD = plain(
            "bpf_prog_load", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle UPDATE =
            plain("bpf_map_update_elem", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
    private static final MethodHandle LOOKUP =
            plain("bpf_map_lookup_elem", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle LOOKUP_DELETE =
            plain("bpf_map_lookup_and_delete_elem", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle DELETE =
            plain("bpf_map_delete_elem", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle NEXT_KEY =
            plain("bpf_map_get_next_key", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle FREEZE = plain("bpf_map_freeze", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle UPDATE_BATCH = plain(
            "bpf_map_update_batch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle DELETE_BATCH =
            plain("bpf_map_delete_batch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle LOOKUP_BATCH = plain(
            "bpf_map_lookup_batch",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle PIN = plain("bpf_obj_pin", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle GET = plain("bpf_obj_get", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle INFO =
            plain("bpf_obj_get_info_by_fd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle MAP_BY_ID =
            plain("bpf_map_get_fd_by_id", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle PROG_BY_ID =
            plain("bpf_prog_get_fd_by_id", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle POSSIBLE_CPUS =
            plain("libbpf_num_possible_cpus", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle TC_HOOK_CREATE =
            plain("bpf_tc_hook_create", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle TC_ATTACH =
            plain("bpf_tc_attach", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle TC_DETACH =
            plain("bpf_tc_detach", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle TC_QUERY =
            plain("bpf_tc_query", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

    static {
        LibbpfLog.install(LIBRARY);
    }

    private Libbpf() {}

    private static MethodHandle plain(String name, FunctionDescriptor type) {
        return Foreign.plain(LIBRARY, name, type);
    }

    /** Opens an ELF image; the image must stay where it is until the object is closed. */
    static MemorySegment openMemory(MemorySegment image, MemorySegment options, String operation) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Foreign.ERRNO_LAYOUT);
            try (LibbpfLog.Capture log = LibbpfLog.capture()) {
                MemorySegment object = (MemorySegment) OPEN_MEM.invokeExact(state, image, image.byteSize(), options);
                if (object.equals(MemorySegment.NULL)) {
                    throw new KernelException(operation, Foreign.errno(state), log.text());
                }
                return object;
            }
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int load(MemorySegment object) {
        try {
            return (int) LOAD.invokeExact(object);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static void close(MemorySegment object) {
        try {
            CLOSE.invokeExact(object);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static MemorySegment nextMap(MemorySegment object, MemorySegment previous) {
        return pointer(NEXT_MAP, object, previous);
    }

    static MemorySegment nextProgram(MemorySegment object, MemorySegment previous) {
        return pointer(NEXT_PROGRAM, object, previous);
    }

    static MemorySegment findMap(MemorySegment object, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return pointer(FIND_MAP, object, arena.allocateFrom(name));
        }
    }

    static MemorySegment findProgram(MemorySegment object, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return pointer(FIND_PROGRAM, object, arena.allocateFrom(name));
        }
    }

    static MemorySegment initialValue(MemorySegment map, MemorySegment size) {
        return pointer(INITIAL_VALUE, map, size);
    }

    private static MemorySegment pointer(MethodHandle function, MemorySegment first, MemorySegment second) {
        try {
            return (MemorySegment) function.invokeExact(first, second);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static String mapName(MemorySegment map) {
        try {
            return Foreign.string((MemorySegment) MAP_NAME.invokeExact(map));
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static String programName(MemorySegment program) {
        try {
            return Foreign.string((MemorySegment) PROGRAM_NAME.invokeExact(program));
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int mapFd(MemorySegment map) {
        return call(MAP_FD, map);
    }

    static int programFd(MemorySegment program) {
        return call(PROGRAM_FD, program);
    }

    private static int call(MethodHandle function, MemorySegment argument) {
        try {
            return (int) function.invokeExact(argument);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int setPinPath(MemorySegment map, Path path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) SET_PIN_PATH.invokeExact(map, arena.allocateFrom(path.toString()));
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int reuseFd(MemorySegment map, int fd) {
        return call(REUSE_FD, map, fd);
    }

    static int setMaxEntries(MemorySegment map, int entries) {
        return call(SET_MAX_ENTRIES, map, entries);
    }

    static int setInnerMap(MemorySegment map, int fd) {
        return call(SET_INNER_MAP, map, fd);
    }

    private static int call(MethodHandle function, MemorySegment subject, int argument) {
        try {
            return (int) function.invokeExact(subject, argument);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int setAutoload(MemorySegment program, boolean autoload) {
        try {
            return (int) SET_AUTOLOAD.invokeExact(program, autoload);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int createMap(int type, String name, int keySize, int valueSize, int maxEntries, MemorySegment options) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    MAP_CREATE.invokeExact(type, arena.allocateFrom(name), keySize, valueSize, maxEntries, options);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int loadProgram(int type, String name, MemorySegment instructions) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) PROG_LOAD.invokeExact(
                    type,
                    arena.allocateFrom(name),
                    arena.allocateFrom("GPL"),
                    instructions,
                    instructions.byteSize() / 8,
                    MemorySegment.NULL);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int update(int fd, MemorySegment key, MemorySegment value, long flags) {
        try {
            return (int) UPDATE.invokeExact(fd, key, value, flags);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int lookup(int fd, MemorySegment key, MemorySegment value) {
        return call(LOOKUP, fd, key, value);
    }

    static int lookupAndDelete(int fd, MemorySegment key, MemorySegment value) {
        return call(LOOKUP_DELETE, fd, key, value);
    }

    static int nextKey(int fd, MemorySegment key, MemorySegment next) {
        return call(NEXT_KEY, fd, key, next);
    }

    static int info(int fd, MemorySegment info, MemorySegment length) {
        return call(INFO, fd, info, length);
    }

    private static int call(MethodHandle function, int fd, MemorySegment first, MemorySegment second) {
        try {
            return (int) function.invokeExact(fd, first, second);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int delete(int fd, MemorySegment key) {
        try {
            return (int) DELETE.invokeExact(fd, key);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int freeze(int fd) {
        return call(FREEZE, fd);
    }

    static int mapById(int id) {
        return call(MAP_BY_ID, id);
    }

    static int programById(int id) {
        return call(PROG_BY_ID, id);
    }

    private static int call(MethodHandle function, int argument) {
        try {
            return (int) function.invokeExact(argument);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int updateBatch(
            int fd, MemorySegment keys, MemorySegment values, MemorySegment count, MemorySegment options) {
        try {
            return (int) UPDATE_BATCH.invokeExact(fd, keys, values, count, options);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int deleteBatch(int fd, MemorySegment keys, MemorySegment count, MemorySegment options) {
        try {
            return (int) DELETE_BATCH.invokeExact(fd, keys, count, options);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int lookupBatch(
            int fd,
            MemorySegment from,
            MemorySegment next,
            MemorySegment keys,
            MemorySegment values,
            MemorySegment count,
            MemorySegment options) {
        try {
            return (int) LOOKUP_BATCH.invokeExact(fd, from, next, keys, values, count, options);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int pin(int fd, Path path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) PIN.invokeExact(fd, arena.allocateFrom(path.toString()));
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int get(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) GET.invokeExact(arena.allocateFrom(path.toString()));
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int possibleCpus() {
        try {
            return (int) POSSIBLE_CPUS.invokeExact();
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    static int tcHookCreate(MemorySegment hook) {
        return call(TC_HOOK_CREATE, hook);
    }

    static int tcAttach(MemorySegment hook, MemorySegment options) {
        return call(TC_ATTACH, hook, options);
    }

    static int tcDetach(MemorySegment hook, MemorySegment options) {
        return call(TC_DETACH, hook, options);
    }

    static int tcQuery(MemorySegment hook, MemorySegment options) {
        return call(TC_QUERY, hook, options);
    }

    private static int call(MethodHandle function, MemorySegment first, MemorySegment second) {
        try {
            return (int) function.invokeExact(first, second);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }
}
