package io.weft.vrouter;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.UpdateMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A table over its kernel map. */
class KernelTable<K, V> implements Table<K, V> {
    private static final int BATCH = 2048;

    private final String name;
    private final BpfMap map;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final Runnable changed;

    /** @param changed what is to be done after each change, before the method that made it returns */
    KernelTable(String name, BpfMap map, Codec<K> keys, Codec<V> values, Runnable changed) {
        if (map.keySize() != keys.size() || map.valueBytes() != values.size()) {
            throw new IllegalStateException("map " + name + " holds " + map.keySize() + " and " + map.valueBytes()
                    + " bytes, the records " + keys.size() + " and " + values.size());
        }
        this.name = name;
        this.map = map;
        this.keys = keys;
        this.values = values;
        this.changed = changed;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int capacity() {
        return map.info().maxEntries();
    }

    @Override
    public Optional<V> get(K key) {
        return map.lookup(keys.encode(key)).map(values::decode);
    }

    @Override
    public void put(K key, V value) {
        try {
            map.update(keys.encode(key), values.encode(value));
        } catch (KernelException e) {
            throw translated(e);
        }
        changed.run();
    }

    @Override
    public void putAll(Map<K, V> entries) {
        if (entries.isEmpty()) {
            return;
        }
        int size = Math.min(BATCH, entries.size());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keySegment = arena.allocate((long) size * keys.size(), 8);
            MemorySegment valueSegment = arena.allocate((long) size * values.size(), 8);
            int filled = 0;
            for (Map.Entry<K, V> entry : entries.entrySet()) {
                copy(keys.encode(entry.getKey()), keySegment, filled);
                copy(values.encode(entry.getValue()), valueSegment, filled);
                if (++filled == size) {
                    update(keySegment, valueSegment, filled);
                    filled = 0;
                }
            }
            update(keySegment, valueSegment, filled);
        } finally {
            changed.run();
        }
    }

    private void update(MemorySegment keySegment, MemorySegment valueSegment, int count) {
        try {
            map.updateBatch(keySegment, valueSegment, count, UpdateMode.ANY);
        } catch (KernelException e) {
            throw translated(e);
        }
    }

    private static void copy(byte[] bytes, MemorySegment to, int index) {
        MemorySegment.copy(bytes, 0, to, ValueLayout.JAVA_BYTE, (long) index * bytes.length, bytes.length);
    }

    @Override
    public void remove(K key) {
        map.delete(keys.encode(key));
        changed.run();
    }

    @Override
    public void removeAll(Collection<K> removed) {
        if (removed.isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            List<K> list = List.copyOf(removed);
            MemorySegment segment = arena.allocate((long) list.size() * keys.size(), 8);
            for (int i = 0; i < list.size(); i++) {
                copy(keys.encode(list.get(i)), segment, i);
            }
            map.deleteBatch(segment, list.size());
        } finally {
            changed.run();
        }
    }

    @Override
    public Map<K, V> dump() {
        Map<K, V> entries = new LinkedHashMap<>();
        map.forEach((key, value) -> entries.put(
                keys.decode(key.toArray(ValueLayout.JAVA_BYTE)), values.decode(value.toArray(ValueLayout.JAVA_BYTE))));
        return entries;
    }

    private RuntimeException translated(KernelException e) {
        boolean full = e.errno() == Errno.E2BIG || e.errno() == Errno.ENOSPC || e.errno() == Errno.ENOMEM;
        return full ? new TableFullException(name, capacity()) : e;
    }
}
