package io.weft.store.embedded;

import io.weft.store.CompactedException;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The recent past, as much of it as a bound on memory allows: a delta for each revision after the floor. Everything in
 * it is durable. Guarded by its own lock, which is held for moments only and never together with another.
 */
final class History {
    private static final int CHUNK = 256;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private final long maxWeight;
    private Delta[] ring = new Delta[1024];
    private long floor;
    private long newest;
    private Tree floorTree;
    private long weight;
    private boolean closed;

    /**
     * @param revision the revision to begin with
     * @param tree what it left
     */
    History(long revision, Tree tree, long maxWeight) {
        this.floor = revision;
        this.newest = revision;
        this.floorTree = tree;
        this.maxWeight = maxWeight;
    }

    private Delta at(long revision) {
        return ring[(int) (revision & ring.length - 1)];
    }

    void add(List<Delta> deltas) {
        lock.lock();
        try {
            for (Delta delta : deltas) {
                if (newest - floor == ring.length) {
                    grow();
                }
                newest = delta.revision();
                ring[(int) (newest & ring.length - 1)] = delta;
                weight += delta.weight();
                // Keeps the newest delta at least, however heavy.
                while (weight > maxWeight && floor + 1 < newest) {
                    forgetOldest();
                }
            }
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void grow() {
        Delta[] larger = new Delta[2 * ring.length];
        for (long revision = floor + 1; revision <= newest; revision++) {
            larger[(int) (revision & larger.length - 1)] = at(revision);
        }
        ring = larger;
    }

    @SuppressWarnings("NullAway") // a slot outside the window is never read
    private void forgetOldest() {
        floor++;
        Delta oldest = at(floor);
        floorTree = oldest.after();
        weight -= oldest.weight();
        ring[(int) (floor & ring.length - 1)] = null;
    }

    void compact(long revision) {
        lock.lock();
        try {
            if (revision > newest) {
                throw new StoreException(StoreError.FUTURE_REVISION, "revision " + revision + " is not there yet");
            }
            while (floor < revision) {
                forgetOldest();
            }
        } finally {
            lock.unlock();
        }
    }

    /** All entries as a revision left them. */
    Tree tree(long revision) {
        lock.lock();
        try {
            if (revision > newest) {
                throw new StoreException(StoreError.FUTURE_REVISION, "revision " + revision + " is not there yet");
            }
            if (revision < floor) {
                throw new CompactedException(floor);
            }
            return revision == floor ? floorTree : at(revision).after();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a revision; answers it and some that follow, or nothing when the store closes or the caller gave up. */
    List<Delta> await(long revision, BooleanSupplier gaveUp) {
        lock.lock();
        try {
            while (revision > newest && !closed && !gaveUp.getAsBoolean()) {
                grown.awaitUninterruptibly();
            }
            if (closed || gaveUp.getAsBoolean()) {
                return List.of();
            }
            if (revision <= floor) {
                throw new CompactedException(floor);
            }
            List<Delta> deltas = new ArrayList<>();
            for (long next = revision; next <= newest && deltas.size() < CHUNK; next++) {
                deltas.add(at(next));
            }
            return deltas;
        } finally {
            lock.unlock();
        }
    }

    /** Lets those who wait look again whether they still should. */
    void wake() {
        lock.lock();
        try {
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
