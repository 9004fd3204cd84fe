package io.weft.domain.replica;

import io.weft.model.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Delivers to one subscriber on a thread of its own. What happens while the subscriber is busy is kept as one change a
 * resource, so that a slow subscriber costs memory for what changed and not for how often.
 */
public final class Subscription implements AutoCloseable {
    private final Subscriber subscriber;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    // Guarded by the lock.
    private Map<UUID, Change> pending = new LinkedHashMap<>();
    private View latest;
    private boolean closed;

    Subscription(String name, Subscriber subscriber, View start) {
        this.subscriber = subscriber;
        latest = start;
        thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> run(start));
    }

    void start() {
        thread.start();
    }

    void offer(View view, List<Change> changes) {
        lock.lock();
        try {
            for (Change change : changes) {
                UUID id = change.subject().id();
                Change earlier = pending.get(id);
                Optional<Change> both = earlier == null ? Optional.of(change) : squash(earlier, change);
                both.ifPresentOrElse(c -> pending.put(id, c), () -> pending.remove(id));
            }
            latest = view;
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    private static Optional<Change> squash(Change first, Change second) {
        return first.before().isEmpty() && second.after().isEmpty()
                ? Optional.empty()
                : Optional.of(new Change(first.before(), second.after()));
    }

    private void run(View start) {
        View known = start;
        subscriber.started(start);
        while (true) {
            View next;
            List<Change> changes;
            lock.lock();
            try {
                while (!closed && latest == known) {
                    arrived.awaitUninterruptibly();
                }
                if (closed) {
                    return;
                }
                next = latest;
                changes = new ArrayList<>(pending.values());
                pending = new LinkedHashMap<>();
            } finally {
                lock.unlock();
            }
            subscriber.changed(known, next, List.copyOf(changes));
            known = next;
        }
    }

    /** Ends the subscription; a call of the subscriber may be still under way. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }
}
