package io.weft.model;

import io.vavr.collection.HashMap;
import io.vavr.collection.HashSet;
import java.util.UUID;

/** Which resources carry a key; immutable. A resource without the key is not in it. */
record Index<K>(HashMap<K, HashSet<UUID>> ids) {
    static <K> Index<K> empty() {
        return new Index<>(HashMap.empty());
    }

    Index<K> add(K key, UUID id) {
        return new Index<>(ids.put(key, ids.getOrElse(key, HashSet.empty()).add(id)));
    }

    Index<K> remove(K key, UUID id) {
        HashSet<UUID> left = ids.getOrElse(key, HashSet.empty()).remove(id);
        return new Index<>(left.isEmpty() ? ids.remove(key) : ids.put(key, left));
    }

    HashSet<UUID> get(K key) {
        return ids.getOrElse(key, HashSet.empty());
    }
}
