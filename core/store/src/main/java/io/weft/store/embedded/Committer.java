package io.weft.store.embedded;

import io.weft.store.CommitResult;
import io.weft.store.CommitResult.Failure;
import io.weft.store.Lease;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import io.weft.store.Write;
import io.weft.store.disk.Disk;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes. It takes all requests that wait, judges each on what the ones before it leave, appends
 * what they change, forces the disk once, shows the new state to readers and only then answers. Working tree, leases and
 * log belong to it alone.
 *
 * <p>When the disk fails, every request that waits and every later one is refused: what was appended may be on the disk
 * or not, and only a recovery can tell.
 */
final class Committer implements AutoCloseable {
    // A group takes requests until it has this much to write, so that a flood of large ones keeps a bounded buffer.
    private static final int GROUP = 16 << 20;

    private final Disk disk;
    private final Log log;
    private final LeaseTable leases;
    private final Consumer<List<Delta>> publication;
    private final long checkpointLength;
    private final LinkedBlockingQueue<Request<?>> queue = new LinkedBlockingQueue<>();
    private final Thread thread;
    private final long start = System.nanoTime();

    private Tree tree;
    private long revision;
    private long logLength;
    private long checkpointed;
    private final List<Delta> group = new ArrayList<>();
    private @Nullable Thread checkpointing;
    private volatile @Nullable IOException checkpointFailure;
    private volatile long checkpointResult;
    private volatile boolean closing;
    private volatile @Nullable StoreException ended;

    /** Something to be done by the thread that writes; answered once it is durable. */
    private abstract static class Request<T> {
        final CompletableFuture<T> answer = new CompletableFuture<>();
        private @Nullable Runnable completion;

        /** Does it. An exception means that nothing was changed. */
        abstract T run();

        void execute() {
            try {
                T result = run();
                completion = () -> answer.complete(result);
            } catch (RuntimeException e) {
                completion = () -> answer.completeExceptionally(e);
            }
        }

        void durable() {
            if (completion != null) {
                completion.run();
            }
        }
    }

    /**
     * @param publication takes the deltas of each group once they are durable
     * @param checkpointLength how long the log becomes at least before a checkpoint is written, in bytes
     */
    Committer(Disk disk, Recovery recovery, Consumer<List<Delta>> publication, long checkpointLength)
            throws IOException {
        this.disk = disk;
        this.tree = recovery.tree();
        this.revision = recovery.revision();
        this.leases = recovery.leases(0);
        this.publication = publication;
        this.checkpointLength = checkpointLength;
        this.logLength = recovery.logLength();
        this.checkpointed = 0;
        this.log = Log.begin(disk, recovery.nextSegment(), revision);
        this.thread = Thread.ofPlatform().name("weft-store").daemon().unstarted(this::loop);
    }

    void start() {
        thread.start();
    }

    CommitResult commit(Transaction transaction) {
        return ask(new Request<>() {
            @Override
            CommitResult run() {
                return Committer.this.judge(transaction);
            }
        });
    }

    Lease grant(Duration timeToLive) {
        long seconds = Math.max(1, timeToLive.plusNanos(999_999_999).toSeconds());
        return ask(new Request<>() {
            @Override
            Lease run() {
                long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
                while (leases.contains(id)) {
                    id++;
                }
                log.leaseGranted(id, seconds);
                leases.grant(id, seconds, now());
                return new Lease(id, Duration.ofSeconds(seconds));
            }
        });
    }

    void keepAlive(long lease) {
        ask(new Request<Boolean>() {
            @Override
            Boolean run() {
                if (!leases.keepAlive(lease, now())) {
                    throw noLease(lease);
                }
                return true;
            }
        });
    }

    void revoke(long lease) {
        ask(new Request<Boolean>() {
            @Override
            Boolean run() {
                if (!leases.contains(lease)) {
                    throw noLease(lease);
                }
                endLease(lease);
                return true;
            }
        });
    }

