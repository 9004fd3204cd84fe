package io.weft.store.etcd;

import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.Channel;
import io.weft.store.Bytes;
import io.weft.store.CommitResult;
import io.weft.store.CompactedException;
import io.weft.store.Compare;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Keys;
import io.weft.store.Lease;
import io.weft.store.Limits;
import io.weft.store.Range;
import io.weft.store.Snapshot;
import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import io.weft.store.Watch;
import io.weft.store.WatchListener;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The store of a cluster of etcd 3.4 or newer, which is Weft's alone and runs with {@code --max-txn-ops=4096
 * --max-request-bytes=8388608}; a server that takes less is refused when the store is opened.
 *
 * <p><b>When the connection breaks.</b> Reads, leases and watches go on with another member; they end with
 * {@link StoreError#UNAVAILABLE} when no member answers in time. A commit is sent again only when it is sure that the
 * last attempt had no effect, and will have none: {@link Commits} finds that out. It ends with
 * {@link StoreError#OUTCOME_UNKNOWN} only when no member answers for so long that this cannot be found out, or when the
 * transaction has as many comparisons or writes as the limits allow, which leaves no room for its mark.
 *
 * <p><b>History</b> is kept until it is compacted, by {@link #compact} or by etcd's own option; it must reach back as far
 * as the slowest reader of a snapshot takes.
 */
public final class EtcdStore implements Store {
    // Entries in one answer; a value has 400 bytes or so, and seldom more.
    private static final int PAGE = 1000;

    private final Members members;
    private final SharedRead latest;
    private final Commits commits;

    private EtcdStore(Members members, Duration patience) {
        this.members = members;
        this.commits = new Commits(members, patience);
        this.latest = new SharedRead(this::readRevision);
    }

    /** Connects to a cluster whose endpoints are {@code http}. */
    public static EtcdStore open(List<URI> endpoints, Duration patience) {
        return open(endpoints, TlsFiles.NONE, patience);
    }

    /**
     * Connects to a cluster; gives it an epoch when it is new.
     *
     * @param endpoints one or more of the members, {@code http://host:port} or {@code https://host:port}
     * @param tls for members whose endpoint is {@code https}
     * @param patience how long requests are tried on one member after the other
     * @throws StoreException {@link StoreError#UNAVAILABLE} when no member answers; {@link StoreError#UNFIT_SERVER} when
     *     the servers' limits are too low
     */
    public static EtcdStore open(List<URI> endpoints, TlsFiles tls, Duration patience) {
        EtcdStore store = new EtcdStore(new Members(endpoints, tls, patience), patience);
        boolean opened = false;
        try {
            store.probe();
            store.prepare();
            store.commits.removeForgotten();
            opened = true;
            return store;
        } finally {
            if (!opened) {
                store.close();
            }
        }
    }

    /** Sends the largest transaction that the limits allow, under a condition that never holds. */
    private void probe() {
        int operations = limits().maxOperations();
        Transaction.Builder largest = Transaction.builder().require(Compare.exists(Keys.RESERVED_PREFIX + "never"));
        int share = (int) (limits().maxBytes() / operations);
        for (int i = 0; i < operations; i++) {
            String key = Keys.RESERVED_PREFIX + "probe/" + i;
            largest.put(key, Bytes.owned(new byte[share - 192]));
        }
        try {
            commit(largest.build());
        } catch (StoreException e) {
            if (e.error() == StoreError.TOO_LARGE) {
                throw new StoreException(
                        StoreError.UNFIT_SERVER,
                        "etcd must run with --max-txn-ops=" + operations + " --max-request-bytes=" + limits().maxBytes()
                                + " at least",
                        e);
            }
            // Nothing can have been written, so an unknown outcome is only a member that went away.
            if (e.error() != StoreError.OUTCOME_UNKNOWN) {
                throw e;
            }
        }
    }

    private void prepare() {
        if (get(Keys.RESTORING).isPresent()) {
            throw new StoreException(StoreError.CORRUPT, "a restore into this store did not come to its end");
        }
        if (get(Keys.EPOCH).isEmpty()) {
            commit(Transaction.builder()
                    .create(Keys.EPOCH, Bytes.utf8(UUID.randomUUID().toString()))
                    .build());
        }
    }

    private static KVGrpc.KVBlockingStub kv(Channel channel) {
        return KVGrpc.newBlockingStub(channel).withDeadlineAfter(Members.callMillis(), TimeUnit.MILLISECONDS);
    }

    private static LeaseGrpc.LeaseBlockingStub lease(Channel channel) {
        return LeaseGrpc.newBlockingStub(channel).withDeadlineAfter(Members.callMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public Range range(KeyRange range, long atRevision, int limit) {
        if (atRevision < 0 || limit < 0) {
            throw new StoreException(StoreError.INVALID_REQUEST, "a revision or a limit is below 0");
        }
        if (Encoding.isEmpty(range)) {
            return new Range(List.of(), false, atRevision == 0 ? revision() : atRevision);
        }
        List<Entry> entries = new ArrayList<>();
        while (true) {
            Pages pages = new Pages(range, atRevision);
            entries.clear();
            boolean more = false;
            try {
                while (pages.hasNext() && !more) {
                    int wanted = limit == 0 ? PAGE : Math.min(PAGE, limit - entries.size());
                    entries.addAll(pages.next(wanted));
                    more = limit > 0 && entries.size() == limit;
                }
                return new Range(entries, more && pages.hasNext(), pages.revision);
            } catch (CompactedException e) {
                // A latest read that took long is begun anew.
                if (atRevision != 0) {
                    throw e;
                }
            }
        }
    }

    /** Reads a range at one revision, part by part. */
    private final class Pages {
        private final KeyRange range;
        private String from;
        private long revision;
        private boolean more = true;

        Pages(KeyRange range, long revision) {
            this.range = range;
            this.from = range.from();
            this.revision = revision;
        }

        boolean hasNext() {
            return more;
        }

        List<Entry> next(int limit) {
            KeyRange rest = from.equals(range.from()) ? range : KeyRange.between(from, range.to());
            RangeRequest request = RangeRequest.newBuilder()
                    .setKey(Encoding.from(rest))
                    .setRangeEnd(Encoding.to(rest))
                    .setRevision(revision)
                    .setLimit(limit)
                    .build();
            RangeResponse response = read(request);
            if (revision == 0) {
                revision = response.getHeader().getRevision();
            }
            List<Entry> entries =
                    response.getKvsList().stream().map(Encoding::entry).toList();
            more = response.getMore();
            if (more) {
                from = entries.getLast().key() + '\0';
            }
            return entries;
        }
    }

    private RangeResponse read(RangeRequest request) {
        try {
            return members.ask(channel -> kv(channel).range(request));
        } catch (StoreException e) {
            if (e.error() == StoreError.COMPACTED) {
                throw new CompactedException(request.getRevision() + 1);
            }
            throw e;
        }
    }

    @Override
    public Snapshot snapshot() {
        return new At(revision());
    }

    /** A snapshot is a revision; etcd keeps it until it is compacted. */
    private final class At implements Snapshot {
        private final long revision;

        At(long revision) {
            this.revision = revision;
        }

        @Override
        public long revision() {
            return revision;
        }

        @Override
        public void read(KeyRange range, Consumer<Entry> reader) {
            if (Encoding.isEmpty(range)) {
                return;
            }
            Pages pages = new Pages(range, revision);
            while (pages.hasNext()) {
                pages.next(PAGE).forEach(reader);
            }
        }

        @Override
        public void close() {}
    }

    @Override
    public CommitResult commit(Transaction transaction) {
        limits().check(transaction);
        return commits.commit(transaction);
    }

    @Override
    public Watch watch(KeyRange range, long fromRevision, WatchListener listener) {
        if (fromRevision < 1) {
            throw new StoreException(StoreError.INVALID_REQUEST, "a watch begins at revision 1 or later");
        }
        members.checkOpen();
        EtcdWatch watch = new EtcdWatch(members, range, fromRevision, listener);
        watch.start();
        return watch;
    }

    @Override
    public Lease grantLease(Duration timeToLive) {
        long seconds = Math.max(1, timeToLive.plusNanos(999_999_999).toSeconds());
        LeaseGrantRequest request =
                LeaseGrantRequest.newBuilder().setTTL(seconds).build();
        // Granted twice, one of the leases is kept alive by nobody and ends.
        LeaseGrantResponse response = members.ask(channel -> lease(channel).leaseGrant(request));
        return new Lease(response.getID(), Duration.ofSeconds(response.getTTL()));
    }

    @Override
    public void keepAlive(long lease) {
        long left = members.ask(channel -> KeepAlive.once(channel, lease));
        if (left <= 0) {
            throw noLease(lease);
        }
    }

    @Override
    public void revokeLease(long lease) {
        LeaseRevokeRequest request =
                LeaseRevokeRequest.newBuilder().setID(lease).build();
        int[] attempts = new int[1];
        try {
            members.ask(channel -> {
                attempts[0]++;
                return lease(channel).leaseRevoke(request);
            });
        } catch (StoreException e) {
            // An attempt that seemed to fail may have ended it.
            if (e.error() != StoreError.LEASE_NOT_FOUND || attempts[0] == 1) {
                throw e;
            }
        }
    }

    private static StoreException noLease(long lease) {
        return new StoreException(StoreError.LEASE_NOT_FOUND, "there is no lease " + Long.toHexString(lease));
    }

    @Override
    public long revision() {
        return latest.get();
    }

    private long readRevision() {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(Encoding.key(Keys.EPOCH))
                .setCountOnly(true)
                .build();
        return read(request).getHeader().getRevision();
    }

    @Override
    public void compact(long revision) {
        CompactionRequest request =
                CompactionRequest.newBuilder().setRevision(revision).build();
        try {
            members.ask(channel -> kv(channel).compact(request));
        } catch (StoreException e) {
            if (e.error() != StoreError.COMPACTED) {
                throw e;
            }
        }
    }

    @Override
    public Limits limits() {
        return Limits.STANDARD;
    }

    @Override
    public UUID epoch() {
        return get(Keys.EPOCH)
                .map(entry -> UUID.fromString(entry.value().utf8()))
                .orElseThrow(() -> new StoreException(StoreError.CORRUPT, "the store has no epoch"));
    }

    @Override
    public void close() {
        commits.close();
        members.close();
    }
}
