package io.weft.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A revisioned key-value store with etcd's contract. All methods may be called from any thread, also a virtual one, and
 * block; every one of them can throw a {@link StoreException}.
 *
 * <p>Revisions count up from 1, which is the empty store; a transaction that changes something makes the next one. A
 * read shows the store as one revision left it, never part of a transaction, and never a commit that a crash could still
 * undo. Reads at the latest revision are linearizable: they see every commit acknowledged before they began, by any
 * server.
 */
public interface Store extends AutoCloseable {
    /**
     * The entries of a range, in the order of their keys.
     *
     * @param atRevision the revision to read, 0 for the latest
     * @param limit the most entries to return, 0 for all
     * @throws CompactedException when the revision is no longer kept
     * @throws StoreException {@link StoreError#FUTURE_REVISION} when the revision is not there yet
     */
    Range range(KeyRange range, long atRevision, int limit);

    /** The latest entry of a key. */
    default Optional<Entry> get(String key) {
        Keys.encode(key);
        List<Entry> entries = range(KeyRange.single(key), 0, 1).entries();
        return entries.isEmpty() ? Optional.empty() : Optional.of(entries.getFirst());
    }

    /** The store as its latest revision left it. Close it after reading. */
    Snapshot snapshot();

    /**
     * Commits a transaction, or rejects it when a condition does not hold. Returns once the commit is durable.
     *
     * @throws StoreException {@link StoreError#TOO_LARGE}, {@link StoreError#LEASE_NOT_FOUND}: nothing was changed;
     *     {@link StoreError#OUTCOME_UNKNOWN}: it may have been, and the store could not find out;
     *     {@link StoreError#DISK_FAILED}, {@link StoreError#CLOSED} of an embedded store likewise, until it has been opened again
     */
    CommitResult commit(Transaction transaction);

    /**
     * Watches a range from a revision on, included; the past that is still kept is delivered first.
     *
     * @param fromRevision the first revision to deliver, at least 1; normally one more than that of a {@link Range} just
     *     read, and so possibly one that is still to come
     */
    Watch watch(KeyRange range, long fromRevision, WatchListener listener);

    /**
     * Grants a lease.
     *
     * @param timeToLive at least a second; rounded up to whole seconds, and raised to what the store grants at least
     */
    Lease grantLease(Duration timeToLive);

    /**
     * Begins a lease's time to live anew.
     *
     * @throws StoreException {@link StoreError#LEASE_NOT_FOUND} when it has ended
     */
    void keepAlive(long lease);

    /**
     * Ends a lease: its keys vanish in one revision.
     *
     * @throws StoreException {@link StoreError#LEASE_NOT_FOUND} when it has ended already
     */
    void revokeLease(long lease);

    /** The latest revision, read linearizably; callers that wait at the same time share one request to the server. */
    long revision();

    /**
     * Gives up the history before a revision: older reads and watches from older revisions fail. The latest entries
     * are untouched. Compacting to where the store was compacted already does nothing.
     *
     * @throws StoreException {@link StoreError#FUTURE_REVISION} when the revision is not there yet
     */
    void compact(long revision);

    /** The limits that this store enforces. */
    Limits limits();

    /**
     * Names this store's history: written when the store is created, and anew when it is restored or moved, since
     * revisions of two epochs cannot be compared.
     */
    UUID epoch();

    /** Ends watches and releases what the store holds. Closing again does nothing. */
    @Override
    void close();
}
