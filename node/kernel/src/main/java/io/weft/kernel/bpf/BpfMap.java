package io.weft.kernel.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.weft.kernel.Errno;
import io.weft.kernel.FileDescriptor;
import io.weft.kernel.Foreign;
import io.weft.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A BPF map by its file descriptor.
 *
 * <p>Keys and values are bytes as the C programs see them. Methods that take segments want native memory of at least
 * {@link #keySize()} and {@link #valueBytes()} and allocate nothing; those that take arrays copy. All may be called by
 * several threads at once; the kernel makes each single operation atomic. Failures are {@link KernelException}s.
 */
public final class BpfMap implements AutoCloseable {
    /** Flag at creation: entries are allocated when they are made, as tries demand. */
    public static final int NO_PREALLOCATION = 1;

    private final FileDescriptor descriptor;
    private final MapInfo info;
    private final int valueBytes;

    BpfMap(FileDescriptor descriptor) {
        this.descriptor = descriptor;
        this.info = BpfInfo.map(descriptor.number());
        this.valueBytes = info.perCpu() ? (info.valueSize() + 7) / 8 * 8 * possibleCpus() : info.valueSize();
    }

    /**
     * Makes a map.
     *
     * @param name at most 15 letters, digits and underscores
     * @param flags such as {@link #NO_PREALLOCATION}
     */
    public static BpfMap create(MapType type, String name, int keySize, int valueSize, int maxEntries, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = arena.allocate(48, 8);
            options.set(JAVA_LONG, 0, 48);
            options.set(JAVA_INT, 28, flags);
            return new BpfMap(FileDescriptor.of(
                    Libbpf.createMap(type.number(), name, keySize, valueSize, maxEntries, options),
                    "create map " + name));
        }
    }

    /** Makes a map whose values are maps of the same shape as the template. */
    public static BpfMap createOfMaps(MapType type, String name, int keySize, int maxEntries, BpfMap template) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = arena.allocate(48, 8);
            options.set(JAVA_LONG, 0, 48);
            options.set(JAVA_INT, 24, template.fd());
            return new BpfMap(FileDescriptor.of(
                    Libbpf.createMap(type.number(), name, keySize, 4, maxEntries, options), "create map " + name));
        }
    }

    /** Opens a pinned map. */
    public static BpfMap openPinned(Path path) {
        return new BpfMap(FileDescriptor.of(Libbpf.get(path), "open map " + path));
    }

    /** Opens a map by its number in this kernel, such as a lookup in a map of maps gives. */
    public static BpfMap byId(int id) {
        return new BpfMap(FileDescriptor.of(Libbpf.mapById(id), "open map " + Integer.toUnsignedString(id)));
    }

    /** How many values an entry of a per-CPU map has. */
    public static int possibleCpus() {
        return KernelException.check(Libbpf.possibleCpus(), "count possible CPUs");
    }

    /** What the kernel says of it; does not change. */
    public MapInfo info() {
        return info;
    }

    /** Bytes of a key. */
    public int keySize() {
        return info.keySize();
    }

    /**
     * Bytes of a value as lookups and updates see it: for per-CPU maps the value rounded up to 8, times
     * {@link #possibleCpus()}.
     */
    public int valueBytes() {
        return valueBytes;
    }

    /** The file descriptor, valid until this object is closed. */
    public int fd() {
        return descriptor.number();
    }

    /** Writes one entry. Errors: E2BIG when full, EEXIST and ENOENT by mode. */
    public void update(MemorySegment key, MemorySegment value, UpdateMode mode) {
        requireKey(key.byteSize());
        requireValue(value.byteSize());
        check(Libbpf.update(fd(), key, value, mode.flag()), "update");
    }

    /** Creates or replaces one entry. */
    public void update(byte[] key, byte[] value) {
        update(key, value, UpdateMode.ANY);
    }

    /** Writes one entry. Errors: E2BIG when full, EEXIST and ENOENT by mode. */
    public void update(byte[] key, byte[] value, UpdateMode mode) {
        try (Arena arena = Arena.ofConfined()) {
            update(Foreign.copy(arena, exactKey(key)), Foreign.copy(arena, exactValue(value)), mode);
        }
    }

    /** Points an entry of a map of maps at a map. */
    public void update(byte[] key, BpfMap inner) {
        updateDescriptor(key, inner.fd());
    }

    /** Points an entry of a program array at a program, for tail calls; running programs see it at once. */
    public void update(int index, BpfProgram program) {
        updateDescriptor(intKey(index), program.fd());
    }

    private void updateDescriptor(byte[] key, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            update(Foreign.copy(arena, exactKey(key)), arena.allocateFrom(JAVA_INT, fd), UpdateMode.ANY);
        }
    }

    /** The bytes of an array's key in the order of this machine. */
    public static byte[] intKey(int index) {
        byte[] key = new byte[4];
        MemorySegment.ofArray(key).set(ValueLayout.JAVA_INT_UNALIGNED, 0, index);
        return key;
    }

    /** Reads one entry into the value; false when there is none. */
    public boolean lookup(MemorySegment key, MemorySegment value) {
        requireKey(key.byteSize());
        requireValue(value.byteSize());
        return found(Libbpf.lookup(fd(), key, value), "lookup");
    }

    /** Reads one entry. */
    public Optional<byte[]> lookup(byte[] key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(valueBytes, 8);
            return lookup(Foreign.copy(arena, exactKey(key)), value)
                    ? Optional.of(value.toArray(ValueLayout.JAVA_BYTE))
                    : Optional.empty();
        }
    }

    /** Reads and removes one entry in one step, so that no update in between is lost. */
    public Optional<byte[]> lookupAndDelete(byte[] key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(valueBytes, 8);
            return found(Libbpf.lookupAndDelete(fd(), Foreign.copy(arena, exactKey(key)), value), "lookup and delete")
                    ? Optional.of(value.toArray(ValueLayout.JAVA_BYTE))
                    : Optional.empty();
        }
    }

    /** Removes one entry; false when there was none. */
    public boolean delete(MemorySegment key) {
        requireKey(key.byteSize());
        return found(Libbpf.delete(fd(), key), "delete");
    }

    /** Removes one entry; false when there was none. */
    public boolean delete(byte[] key) {
        try (Arena arena = Arena.ofConfined()) {
            return delete(Foreign.copy(arena, exactKey(key)));
        }
    }

    /** Puts an entry at the end of a queue. Errors: E2BIG when full. */
    public void push(byte[] value) {
        try (Arena arena = Arena.ofConfined()) {
            check(Libbpf.update(fd(), MemorySegment.NULL, Foreign.copy(arena, exactValue(value)), 0), "push");
        }
    }

    /** Takes the oldest entry of a queue. */
    public Optional<byte[]> pop() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(valueBytes, 8);
            return found(Libbpf.lookupAndDelete(fd(), MemorySegment.NULL, value), "pop")
                    ? Optional.of(value.toArray(ValueLayout.JAVA_BYTE))
                    : Optional.empty();
        }
    }

    /**
     * Finds the key after another.
     *
     * @param key {@link MemorySegment#NULL} for the first; a key that is gone counts as that too
     * @return false when there is no further one
     */
    public boolean nextKey(MemorySegment key, MemorySegment next) {
        requireKey(next.byteSize());
        return found(Libbpf.nextKey(fd(), key, next), "next key");
    }

    /**
     * Writes many entries: keys and values lie one after the other.
     *
     * @throws KernelException at the first that fails; those before it are written
     */
    public void updateBatch(MemorySegment keys, MemorySegment values, int count, UpdateMode mode) {
        requireMany(keys.byteSize(), keySize(), count);
        requireMany(values.byteSize(), valueBytes, count);
        BpfBatch.update(this, keys, values, count, mode);
    }

    /** Removes many entries, keys one after the other, and gives how many there were; others are passed over. */
    public int deleteBatch(MemorySegment keys, int count) {
        requireMany(keys.byteSize(), keySize(), count);
        return BpfBatch.delete(this, keys, count);
    }

    /**
     * Hands every entry to the visitor, in batches where the kernel has them; the segments are overwritten after it
     * returns. Entries that are made or removed meanwhile may be missed or seen twice.
     *
     * @return how many calls were made
     */
    public int forEach(BiConsumer<MemorySegment, MemorySegment> visitor) {
        return BpfBatch.forEach(this, visitor);
    }

    /** Forbids further writes from user space; programs may still write. */
    public void freeze() {
        check(Libbpf.freeze(fd()), "freeze");
    }

    /** Pins it, which keeps it alive after this process. */
    public void pin(Path path) {
        BpfFileSystem.pin(fd(), path);
    }

    @Override
    public void close() {
        descriptor.close();
    }

    private boolean found(int result, String operation) {
        if (result == -Errno.ENOENT) {
            return false;
        }
        check(result, operation);
        return true;
    }

    void check(int result, String operation) {
        if (result < 0) {
            throw new KernelException("map " + info.name() + " " + operation, -result);
        }
    }

    private void requireKey(long size) {
        if (size < info.keySize()) {
            throw new IllegalArgumentException(
                    "map " + info.name() + " has keys of " + info.keySize() + " bytes, not " + size);
        }
    }

    private void requireValue(long size) {
        if (size < valueBytes) {
            throw new IllegalArgumentException(
                    "map " + info.name() + " has values of " + valueBytes + " bytes, not " + size);
        }
    }

    private void requireMany(long size, int each, int count) {
        if (count < 0 || size < (long) each * count) {
            throw new IllegalArgumentException(
                    "map " + info.name() + ": " + size + " bytes are not " + count + " times " + each);
        }
    }

    private byte[] exactKey(byte[] key) {
        if (key.length != info.keySize()) {
            throw new IllegalArgumentException(
                    "map " + info.name() + " has keys of " + info.keySize() + " bytes, not " + key.length);
        }
        return key;
    }

    private byte[] exactValue(byte[] value) {
        if (value.length != valueBytes) {
            throw new IllegalArgumentException(
                    "map " + info.name() + " has values of " + valueBytes + " bytes, not " + value.length);
        }
        return value;
    }
}
