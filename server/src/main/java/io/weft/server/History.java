package io.weft.server;

import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import java.time.Duration;
import java.util.Map;

/**
 * Gives up a store's history beyond so many revisions, once a minute. Every server does: compacting to where another one
 * has just compacted changes nothing.
 */
final class History implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(History.class.getName());
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final Store store;
    private final long kept;
    private final Thread thread;

    /**
     * @param kept how many revisions to keep
     */
    History(Store store, long kept) {
        this.store = store;
        this.kept = kept;
        this.thread = Thread.ofVirtual().name("history").start(this::run);
    }

    private void run() {
        boolean failed = false;
        try {
            while (true) {
                Thread.sleep(PAUSE);
                failed = compact(failed);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Compacts once; a failure that goes on is logged once. */
    private boolean compact(boolean failedBefore) {
        try {
            long revision = store.revision() - kept;
            if (revision > 0) {
                store.compact(revision);
            }
            return false;
        } catch (StoreException e) {
            if (e.error() == StoreError.COMPACTED) {
                return false;
            }
            if (!failedBefore) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "the store's history cannot be given up, and is tried again",
                        Map.entry("reason", e.error()));
            }
            return true;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
