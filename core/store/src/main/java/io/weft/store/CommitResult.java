package io.weft.store;

import java.util.List;

/** What became of a transaction. */
public sealed interface CommitResult {
    /** The store's revision: that of the commit, or the one at which it was rejected. */
    long revision();

    /**
     * Every condition held and the changes are durable.
     *
     * @param revision the revision that they made; the current one if there was nothing to change
     */
    record Committed(long revision) implements CommitResult {}

    /**
     * A condition did not hold, and nothing was changed.
     *
     * @param revision the revision at which the conditions were judged
     * @param failures the conditions that did not hold, in the order of the transaction; never empty
     */
    record Rejected(long revision, List<Failure> failures) implements CommitResult {
        public Rejected {
            failures = List.copyOf(failures);
        }

        /** Whether the condition at this place of the transaction's list failed. */
        public boolean failed(int index) {
            return failures.stream().anyMatch(failure -> failure.index() == index);
        }
    }

    /**
     * A condition that did not hold.
     *
     * @param index its place in {@link Transaction#compares()}
     * @param compare the condition
     * @param current what is there instead: for a condition on a key its entry, or nothing when it does not exist; for
     *     one on a range the first entry, in the order of keys, that breaks it
     */
    record Failure(int index, Compare compare, List<Entry> current) {
        public Failure {
            current = List.copyOf(current);
        }
    }
}
