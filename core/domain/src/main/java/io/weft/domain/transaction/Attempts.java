package io.weft.domain.transaction;

import java.util.concurrent.atomic.LongAdder;

/** How often operations were tried; any thread may read and count. */
public final class Attempts {
    private final LongAdder operations = new LongAdder();
    private final LongAdder commits = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder balanced = new LongAdder();

    void operation() {
        operations.increment();
    }

    void committed() {
        commits.increment();
    }

    void rejection() {
        rejected.increment();
    }

    void balancing() {
        balanced.increment();
    }

    /** Operations that were begun. */
    public long operations() {
        return operations.sum();
    }

    /** Transactions that committed. */
    public long commits() {
        return commits.sum();
    }

    /** Transactions that were rejected and tried again. */
    public long retries() {
        return rejected.sum();
    }

    /** Transactions that only spread quota counts anew. */
    public long balancings() {
        return balanced.sum();
    }
}
