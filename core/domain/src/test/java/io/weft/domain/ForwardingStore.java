package io.weft.domain;

import io.weft.store.CommitResult;
import io.weft.store.KeyRange;
import io.weft.store.Lease;
import io.weft.store.Limits;
import io.weft.store.Range;
import io.weft.store.Snapshot;
import io.weft.store.Store;
import io.weft.store.Transaction;
import io.weft.store.Watch;
import io.weft.store.WatchListener;
import java.time.Duration;
import java.util.UUID;

/** Hands every call on to another store; tests look at or disturb single ones. */
public class ForwardingStore implements Store {
    private final Store store;

    public ForwardingStore(Store store) {
        this.store = store;
    }

    @Override
    public Range range(KeyRange range, long atRevision, int limit) {
        return store.range(range, atRevision, limit);
    }

    @Override
    public Snapshot snapshot() {
        return store.snapshot();
    }

    @Override
    public CommitResult commit(Transaction transaction) {
        return store.commit(transaction);
    }

    @Override
    public Watch watch(KeyRange range, long fromRevision, WatchListener listener) {
        return store.watch(range, fromRevision, listener);
    }

    @Override
    public Lease grantLease(Duration timeToLive) {
        return store.grantLease(timeToLive);
    }

    @Override
    public void keepAlive(long lease) {
        store.keepAlive(lease);
    }

    @Override
    public void revokeLease(long lease) {
        store.revokeLease(lease);
    }

    @Override
    public long revision() {
        return store.revision();
    }

    @Override
    public void compact(long revision) {
        store.compact(revision);
    }

    @Override
    public Limits limits() {
        return store.limits();
    }

    @Override
    public UUID epoch() {
        return store.epoch();
    }

    @Override
    public void close() {
        store.close();
    }
}
