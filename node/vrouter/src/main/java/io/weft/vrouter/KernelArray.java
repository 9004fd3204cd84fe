package io.weft.vrouter;

import io.weft.kernel.bpf.BpfMap;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A table over an array: every slot is there, and one that holds the empty value counts as absent. */
final class KernelArray<V> extends KernelTable<Integer, V> {
    private final V empty;

    KernelArray(String name, BpfMap map, Codec<V> values, V empty, Runnable changed) {
        super(name, map, Codec.NUMBER, values, changed);
        this.empty = empty;
    }

    @Override
    public Optional<V> get(Integer key) {
        return super.get(key).filter(value -> !value.equals(empty));
    }

    @Override
    public void put(Integer key, V value) {
        if (key < 0 || key >= capacity()) {
            throw new TableFullException(name(), capacity());
        }
        super.put(key, value);
    }

    @Override
    public void remove(Integer key) {
        if (key >= 0 && key < capacity()) {
            super.put(key, empty);
        }
    }

    @Override
    public void removeAll(Collection<Integer> removed) {
        removed.forEach(this::remove);
    }

    @Override
    public Map<Integer, V> dump() {
        Map<Integer, V> entries = new LinkedHashMap<>(super.dump());
        entries.values().removeIf(empty::equals);
        return entries;
    }
}
