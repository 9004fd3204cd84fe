package io.weft.store;

import java.util.Optional;

/**
 * A condition of a transaction. For a key that does not exist, the three numbers are 0 and no value matches.
 */
public sealed interface Compare {
    /** How a number in the store must stand to the number given. */
    enum Relation {
        EQUAL,
        NOT_EQUAL,
        LESS,
        GREATER;

        /** Whether {@code actual} stands so to {@code expected}. */
        public boolean holds(long actual, long expected) {
            return switch (this) {
                case EQUAL -> actual == expected;
                case NOT_EQUAL -> actual != expected;
                case LESS -> actual < expected;
                case GREATER -> actual > expected;
            };
        }
    }

    /** The keys that the condition speaks of. */
    KeyRange range();

    /** A condition on one key. */
    sealed interface OfKey extends Compare {
        String key();

        @Override
        default KeyRange range() {
            return KeyRange.single(key());
        }

        /**
         * Whether the condition holds.
         *
         * @param current the key's entry, or nothing when it does not exist
         */
        default boolean holds(Optional<Entry> current) {
            return switch (this) {
                case ModRevision mod ->
                    mod.relation().holds(current.map(Entry::modRevision).orElse(0L), mod.revision());
                case CreateRevision create ->
                    create.relation().holds(current.map(Entry::createRevision).orElse(0L), create.revision());
                case Version version ->
                    version.relation().holds(current.map(Entry::version).orElse(0L), version.version());
                case ValueEquals equal ->
                    current.map(Entry::value).filter(equal.value()::equals).isPresent();
            };
        }
    }

    /** On the revision of the last change of a key. */
    record ModRevision(String key, Relation relation, long revision) implements OfKey {}

    /** On the revision in which a key came into being. */
    record CreateRevision(String key, Relation relation, long revision) implements OfKey {}

    /** On the number of writes since a key came into being. */
    record Version(String key, Relation relation, long version) implements OfKey {}

    /** The key exists and has exactly this value. */
    record ValueEquals(String key, Bytes value) implements OfKey {}

    /**
     * No key that is in the range now was written after a revision. A key that was deleted since leaves no trace here,
     * as in etcd: where deletions matter, let them rewrite a guard key.
     */
    record UnmodifiedSince(KeyRange range, long revision) implements Compare {}

    /** No key is in the range. */
    record RangeEmpty(KeyRange range) implements Compare {}

    /** The key does not exist. */
    static Compare absent(String key) {
        return new CreateRevision(key, Relation.EQUAL, 0);
    }

    /** The key exists. */
    static Compare exists(String key) {
        return new CreateRevision(key, Relation.GREATER, 0);
    }

    /** The key was last written in this revision; with 0, it does not exist. */
    static Compare unchanged(String key, long modRevision) {
        return new ModRevision(key, Relation.EQUAL, modRevision);
    }

    /** The key is as it was read. */
    static Compare unchanged(Entry entry) {
        return unchanged(entry.key(), entry.modRevision());
    }
}
