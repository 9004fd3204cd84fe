package io.weft.domain.transaction;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaKey;
import io.weft.domain.quota.ShardOrder;
import io.weft.domain.replica.Replica;
import io.weft.domain.replica.View;
import io.weft.store.CommitResult;
import io.weft.store.MinWriter;
import io.weft.store.Store;
import io.weft.store.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Runs operations: each is planned on the latest view, committed, and planned anew on a later view when one of its
 * comparisons failed. It answers when the local replica has what was committed. Any thread may use it.
 *
 * <p>A refusal that rests on a view is only given when the view held everything that was acknowledged before the
 * operation began, and so is the answer of an operation that finds nothing to change; otherwise it is planned once more on
 * such a view. So a client that talks to several servers in turn is not told that what it just made is missing, or that
 * what it just undid is done.
 */
public final class Transactor {
    /** How often an operation is tried before it gives up. */
    private static final int MAX_ATTEMPTS = 40;

    /** From this attempt on it waits a little first. */
    private static final int PATIENT_ATTEMPTS = 2;

    private static final long MAX_PAUSE_NANOSECONDS = 20_000_000;
    private static final long FIRST_PAUSE_NANOSECONDS = 100_000;

    private final Store store;
    private final Replica replica;
    private final QuotaPlanner quotas;
    private final Attempts attempts = new Attempts();
    private final AtomicInteger writerFormat = new AtomicInteger();

    public Transactor(Store store, Replica replica, Limits limits) {
        this.store = store;
        this.replica = replica;
        quotas = new QuotaPlanner(
                limits, new ShardOrder(ThreadLocalRandom.current().nextInt()));
    }

    /** How often operations were tried. */
    public Attempts attempts() {
        return attempts;
    }

    /**
     * Runs an operation.
     *
     * @param operation plans one attempt; it may be called several times and must have no effect but on the plan
     * @return what the attempt that was committed returned
     * @throws DomainException when the operation refuses, or {@link Problem#RETRIES_EXHAUSTED}, or
     *     {@link Problem#STORE_UNAVAILABLE}
     */
    public <T> T run(Function<Plan, T> operation) {
        attempts.operation();
        try {
            return attempt(operation);
        } catch (StoreException e) {
            throw translate(e);
        }
    }

    /** Before anything is written, so that no store has what it does not ask for. */
    private void raiseWriterFormat(int format) {
        if (format > writerFormat.get()) {
            MinWriter.raise(store, format);
            writerFormat.accumulateAndGet(format, Math::max);
        }
    }

    private <T> T attempt(Function<Plan, T> operation) {
        boolean refreshed = false;
        int rejections = 0;
        int balancings = 0;
        while (true) {
            View view = replica.current();
            Plan plan = new Plan(replica, view, rejections);
            boolean decided = false;
            try {
                T result = operation.apply(plan);
                List<QuotaKey> unbalanced = quotas.unbalanced(plan);
                if (!unbalanced.isEmpty()) {
                    balance(view, unbalanced);
                    decided = ++balancings == MAX_ATTEMPTS;
                    if (decided) {
                        throw Problem.RETRIES_EXHAUSTED.with("quotas");
                    }
                    continue;
                }
                quotas.add(plan);
                if (plan.isEmpty()) {
                    if (refreshed || replica.refresh().revision() == view.revision()) {
                        return result;
                    }
                    refreshed = true;
                    continue;
                }
                raiseWriterFormat(plan.writerFormat());
                switch (store.commit(plan.transaction())) {
                    case CommitResult.Committed(long revision) -> {
                        attempts.committed();
                        replica.awaitRevision(revision);
                        return result;
                    }
                    case CommitResult.Rejected rejected -> {
                        Optional<DomainException> refusal = refusal(plan, rejected);
                        decided = refusal.isPresent() || ++rejections == MAX_ATTEMPTS;
                        if (decided) {
                            throw refusal.orElseGet(() -> exhausted(rejected));
                        }
                        attempts.rejection();
                        replica.awaitRevision(rejected.revision());
                    }
                }
            } catch (DomainException e) {
                if (decided || refreshed || replica.refresh().revision() == view.revision()) {
                    throw e;
                }
                refreshed = true;
            } finally {
                plan.end();
            }
            pause(rejections);
        }
    }

    /**
     * The answer that a rejection means by itself: the first, since an operation takes first what the rest follows from,
     * as a MAC and the address that is made of it. It means none when the view was outdated as well: a plan on a later
     * view may refuse for a better reason, or not at all.
     */
    private Optional<DomainException> refusal(Plan plan, CommitResult.Rejected rejected) {
        Optional<DomainException> answer = Optional.empty();
        boolean outdated = false;
        for (CommitResult.Failure failure : rejected.failures()) {
            Optional<DomainException> refusal = plan.refusal(failure.index());
            if (refusal.isPresent()) {
                answer = answer.or(() -> refusal);
            } else {
                outdated = true;
                quotas.lost(failure.compare());
            }
        }
        return outdated ? Optional.empty() : answer;
    }

    private static DomainException exhausted(CommitResult.Rejected rejected) {
        return Problem.RETRIES_EXHAUSTED.with(
                rejected.failures().getFirst().compare().range().from());
    }

    private void balance(View view, List<QuotaKey> unbalanced) {
        for (QuotaKey key : unbalanced) {
            attempts.balancing();
            replica.awaitRevision(store.commit(quotas.balance(view, key)).revision());
        }
    }

    private static void pause(int rejections) {
        if (rejections >= PATIENT_ATTEMPTS) {
            long bound = Math.min(MAX_PAUSE_NANOSECONDS, FIRST_PAUSE_NANOSECONDS << Math.min(rejections, 16));
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(bound));
        }
    }

    private static DomainException translate(StoreException e) {
        return switch (e.error().category()) {
            case USER -> new DomainException(Problem.INVALID_INPUT, e, String.valueOf(e.getMessage()));
            case CONFLICT, UNAVAILABLE -> new DomainException(Problem.STORE_UNAVAILABLE, e, e.error());
            case INTERNAL -> new DomainException(Problem.INTERNAL, e, e.error());
        };
    }
}
