package io.weft.agent.drivers;

import io.weft.vrouter.Table;
import io.weft.vrouter.TableFullException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A table in memory that may refuse, and that keeps account of what is written. */
final class FakeTable<K, V> implements Table<K, V> {
    private final String name;
    private final int capacity;
    private final List<String> journal;
    final Map<K, V> entries = new LinkedHashMap<>();
    final List<K> removed = new ArrayList<>();
    boolean refuses;
    int room = Integer.MAX_VALUE;
    int writes;

    FakeTable(String name, int capacity, List<String> journal) {
        this.name = name;
        this.capacity = capacity;
        this.journal = journal;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public Optional<V> get(K key) {
        return Optional.ofNullable(entries.get(key));
    }

    @Override
    public void put(K key, V value) {
        if (refuses) {
            throw new IllegalStateException("refused");
        }
        if (entries.size() >= Math.min(room, capacity) && !entries.containsKey(key)) {
            throw new TableFullException(name, capacity);
        }
        entries.put(key, value);
        writes++;
        journal.add("put " + name);
    }

    @Override
    public void putAll(Map<K, V> values) {
        values.forEach(this::put);
    }

    @Override
    public void remove(K key) {
        if (refuses) {
            throw new IllegalStateException("refused");
        }
        entries.remove(key);
        removed.add(key);
        writes++;
        journal.add("remove " + name);
    }

    @Override
    public void removeAll(Collection<K> keys) {
        keys.forEach(this::remove);
    }

    @Override
    public Map<K, V> dump() {
        return Map.copyOf(entries);
    }
}
