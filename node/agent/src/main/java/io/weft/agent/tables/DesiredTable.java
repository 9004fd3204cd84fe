package io.weft.agent.tables;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a table should hold. Entries are claimed by {@link Unit}s; where two claim one key, the one that precedes is in
 * force, so that the outcome does not depend on the order of claims. Listeners hear of keys whose value in force is
 * another after {@link #settle}, whatever happened in between.
 *
 * @param <K> key
 * @param <V> value
 */
public final class DesiredTable<K, V> {
    private record Claim<V>(Unit owner, V value, @Nullable Claim<V> next) {}

    private final String name;
    private final Map<K, Claim<V>> claims = new HashMap<>();
    private final Map<K, Optional<V>> touched = new HashMap<>();
    private final List<Consumer<K>> listeners = new ArrayList<>();

    DesiredTable(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    /** The value in force. */
    public @Nullable V find(K key) {
        Claim<V> claim = claims.get(key);
        return claim == null ? null : claim.value;
    }

    /** The value in force. */
    public Optional<V> get(K key) {
        return Optional.ofNullable(find(key));
    }

    /** All keys; do not change the table meanwhile. */
    public Set<K> keys() {
        return claims.keySet();
    }

    public int size() {
        return claims.size();
    }

    /** Calls back for each key whose value has changed. */
    public void onChange(Consumer<K> listener) {
        listeners.add(listener);
    }

    void claim(Unit owner, K key, V value) {
        touch(key);
        claims.put(key, inserted(owner, value, claims.get(key)));
    }

    private static <V> Claim<V> inserted(Unit owner, V value, @Nullable Claim<V> rest) {
        return rest == null || owner.precedes(rest.owner)
                ? new Claim<>(owner, value, rest)
                : new Claim<>(rest.owner, rest.value, inserted(owner, value, rest.next));
    }

    void withdraw(Unit owner, K key) {
        touch(key);
        Claim<V> rest = without(owner, claims.get(key));
        if (rest == null) {
            claims.remove(key);
        } else {
            claims.put(key, rest);
        }
    }

    private static <V> @Nullable Claim<V> without(Unit owner, @Nullable Claim<V> claim) {
        if (claim == null || claim.owner.equals(owner)) {
            return claim == null ? null : claim.next;
        }
        return new Claim<>(claim.owner, claim.value, without(owner, claim.next));
    }

    /** Sets a key that one part of the agent alone has a say in. */
    void put(Unit owner, K key, V value) {
        touch(key);
        claims.put(key, new Claim<>(owner, value, null));
    }

    private void touch(K key) {
        if (!touched.containsKey(key)) {
            touched.put(key, get(key));
        }
    }

    /** Ends a round of changes and tells the listeners of what is different. */
    void settle() {
        for (Map.Entry<K, Optional<V>> entry : touched.entrySet()) {
            if (!Objects.equals(entry.getValue().orElse(null), find(entry.getKey()))) {
                listeners.forEach(listener -> listener.accept(entry.getKey()));
            }
        }
        touched.clear();
    }
}
