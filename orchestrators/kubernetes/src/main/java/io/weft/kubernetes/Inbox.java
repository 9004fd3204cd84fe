package io.weft.kubernetes;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The changes that wait for a reconciler. Any number of threads put them in, one takes them out. */
final class Inbox {
    private final LinkedBlockingQueue<Change> changes = new LinkedBlockingQueue<>();

    void add(Change change) {
        changes.add(change);
    }

    /**
     * Replaces what is in a batch by all that has come since, and waits until there is something.
     *
     * @param longest in nanoseconds, after which it comes back without any; empty waits on
     */
    void await(Set<Change> batch, OptionalLong longest) throws InterruptedException {
        batch.clear();
        Optional<Change> first = longest.isPresent()
                ? Optional.ofNullable(changes.poll(longest.getAsLong(), TimeUnit.NANOSECONDS))
                : Optional.of(changes.take());
        first.ifPresent(batch::add);
        changes.drainTo(batch);
    }
}
