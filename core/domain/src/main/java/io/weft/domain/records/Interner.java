package io.weft.domain.records;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Makes equal values the same object, as far as a table of fixed size remembers: a million ports name few projects,
 * hosts, networks and subnets. It forgets rather than grows, and any thread may use it.
 */
final class Interner<T> {
    private final AtomicReferenceArray<T> table;
    private final int mask;

    private Interner(int sizePower) {
        table = new AtomicReferenceArray<>(1 << sizePower);
        mask = (1 << sizePower) - 1;
    }

    static Interner<String> texts() {
        return new Interner<>(16);
    }

    static Interner<UUID> identities() {
        return new Interner<>(17);
    }

    static <T> Interner<T> few() {
        return new Interner<>(13);
    }

    T intern(T value) {
        int hash = value.hashCode() * 0x9e3779b9;
        int slot = hash >>> 8 & mask;
        T known = table.getPlain(slot);
        if (known != null && known.equals(value)) {
            return known;
        }
        table.setRelease(slot, value);
        return value;
    }
}
