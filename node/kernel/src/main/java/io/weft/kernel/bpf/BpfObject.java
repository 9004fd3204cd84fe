package io.weft.kernel.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weft.kernel.Errno;
import io.weft.kernel.Foreign;
import io.weft.kernel.KernelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A compiled BPF object: opened, adjusted, loaded, then a source of maps and programs.
 *
 * <p>The maps and programs it hands out belong to it and are closed with it; what must live longer is pinned, or is
 * attached. Used by one thread at a time; once it is loaded, several may ask for maps and programs.
 */
public final class BpfObject implements AutoCloseable {
    private final String name;
    private final Arena arena = Arena.ofShared();
    private final ElfSymbols symbols;
    private final Map<String, BpfMap> maps = new LinkedHashMap<>();
    private final Map<String, BpfProgram> programs = new LinkedHashMap<>();
    private @Nullable MemorySegment object;
    private boolean loaded;

    private BpfObject(String name, byte[] image) {
        this.name = name;
        this.symbols = new ElfSymbols(image);
        MemorySegment options = arena.allocate(80, 8);
        options.set(JAVA_LONG, 0, 80);
        options.set(ADDRESS, 8, arena.allocateFrom(name));
        try {
            object = Libbpf.openMemory(Foreign.copy(arena, image), options, "open object " + name);
        } catch (KernelException e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Opens an ELF image.
     *
     * @param name for messages and for the names of its data maps
     * @throws KernelException with libbpf's messages when it is not understood
     */
    public static BpfObject open(String name, byte[] image) {
        return new BpfObject(name, image);
    }

    /** Opens an ELF file under its name without the suffix. */
    public static BpfObject open(Path file) {
        try {
            String name = String.valueOf(file.getFileName());
            int dot = name.indexOf('.');
            return new BpfObject(dot > 0 ? name.substring(0, dot) : name, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** The names of its maps, data sections among them. */
    public List<String> mapNames() {
        List<String> names = new ArrayList<>();
        MemorySegment map = Libbpf.nextMap(handle(), MemorySegment.NULL);
        while (!map.equals(MemorySegment.NULL)) {
            names.add(Libbpf.mapName(map));
            map = Libbpf.nextMap(handle(), map);
        }
        return List.copyOf(names);
    }

    /** The names of its programs, in the order of the object. */
    public List<String> programNames() {
        List<String> names = new ArrayList<>();
        MemorySegment program = Libbpf.nextProgram(handle(), MemorySegment.NULL);
        while (!program.equals(MemorySegment.NULL)) {
            names.add(Libbpf.programName(program));
            program = Libbpf.nextProgram(handle(), program);
        }
        return List.copyOf(names);
    }

    /**
     * Before loading: pins a map at a path, or takes the map that is pinned there.
     *
     * <p>Loading fails when the pinned map has another shape.
     */
    public BpfObject pinMap(String map, Path path) {
        BpfFileSystem.requireName(path);
        Path parent = path.getParent();
        if (parent != null) {
            BpfFileSystem.directory(parent);
        }
        check(Libbpf.setPinPath(mapHandle(map), path), "pin path of map " + map);
        return this;
    }

    /** Before loading: takes an existing map instead of a new one. */
    public BpfObject reuseMap(String map, BpfMap existing) {
        check(Libbpf.reuseFd(mapHandle(map), existing.fd()), "reuse map " + map);
        return this;
    }

    /** Before loading: sets the capacity of a map. */
    public BpfObject maxEntries(String map, int entries) {
        check(Libbpf.setMaxEntries(mapHandle(map), entries), "capacity of map " + map);
        return this;
    }

    /** Before loading: gives the shape of the maps inside a map of maps. */
    public BpfObject innerMap(String map, BpfMap template) {
        check(Libbpf.setInnerMap(mapHandle(map), template.fd()), "inner map of " + map);
        return this;
    }

    /** Before loading: leaves a program out, or takes it in again. */
    public BpfObject autoload(String program, boolean load) {
        check(Libbpf.setAutoload(programHandle(program), load), "autoload of program " + program);
        return this;
    }

    /**
     * Before loading: sets a global variable, constants ({@code const volatile}) included.
     *
     * @param value its bytes, in the order of this machine and of the variable's size
     */
    public BpfObject global(String variable, byte[] value) {
        ElfSymbols.Variable place = symbols.find(variable)
                .orElseThrow(() -> new KernelException(
                        "object " + name + " global " + variable, Errno.ENOENT, "no such variable"));
        if (place.size() != value.length) {
            throw new IllegalArgumentException(
                    "variable " + variable + " has " + place.size() + " bytes, not " + value.length);
        }
        requireNotLoaded();
        MemorySegment.copy(
                value, 0, initialValues(place.section()), ValueLayout.JAVA_BYTE, place.offset(), value.length);
        return this;
    }

    /** Before loading: sets a global variable of 32 bits. */
    public BpfObject global(String variable, int value) {
        return global(variable, BpfMap.intKey(value));
    }

    /** Before loading: the value of a global variable of 32 bits, if the object has it. */
    public OptionalInt global(String variable) {
        requireNotLoaded();
        return symbols.find(variable)
                .map(place -> OptionalInt.of(initialValues(place.section()).get(ValueLayout.JAVA_INT, place.offset())))
                .orElseGet(OptionalInt::empty);
    }

    private MemorySegment initialValues(String section) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment size = scratch.allocate(JAVA_LONG);
            return Libbpf.initialValue(mapHandle(section), size).reinterpret(size.get(JAVA_LONG, 0));
        }
    }

    /**
     * Loads maps and programs into the kernel.
     *
     * @throws KernelException with the verifier's log (its end, when it is long) when a program is refused
     */
    public BpfObject load() {
        requireNotLoaded();
        try (LibbpfLog.Capture log = LibbpfLog.capture()) {
            int result = Libbpf.load(handle());
            if (result < 0) {
                throw new KernelException("load object " + name, -result, log.text());
            }
        }
        loaded = true;
        return this;
    }

    /** After loading: a map by its name in C, or a data section such as {@code .bss}. */
    public synchronized BpfMap map(String map) {
        return maps.computeIfAbsent(map, key -> {
            int fd = check(Libbpf.mapFd(mapHandle(key)), "map " + key);
            return BpfMap.byId(BpfInfo.map(fd).id());
        });
    }

    /** After loading: a program by the name of its C function. */
    public synchronized BpfProgram program(String program) {
        return programs.computeIfAbsent(program, key -> {
            int fd = check(Libbpf.programFd(programHandle(key)), "program " + key);
            return BpfProgram.byId(BpfInfo.program(fd).id());
        });
    }

    /** Closes it with all that it handed out; what is pinned or attached stays in the kernel. */
    @Override
    public void close() {
        if (object == null) {
            return;
        }
        maps.values().forEach(BpfMap::close);
        programs.values().forEach(BpfProgram::close);
        Libbpf.close(object);
        object = null;
        arena.close();
    }

    private MemorySegment handle() {
        if (object == null) {
            throw new IllegalStateException("object " + name + " is closed");
        }
        return object;
    }

    private MemorySegment mapHandle(String map) {
        MemorySegment found = Libbpf.findMap(handle(), map);
        if (found.equals(MemorySegment.NULL)) {
            throw new KernelException("object " + name + " map " + map, Errno.ENOENT, "no such map");
        }
        return found;
    }

    private MemorySegment programHandle(String program) {
        MemorySegment found = Libbpf.findProgram(handle(), program);
        if (found.equals(MemorySegment.NULL)) {
            throw new KernelException("object " + name + " program " + program, Errno.ENOENT, "no such program");
        }
        return found;
    }

    private void requireNotLoaded() {
        if (loaded) {
            throw new IllegalStateException("object " + name + " is loaded already");
        }
    }

    private int check(int result, String operation) {
        return KernelException.check(result, "object " + name + " " + operation);
    }
}
