package io.weft.store.etcd;

import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.weft.store.Bytes;
import io.weft.store.CommitResult;
import io.weft.store.Compare;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Keys;
import io.weft.store.Limits;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Commits of which it can be told afterwards whether they happened, though the connection broke meanwhile. Any thread
 * may use it.
 *
 * <p>A transaction compares that a key of this client, its mark, is as it was, and writes a name of its own there; one
 * transaction at a time uses a mark. When the outcome of a commit is unknown, the mark is written once more on the same
 * condition. If that succeeds, the transaction did not happen and cannot any more, wherever it still lingers; it is
 * committed again. If it fails, the mark has the transaction's name, and so it happened.
 */
final class Commits {
    private static final Duration FORGOTTEN = Duration.ofDays(1);
    private static final Duration FAREWELL = Duration.ofSeconds(1);
    /** More than a mark adds to {@link Transaction#size()}. */
    private static final int MARK_BYTES = 1024;

    /** A key that one transaction at a time writes. */
    private static final class Mark {
        private final String key;
        /** When it was written last; 0 when it is not there. */
        private long revision;

        private Mark(String key) {
            this.key = key;
        }
    }

    private final Members members;
    private final Duration patience;
    private final String prefix = Keys.COMMITS + UUID.randomUUID() + "/";
    private final ConcurrentLinkedDeque<Mark> idle = new ConcurrentLinkedDeque<>();
    private final AtomicLong marks = new AtomicLong();
    private final AtomicLong names = new AtomicLong();
    private volatile boolean lingering;

    Commits(Members members, Duration patience) {
        this.members = members;
        this.patience = patience;
    }

