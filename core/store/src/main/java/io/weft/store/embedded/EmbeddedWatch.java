package io.weft.store.embedded;

import io.weft.store.Batch;
import io.weft.store.Change;
import io.weft.store.KeyRange;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Watch;
import io.weft.store.WatchListener;
import java.util.List;

/** A watch with a virtual thread of its own, so that a slow listener delays nobody else. */
final class EmbeddedWatch implements Watch {
    private final History history;
    private final byte[] from;
    private final byte[] to;
    private final WatchListener listener;
    private long next;
    private volatile boolean closed;

    EmbeddedWatch(History history, KeyRange range, long fromRevision, WatchListener listener) {
        this.history = history;
        this.from = Judge.bytes(range.from());
        this.to = Judge.bytes(range.to());
        this.next = fromRevision;
        this.listener = listener;
    }

    void start() {
        Thread.ofVirtual().name("weft-store-watch").start(this::loop);
    }

    private void loop() {
        try {
            while (!closed) {
                List<Delta> deltas = history.await(next, () -> closed);
                if (deltas.isEmpty()) {
                    if (!closed) {
                        fail(new StoreException(StoreError.CLOSED, "the store is closed"));
                    }
                    return;
                }
                deliver(deltas);
            }
        } catch (StoreException e) {
            fail(e);
        } catch (RuntimeException e) {
            fail(new StoreException(StoreError.INTERNAL, "the listener of a watch failed", e));
        }
    }

    private void deliver(List<Delta> deltas) {
        boolean delivered = false;
        for (Delta delta : deltas) {
            List<Change> changes = delta.changes(from, to);
            delivered = !changes.isEmpty();
            if (closed) {
                return;
            }
            if (delivered) {
                listener.changed(new Batch(delta.revision(), changes));
            }
            next = delta.revision() + 1;
        }
        if (!delivered && !closed) {
            listener.progress(next - 1);
        }
    }

    private void fail(StoreException reason) {
        if (!closed) {
            closed = true;
            listener.failed(reason);
        }
    }

    @Override
    public void close() {
        closed = true;
        history.wake();
    }
}