    private <T> T ask(Request<T> request) {
        queue.add(request);
        // The thread sets this before it empties the queue for the last time, so no request is left there.
        StoreException reason = ended;
        if (reason != null) {
            request.answer.completeExceptionally(reason);
        }
        try {
            return request.answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException cause) {
                throw new StoreException(cause.error(), String.valueOf(cause.getMessage()), cause);
            }
            throw new StoreException(StoreError.INTERNAL, "a request could not be carried out", e);
        }
    }

    private static StoreException noLease(long lease) {
        return new StoreException(StoreError.LEASE_NOT_FOUND, "there is no lease " + Long.toHexString(lease));
    }

    private long now() {
        return System.nanoTime() - start;
    }

    private void loop() {
        List<Request<?>> requests = new ArrayList<>();
        StoreException reason;
        try {
            while (!closing || !queue.isEmpty()) {
                take(requests);
                expireLeases();
                if (log.pending() > 0) {
                    log.force();
                    publication.accept(group);
                    group.clear();
                }
                requests.forEach(Request::durable);
                requests.clear();
                checkpointIfDue();
            }
            log.finish();
            reason = new StoreException(StoreError.CLOSED, "the store is closed");
        } catch (IOException e) {
            reason = StoreFiles.failed(e);
        } catch (Throwable e) {
            reason = new StoreException(StoreError.INTERNAL, "the store stopped at a fault", e);
        }
        ended = reason;
        queue.drainTo(requests);
        for (Request<?> request : requests) {
            request.answer.completeExceptionally(reason);
        }
    }

    /** Takes and executes requests: at least one, unless a lease ends or the store closes before it comes. */
    private void take(List<Request<?>> requests) {
        Request<?> request = await();
        while (request != null) {
            requests.add(request);
            request.execute();
            request = log.pending() < GROUP ? queue.poll() : null;
        }
    }

    private @Nullable Request<?> await() {
        long wait = leases.earliest() == Long.MAX_VALUE ? Long.MAX_VALUE : leases.earliest() - now();
        try {
            return queue.poll(wait, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // Nobody interrupts this thread; a request that waits is taken the next time.
            return null;
        }
    }

    private CommitResult judge(Transaction transaction) {
        List<Failure> failures = Judge.failures(tree, transaction);
        if (!failures.isEmpty()) {
            return new CommitResult.Rejected(revision, failures);
        }
        for (Write write : transaction.writes()) {
            if (write instanceof Write.Put put && put.lease() != 0 && !leases.contains(put.lease())) {
                throw noLease(put.lease());
            }
        }
        apply(transaction.writes());
        return new CommitResult.Committed(revision);
    }

    private void apply(List<Write> writes) {
        Delta delta = Judge.apply(tree, revision + 1, writes);
        if (delta.puts().length + delta.deletions().length > 0) {
            accept(delta);
        }
    }

    private void accept(Delta delta) {
        log.commit(delta);
        for (byte[] put : delta.puts()) {
            byte[] key = Packed.key(put);
            detach(key);
            long lease = Packed.lease(put);
            if (lease != 0) {
                leases.attach(lease, key);
            }
        }
        for (byte[] key : delta.deletions()) {
            detach(key);
        }
        tree = delta.after();
        revision = delta.revision();
        group.add(delta);
    }

    private void detach(byte[] key) {
        byte @Nullable [] old = tree.get(key);
        if (old != null && Packed.lease(old) != 0) {
            leases.detach(Packed.lease(old), key);
        }
    }

    private void expireLeases() {
        for (long lease : leases.expired(now())) {
            endLease(lease);
        }
    }

    private void endLease(long lease) {
        Tree after = tree;
        List<byte[]> keys = leases.keys(lease);
        for (byte[] key : keys) {
            after = after.remove(key);
        }
        if (!keys.isEmpty()) {
            accept(new Delta(revision + 1, new byte[0][], keys.toArray(byte[][]::new), after));
        }
        log.leaseEnded(lease);
        leases.end(lease);
    }

    private void checkpointIfDue() throws IOException {
        IOException failure = checkpointFailure;
        if (failure != null) {
            throw failure;
        }
        Thread running = checkpointing;
        if (running != null) {
            if (running.isAlive()) {
                return;
            }
            checkpointed = Math.max(0, checkpointResult);
            checkpointing = null;
        }
        if (logLength + log.length() < Math.max(checkpointLength, checkpointed / 2)) {
            return;
        }
        // What the running segment holds is in the checkpoint; the next segment begins where that ends.
        log.rotate(revision);
        logLength = 0;
        Checkpoint checkpoint = new Checkpoint(revision, tree, leases.granted());
        long segment = log.segment();
        checkpointing = Thread.ofPlatform()
                .name("weft-store-checkpoint")
                .daemon()
                .start(() -> {
                    try {
                        long length = checkpoint.write(disk, segment, () -> closing);
                        if (length >= 0) {
                            StoreFiles.sweep(disk, segment);
                        }
                        checkpointResult = length;
                    } catch (IOException e) {
                        checkpointFailure = e;
                    }
                });
    }

    /** Answers what was asked before, then ends. */
    @Override
    public void close() {
        closing = true;
        // Not an interrupt, which would close the log's file under a force.
        queue.add(new Request<Boolean>() {
            @Override
            Boolean run() {
                return true;
            }
        });
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                Thread running = checkpointing;
                if (running != null) {
                    running.join();
                }
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            log.close();
        } catch (IOException e) {
            throw StoreFiles.failed(e);
        }
    }
}
