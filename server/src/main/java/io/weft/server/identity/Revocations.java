package io.weft.server.identity;

import io.weft.server.identity.Records.RevokedRecord;
import io.weft.store.Batch;
import io.weft.store.Change;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Range;
import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import io.weft.store.Watch;
import io.weft.store.WatchListener;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that no longer count, as every server sees them: held in memory, kept up to date by a watch of the
 * store. The watch's thread alone changes the set; anybody may read it.
 */
public final class Revocations implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Revocations.class.getName());
    private static final KeyRange RANGE = KeyRange.prefix(Records.REVOKED);

    private final Store store;
    private final Set<String> serials = ConcurrentHashMap.newKeySet();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable Watch watch;
    private volatile boolean closed;

    private Revocations(Store store) {
        this.store = store;
    }

    /** Reads what was revoked and goes on listening; forgets what would be over anyway. */
    public static Revocations open(Store store, Instant now) {
        Revocations revocations = new Revocations(store);
        revocations.forget(now);
        revocations.load();
        return revocations;
    }

    /** Whether this certificate was revoked. */
    public boolean contains(X509Certificate certificate) {
        return serials.contains(NodeCertificates.serialOf(certificate));
    }

    /** Calls back with the name of a host as soon as one of its certificates is revoked. */
    public void onRevoked(Consumer<String> listener) {
        listeners.add(listener);
    }

    private void forget(Instant now) {
        Transaction.Builder transaction = Transaction.builder();
        store.range(RANGE, 0, 1000).entries().stream()
                .filter(entry -> Records.decode(entry.value(), RevokedRecord.class)
                        .notAfter()
                        .isBefore(now))
                .forEach(entry -> transaction.delete(entry.key()));
        store.commit(transaction.build());
    }

    private void load() {
        Range range = store.range(RANGE, 0, 0);
        range.entries().forEach(this::add);
        watch = store.watch(RANGE, range.revision() + 1, new WatchListener() {
            @Override
            public void changed(Batch batch) {
                for (Change change : batch.changes()) {
                    switch (change) {
                        case Change.Put put -> add(put.entry());
                        case Change.Delete delete -> serials.remove(delete.key().substring(Records.REVOKED.length()));
                    }
                }
            }

            @Override
            public void failed(StoreException reason) {
                if (!closed && reason.error() == StoreError.COMPACTED) {
                    load();
                } else if (!closed) {
                    LOGGER.log(System.Logger.Level.ERROR, "revocations are no longer followed", reason);
                }
            }
        });
    }

    private void add(Entry entry) {
        if (serials.add(entry.key().substring(Records.REVOKED.length()))) {
            String host = Records.decode(entry.value(), RevokedRecord.class).host();
            listeners.forEach(listener -> listener.accept(host));
        }
    }

    @Override
    public void close() {
        closed = true;
        Watch current = watch;
        if (current != null) {
            current.close();
        }
    }
}
