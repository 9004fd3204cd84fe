package io.weft.model;

import io.vavr.collection.HashMap;
import io.vavr.collection.HashSet;
import java.util.UUID;

/**
 * Which resources carry a key; immutable. A resource without the key is not in it.
 *
 * <p>Most keys of a large index, devices and names, have one resource, and a set of one takes more than the rest of the
 * entry; so these have none.
 *
 * @param single the keys with one resource
 * @param several the keys with more
 */
record Index<K>(HashMap<K, UUID> single, HashMap<K, HashSet<UUID>> several) {
    static <K> Index<K> empty() {
        return new Index<>(HashMap.empty(), HashMap.empty());
    }

    Index<K> add(K key, UUID id) {
        HashSet<UUID> ids = get(key);
        return switch (ids.size()) {
            case 0 -> new Index<>(single.put(key, id), several);
            case 1 -> ids.contains(id) ? this : new Index<>(single.remove(key), several.put(key, ids.add(id)));
            default -> new Index<>(single, several.put(key, ids.add(id)));
        };
    }

    Index<K> remove(K key, UUID id) {
        HashSet<UUID> ids = get(key);
        if (!ids.contains(id)) {
            return this;
        }
        HashSet<UUID> left = ids.remove(id);
        return switch (left.size()) {
            case 0 -> new Index<>(single.remove(key), several);
            case 1 -> new Index<>(single.put(key, left.head()), several.remove(key));
            default -> new Index<>(single, several.put(key, left));
        };
    }

    HashSet<UUID> get(K key) {
        UUID only = single.getOrElse(key, null);
        return only == null ? several.getOrElse(key, HashSet.empty()) : HashSet.of(only);
    }
}
