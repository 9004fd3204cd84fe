package io.weft.domain.transaction;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.domain.ipam.SubnetAddresses;
import io.weft.domain.quota.QuotaKey;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.records.RecordCodec;
import io.weft.domain.replica.Replica;
import io.weft.domain.replica.View;
import io.weft.model.IpAddress;
import io.weft.model.IpRange;
import io.weft.model.Resource;
import io.weft.model.World;
import io.weft.store.Bytes;
import io.weft.store.Compare;
import io.weft.store.KeyRange;
import io.weft.store.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at an operation: the view that it is worked out from, and what it will compare and write. For one thread.
 *
 * <p>What an operation reads from the view it must also compare, by one of the {@code require} methods; they speak of
 * keys as the view has them, so nobody has to carry revisions of keys about.
 */
public final class Plan {
    private final Replica replica;
    private final View view;
    private final int attempt;
    private final List<Compare> compares = new ArrayList<>();
    private final List<@Nullable DomainException> refusals = new ArrayList<>();
    private final Set<Object> required = new HashSet<>();
    private final Map<String, Optional<Bytes>> writes = new LinkedHashMap<>();
    private final Map<QuotaKey, Integer> quotas = new HashMap<>();
    private final List<Runnable> releases = new ArrayList<>();
    private @Nullable World ahead;
    private int writerFormat;

    Plan(Replica replica, View view, int attempt) {
        this.replica = replica;
        this.view = view;
        this.attempt = attempt;
    }

    /** How many attempts of this operation were rejected before; from 0. */
    public int attempt() {
        return attempt;
    }

    /** The view that this attempt is worked out from. */
    public View view() {
        return view;
    }

    /** The revision that this server has at hand by now. */
    long latestRevision() {
        return replica.current().revision();
    }

    /** The model in that view; after {@link #showOwnWrites}, with what this attempt makes of it. */
    public World world() {
        return ahead == null ? view.world() : ahead;
    }

    /**
     * From here on the model has the records that this attempt writes, so that several operations can be parts of one
     * transaction. What it wrote it does not compare: it did, if the record was there before. To be called before anything
     * is written.
     */
    public void showOwnWrites() {
        ahead = view.world();
    }

    private boolean wroteItself(String key) {
        return ahead != null && writes.containsKey(key);
    }

    /**
     * What is written asks for servers of at least this format from now on.
     *
     * @see io.weft.store.MinWriter
     */
    public void requireWriter(int format) {
        writerFormat = Math.max(writerFormat, format);
    }

    int writerFormat() {
        return writerFormat;
    }

    /** The key still exists. */
    public void requireExists(String key) {
        if (!wroteItself(key) && required.add("exists " + key)) {
            compare(Compare.exists(key), null);
        }
    }

    /** The record still exists and is as in the view. */
    public void requireUnchanged(Resource resource) {
        String key = Layout.record(resource);
        requireExists(key);
        requireUnchanged(key);
    }

    /** The key was not written since the view, and if it did not exist, it still does not. */
    public void requireUnchanged(String key) {
        if (!wroteItself(key) && required.add("unchanged " + key)) {
            compare(new Compare.ModRevision(key, Compare.Relation.LESS, view.revision() + 1), null);
        }
    }

    /** No key was added to the range or written in it since the view; deletions are not noticed. */
    public void requireNoneWritten(KeyRange range) {
        if (required.add(range)) {
            compare(new Compare.UnmodifiedSince(range, view.revision()), null);
        }
    }

    /** No key is in the range. */
    public void requireEmpty(KeyRange range) {
        compare(new Compare.RangeEmpty(range), null);
    }

    /** Takes something by creating its key for its owner; when another has it, the attempt is repeated. */
    public void take(String key, UUID owner) {
        compare(Compare.absent(key), null);
        write(key, Optional.of(Bytes.utf8(owner.toString())));
    }

    /** Takes something that was asked for by creating its key for its owner; when another has it, that is the answer. */
    public void takeOr(String key, UUID owner, DomainException refusal) {
        if (writes(key)) {
            throw refusal;
        }
        compare(Compare.absent(key), refusal);
        write(key, Optional.of(Bytes.utf8(owner.toString())));
    }