    /** Commits a transaction within the limits. */
    CommitResult commit(Transaction transaction) {
        if (transaction.writes().isEmpty()) {
            return once(transaction, true);
        }
        if (!hasRoom(transaction)) {
            return once(transaction, false);
        }
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<CommitResult> result = attempt(transaction);
            if (result.isPresent()) {
                return result.get();
            }
            if (System.nanoTime() > end) {
                throw new StoreException(StoreError.UNAVAILABLE, "etcd did not carry the commit out");
            }
        }
    }

    /** Whether a mark can be added within the limits. */
    private static boolean hasRoom(Transaction transaction) {
        int operations =
                Math.max(transaction.compares().size(), transaction.writes().size());
        return operations < Limits.STANDARD.maxOperations()
                && transaction.size() <= Limits.STANDARD.maxBytes() - MARK_BYTES;
    }

    /** Commits once; empty when that surely did not happen and may be tried again. */
    private Optional<CommitResult> attempt(Transaction transaction) {
        Mark known = idle.poll();
        Mark mark = known != null ? known : new Mark(prefix + marks.incrementAndGet());
        Bytes name = newName();
        try {
            CommitResult result = once(marked(transaction, mark, name), false);
            return result(transaction, result, mark, name);
        } catch (StoreException e) {
            switch (e.error()) {
                case OUTCOME_UNKNOWN -> {
                    OptionalLong revision = settle(mark, name);
                    idle.push(mark);
                    return revision.isPresent()
                            ? Optional.of(new CommitResult.Committed(revision.getAsLong()))
                            : Optional.empty();
                }
                case UNAVAILABLE, LEASE_NOT_FOUND, TOO_LARGE, NO_SPACE -> idle.push(mark);
                default -> {
                    // Who knows what the mark has now: it is not used again.
                }
            }
            throw e;
        }
    }

    private Optional<CommitResult> result(Transaction transaction, CommitResult result, Mark mark, Bytes name) {
        switch (result) {
            case CommitResult.Committed(long revision) -> mark.revision = revision;
            case CommitResult.Rejected rejected -> {
                int last = transaction.compares().size();
                if (rejected.failed(last)) {
                    // Somebody took the mark for a forgotten one, or an attempt was carried out that seemed refused.
                    Optional<Entry> current =
                            rejected.failures().getLast().current().stream().findFirst();
                    return current.filter(entry -> entry.value().equals(name))
                            .map(entry -> new CommitResult.Committed(entry.modRevision()));
                }
            }
        }
        idle.push(mark);
        return Optional.of(result);
    }

    private static Transaction marked(Transaction transaction, Mark mark, Bytes name) {
        Transaction.Builder marked = Transaction.builder();
        transaction.compares().forEach(marked::require);
        marked.require(Compare.unchanged(mark.key, mark.revision));
        transaction.writes().forEach(marked::write);
        return marked.put(mark.key, name).build();
    }

    /**
     * Finds out whether the transaction with this name has happened, and otherwise sees to it that it never does.
     *
     * @return the revision that it made
     * @throws StoreException {@link StoreError#OUTCOME_UNKNOWN} when no member answers
     */
    private OptionalLong settle(Mark mark, Bytes name) {
        Bytes fence = newName();
        Transaction excluding = Transaction.builder()
                .require(Compare.unchanged(mark.key, mark.revision))
                .put(mark.key, fence)
                .build();
        CommitResult result;
        try {
            result = once(excluding, true);
        } catch (StoreException e) {
            throw new StoreException(StoreError.OUTCOME_UNKNOWN, "the commit may have been carried out or not", e);
        }
        switch (result) {
            case CommitResult.Committed(long revision) -> {
                lingering = true;
                mark.revision = revision;
                return OptionalLong.empty();
            }
            case CommitResult.Rejected rejected -> {
                for (Entry entry : rejected.failures().getFirst().current()) {
                    mark.revision = entry.modRevision();
                    if (entry.value().equals(name)) {
                        return OptionalLong.of(mark.revision);
                    }
                    if (entry.value().equals(fence)) {
                        // The first attempt to write it was carried out.
                        lingering = true;
                        return OptionalLong.empty();
                    }
                }
                throw new StoreException(
                        StoreError.OUTCOME_UNKNOWN, "the commit may have been carried out or not: its mark is lost");
            }
        }
    }

    private CommitResult once(Transaction transaction, boolean mayBeRepeated) {
        TxnRequest request = Encoding.transaction(transaction);
        Members.Call<TxnResponse> call = channel -> KVGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Members.commitMillis(), TimeUnit.MILLISECONDS)
                .txn(request);
        return Encoding.result(transaction, mayBeRepeated ? members.ask(call) : members.once(call));
    }

    /** A name that no other transaction has, with the time, by which forgotten marks are known. */
    private Bytes newName() {
        return Bytes.utf8(names.incrementAndGet() + "@" + System.currentTimeMillis());
    }

    /** Removes the marks of clients that ended without doing so. One that is in use after all is made anew. */
    void removeForgotten() {
        KeyRange all = KeyRange.prefix(Keys.COMMITS);
        RangeResponse present = members.ask(channel -> KVGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Members.callMillis(), TimeUnit.MILLISECONDS)
                .range(RangeRequest.newBuilder()
                        .setKey(Encoding.from(all))
                        .setRangeEnd(Encoding.to(all))
                        .setLimit(1000)
                        .build()));
        long limit = System.currentTimeMillis() - FORGOTTEN.toMillis();
        List<Entry> forgotten = new ArrayList<>();
        present.getKvsList().stream()
                .map(Encoding::entry)
                .filter(entry -> writtenAt(entry) < limit)
                .forEach(forgotten::add);
        if (!forgotten.isEmpty()) {
            Transaction.Builder removal = Transaction.builder();
            forgotten.forEach(entry -> removal.delete(entry.key()));
            once(removal.build(), true);
        }
    }

    private static long writtenAt(Entry mark) {
        String text = mark.value().utf8();
        try {
            return Long.parseLong(text.substring(text.indexOf('@') + 1));
        } catch (NumberFormatException e) {
            // Another build's; it is left alone.
            return Long.MAX_VALUE;
        }
    }

    /**
     * Removes this client's marks, if a member is there to do it; nothing may be under way any more. They stay until they
     * are forgotten when they may be needed to keep out a transaction that lingers: its first one finds no mark.
     */
    void close() {
        if (marks.get() == 0 || lingering) {
            return;
        }
        Transaction removal =
                Transaction.builder().delete(KeyRange.prefix(prefix)).build();
        try {
            ManagedChannel channel = members.channel(members.current());
            TxnResponse removed = KVGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)
                    .txn(Encoding.transaction(removal));
            Encoding.result(removal, removed);
            idle.clear();
        } catch (StatusRuntimeException e) {
            // They are removed as forgotten ones, later.
            return;
        }
    }
}
