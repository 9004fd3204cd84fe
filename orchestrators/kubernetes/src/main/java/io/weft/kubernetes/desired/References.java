package io.weft.kubernetes.desired;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Who refers to what. Owned by the thread of its {@link DesiredState}. */
final class References<T> {
    private final Map<T, Set<String>> users = new HashMap<>();

    /** Whether nobody did before. */
    boolean add(T what, String user) {
        boolean first = !users.containsKey(what);
        users.computeIfAbsent(what, _ -> new HashSet<>()).add(user);
        return first;
    }

    /** Whether nobody does any more. */
    boolean remove(T what, String user) {
        return users.computeIfPresent(what, (_, all) -> {
                    all.remove(user);
                    return all.isEmpty() ? null : all;
                })
                == null;
    }

    boolean has(T what) {
        return users.containsKey(what);
    }

    Set<String> users(T what) {
        return Set.copyOf(users.getOrDefault(what, Set.of()));
    }

    Collection<T> all() {
        return users.keySet();
    }
}