    /** The owner for whom this attempt took a key; empty when it did not. */
    public Optional<UUID> taken(String key) {
        return writes.getOrDefault(key, Optional.empty()).map(owner -> UUID.fromString(owner.utf8()));
    }

    /** Removes a key: gives up what was taken. */
    public void release(String key) {
        write(key, Optional.empty());
    }

    /** Adds the record of a new resource. */
    public void create(Resource resource) {
        write(Layout.record(resource), Optional.of(codec().encode(resource)));
        if (ahead != null) {
            ahead = ahead.with(resource);
        }
    }

    /** Replaces a record that must still be as in the view. */
    public void update(Resource before, Resource after) {
        requireUnchanged(before);
        write(Layout.record(after), Optional.of(codec().encode(after)));
        if (ahead != null) {
            ahead = ahead.with(after);
        }
    }

    /** Removes a record that must still be as in the view. */
    public void delete(Resource resource) {
        requireUnchanged(resource);
        write(Layout.record(resource), Optional.empty());
        if (ahead != null) {
            ahead = ahead.without(resource.kind(), resource.id());
        }
    }

    /** Sets a key to a value. */
    public void put(String key, Bytes value) {
        write(key, Optional.of(value));
    }

    /** Counts more, or with a negative amount fewer, resources of a project; nothing is counted for no project. */
    public void count(String project, QuotaResource resource, int amount) {
        if (!project.isEmpty()) {
            quotas.merge(new QuotaKey(project, resource), amount, Integer::sum);
        }
    }

    /** Marks a free address of the pools for this attempt; its key is still to be taken. */
    public Optional<IpAddress> chooseAddress(UUID subnetId, List<IpRange> pools, RandomGenerator random) {
        SubnetAddresses addresses = replica.addresses().subnet(subnetId);
        Optional<IpAddress> chosen = addresses.claimFree(pools, random);
        chosen.ifPresent(address -> onEnd(() -> addresses.release(address)));
        return chosen;
    }

    /** Whether the pools probably have an address that is free. */
    public boolean hasFreeAddress(UUID subnetId, List<IpRange> pools) {
        return replica.addresses().subnet(subnetId).hasFree(pools);
    }

    /** Marks an address that was asked for, so that others of this process choose none that is about to be taken. */
    public void markAddress(UUID subnetId, IpAddress address) {
        SubnetAddresses addresses = replica.addresses().subnet(subnetId);
        if (addresses.claim(address)) {
            onEnd(() -> addresses.release(address));
        }
    }

    /** Runs when the attempt is over, whatever became of it. */
    void onEnd(Runnable action) {
        releases.add(action);
    }

    void end() {
        releases.forEach(Runnable::run);
    }

    Map<QuotaKey, Integer> quotas() {
        return quotas;
    }

    boolean isEmpty() {
        return writes.isEmpty();
    }

    /** Whether a key is written already. */
    public boolean writes(String key) {
        return writes.containsKey(key);
    }

    /** The answer that the failure of a condition means; empty when the attempt is to be repeated. */
    Optional<DomainException> refusal(int index) {
        return Optional.ofNullable(refusals.get(index));
    }

    Transaction transaction() {
        Transaction.Builder transaction = Transaction.builder();
        compares.forEach(transaction::require);
        writes.forEach((key, value) ->
                value.ifPresentOrElse(bytes -> transaction.put(key, bytes), () -> transaction.delete(key)));
        return transaction.build();
    }

    private RecordCodec codec() {
        return replica.codec();
    }

    private void compare(Compare compare, @Nullable DomainException refusal) {
        compares.add(compare);
        refusals.add(refusal);
    }

    private void write(String key, Optional<Bytes> value) {
        Optional<Bytes> earlier = writes.put(key, value);
        if (earlier != null && ahead == null) {
            throw Problem.INTERNAL.with("the operation writes " + key + " twice");
        }
    }
}
