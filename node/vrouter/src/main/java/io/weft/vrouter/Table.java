package io.weft.vrouter;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * A kernel map. A single operation is atomic for the programs; a batch is not, and stops at its first failure with the
 * entries before it in force. Any thread may call, but a table should have one writer.
 *
 * @param <K> its key
 * @param <V> its value
 */
public interface Table<K, V> {
    /** The name of the map, as in {@code tables.h} and without the version. */
    String name();

    /** The greatest number of entries. */
    int capacity();

    /** The value that the programs see. */
    Optional<V> get(K key);

    /**
     * Writes one entry, new or not.
     *
     * @throws TableFullException when the table has no room for a new one
     */
    void put(K key, V value);

    /**
     * Writes entries in batches, in the order of iteration.
     *
     * @throws TableFullException when the table has no room for a new one
     */
    void putAll(Map<K, V> entries);

    /** Removes one entry; one that is absent is no error. */
    void remove(K key);

    /** Removes entries in batches; those that are absent are no error. */
    void removeAll(Collection<K> keys);

    /** All entries. Entries that change meanwhile may be missing or old. */
    Map<K, V> dump();
}
