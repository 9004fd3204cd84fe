package io.weft.agent.container;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Lets one request after the other at an attachment, and all attachments at once. */
final class Turns {
    private final Map<AttachmentKey, Turn> turns = new ConcurrentHashMap<>();

    private record Turn(ReentrantLock lock, int users) {}

    <T> T in(AttachmentKey key, Supplier<T> work) {
        Turn turn = turns.merge(
                key, new Turn(new ReentrantLock(true), 1), (known, fresh) -> new Turn(known.lock(), known.users() + 1));
        turn.lock().lock();
        try {
            return work.get();
        } finally {
            turn.lock().unlock();
            turns.computeIfPresent(
                    key, (k, known) -> known.users() == 1 ? null : new Turn(known.lock(), known.users() - 1));
        }
    }
}
