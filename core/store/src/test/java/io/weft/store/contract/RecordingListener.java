package io.weft.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.store.Batch;
import io.weft.store.StoreException;
import io.weft.store.WatchListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps what a watch delivers, checks that revisions rise, and lets a test wait for it. */
public class RecordingListener implements WatchListener {
    private final List<Batch> batches = new ArrayList<>();
    private long delivered;
    private @Nullable StoreException failure;
    private @Nullable String disorder;

    @Override
    public synchronized void changed(Batch batch) {
        if (batch.revision() <= delivered) {
            disorder = "revision " + batch.revision() + " after " + delivered;
        }
        delivered = batch.revision();
        batches.add(batch);
        notifyAll();
    }

    @Override
    public synchronized void progress(long revision) {
        if (revision < delivered) {
            disorder = "progress " + revision + " after " + delivered;
        }
        delivered = revision;
        notifyAll();
    }

    @Override
    public synchronized void failed(StoreException reason) {
        failure = reason;
        notifyAll();
    }

    /** Waits until everything up to a revision was delivered; answers the batches so far. */
    public final synchronized List<Batch> await(long revision) {
        awaitThat(listener -> listener.delivered >= revision || listener.failure != null);
        assertThat(failure).isNull();
        assertThat(disorder).isNull();
        return List.copyOf(batches);
    }

    /** The batches so far. */
    public final synchronized List<Batch> batches() {
        return List.copyOf(batches);
    }

    /** Waits until the watch has failed. */
    public synchronized StoreException awaitFailure() {
        awaitThat(listener -> listener.failure != null);
        assertThat(failure).isNotNull();
        return failure;
    }

    private synchronized void awaitThat(Predicate<RecordingListener> condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.test(this)) {
            long left = (end - System.nanoTime()) / 1_000_000;
            assertThat(left)
                    .as("time left to wait for the watch, at revision %s", delivered)
                    .isPositive();
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
