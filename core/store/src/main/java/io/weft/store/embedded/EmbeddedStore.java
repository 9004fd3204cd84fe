package io.weft.store.embedded;

import io.weft.store.Bytes;
import io.weft.store.CommitResult;
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
import io.weft.store.disk.DirectoryDisk;
import io.weft.store.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The store of one machine, in a directory that one process has open at a time.
 *
 * <p>All latest entries are in memory, together with a bounded window of the past (see {@link Options}); reads older
 * than the window, and watches that fall behind it, end with {@link io.weft.store.CompactedException}. After a restart
 * the window begins at the last checkpoint.
 *
 * <p>When the disk fails or is full, the store acknowledges nothing more: every commit ends with
 * {@link StoreError#DISK_FAILED} until the store was closed and opened again, while reads go on to show what is known to
 * be durable. A commit that ended so may be found done after the next opening.
 */
public final class EmbeddedStore implements Store {
    /**
     * What the store may use.
     *
     * @param historyBytes memory for the past, about
     * @param checkpointBytes the length of the log from which on a checkpoint is written; a log that is shorter than half
     *     of the last checkpoint waits on
     */
    public record Options(long historyBytes, long checkpointBytes) {
        /** 64 MiB each. */
        public static final Options STANDARD = new Options(64L << 20, 64L << 20);
    }

    /** What readers see: the last durable revision. */
    private record Latest(Tree tree, long revision) {}

    private final Disk disk;
    private final History history;
    private final Committer committer;
    private volatile Latest latest;
    private volatile boolean closed;

    private EmbeddedStore(Disk disk, Recovery recovery, Options options) throws IOException {
        this.disk = disk;
        this.history = recovery.history();
        this.latest = new Latest(recovery.tree(), recovery.revision());
        this.committer = new Committer(disk, recovery, this::publish, options.checkpointBytes());
    }

    /**
     * Opens the store in a directory; makes both when they do not exist.
     *
     * @throws StoreException {@link StoreError#LOCKED} when another process has it open; {@link StoreError#CORRUPT},
     *     {@link StoreError#NEWER_FORMAT}, {@link StoreError#DISK_FAILED} when it cannot be read
     */
    public static EmbeddedStore open(Path directory) {
        return open(directory, Options.STANDARD);
    }

    /** Opens the store in a directory; see {@link #open(Path)}. */
    public static EmbeddedStore open(Path directory, Options options) {
        try {
            return open(DirectoryDisk.open(directory), options);
        } catch (IOException e) {
            throw StoreFiles.failed(e);
        }
    }

    /** Opens the store on a disk, which is closed with it; see {@link #open(Path)}. */
    public static EmbeddedStore open(Disk disk, Options options) {
        EmbeddedStore store = null;
        boolean opened = false;
        try {
            store = new EmbeddedStore(disk, Recovery.run(disk, options.historyBytes()), options);
            store.committer.start();
            store.prepare();
            opened = true;
            return store;
        } catch (IOException e) {
            throw StoreFiles.failed(e);
        } finally {
            if (!opened) {
                abandon(disk, store);
            }
        }
    }

    private static void abandon(Disk disk, @Nullable EmbeddedStore store) {
        if (store != null) {
            store.close();
            return;
        }
        try {
            disk.close();
        } catch (IOException e) {
            throw StoreFiles.failed(e);
        }
    }

    /** Gives a new store its epoch. */
    private void prepare() {
        if (get(Keys.RESTORING).isPresent()) {
            throw new StoreException(StoreError.CORRUPT, "a restore into this store did not come to its end");
        }
        commit(Transaction.builder()
                .create(Keys.EPOCH, Bytes.utf8(UUID.randomUUID().toString()))
                .build());
    }

    private void publish(List<Delta> deltas) {
        if (!deltas.isEmpty()) {
            Delta last = deltas.getLast();
            latest = new Latest(last.after(), last.revision());
            history.add(deltas);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreException(StoreError.CLOSED, "the store is closed");
        }
    }

    @Override
    public Range range(KeyRange range, long atRevision, int limit) {
        checkOpen();
        if (atRevision < 0 || limit < 0) {
            throw new StoreException(StoreError.INVALID_REQUEST, "a revision or a limit is below 0");
        }
        Latest now = latest;
        Tree tree = atRevision == 0 || atRevision == now.revision ? now.tree : history.tree(atRevision);
        List<Entry> entries = new ArrayList<>();
        boolean[] more = new boolean[1];
        tree.visit(Judge.bytes(range.from()), Judge.bytes(range.to()), 0, packed -> {
            if (limit > 0 && entries.size() == limit) {
                more[0] = true;
                return false;
            }
            entries.add(Packed.entry(packed));
            return true;
        });
        return new Range(entries, more[0], atRevision == 0 ? now.revision : atRevision);
    }

    @Override
    public Snapshot snapshot() {
        checkOpen();
        return new Held(latest);
    }

    /** A snapshot holds its tree, whatever becomes of the history. */
    private record Held(Latest latest) implements Snapshot {
        @Override
        public long revision() {
            return latest.revision;
        }

        @Override
        public void read(KeyRange range, Consumer<Entry> reader) {
            latest.tree.visit(Judge.bytes(range.from()), Judge.bytes(range.to()), 0, packed -> {
                reader.accept(Packed.entry(packed));
                return true;
            });
        }

        @Override
        public void close() {}
    }

    @Override
    public CommitResult commit(Transaction transaction) {
        checkOpen();
        limits().check(transaction);
        return committer.commit(transaction);
    }

    @Override
    public Watch watch(KeyRange range, long fromRevision, WatchListener listener) {
        checkOpen();
        if (fromRevision < 1) {
            throw new StoreException(StoreError.INVALID_REQUEST, "a watch begins at revision 1 or later");
        }
        EmbeddedWatch watch = new EmbeddedWatch(history, range, fromRevision, listener);
        watch.start();
        return watch;
    }

    @Override
    public Lease grantLease(Duration timeToLive) {
        checkOpen();
        return committer.grant(timeToLive);
    }

    @Override
    public void keepAlive(long lease) {
        checkOpen();
        committer.keepAlive(lease);
    }

    @Override
    public void revokeLease(long lease) {
        checkOpen();
        committer.revoke(lease);
    }

    @Override
    public long revision() {
        checkOpen();
        return latest.revision;
    }

    @Override
    public void compact(long revision) {
        checkOpen();
        history.compact(revision);
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
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (disk) {
            committer.close();
            history.close();
        } catch (IOException e) {
            throw StoreFiles.failed(e);
        }
    }
}
