package io.weft.domain.transaction;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaKey;
import io.weft.domain.quota.ShardOrder;
import io.weft.domain.quota.Shards;
import io.weft.domain.records.Layout;
import io.weft.domain.replica.QuotaText;
import io.weft.domain.replica.View;
import io.weft.store.Bytes;
import io.weft.store.Compare;
import io.weft.store.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Turns what a plan counts into comparisons and writes of shards. */
final class QuotaPlanner {
    private final Limits limits;
    private final ShardOrder order;

    QuotaPlanner(Limits limits, ShardOrder order) {
        this.limits = limits;
        this.order = order;
    }

    /** The resources of the plan whose counts must be spread before the plan can use them. */
    List<QuotaKey> unbalanced(Plan plan) {
        List<QuotaKey> unbalanced = new ArrayList<>(0);
        for (QuotaKey key : plan.quotas().keySet()) {
            OptionalInt balancedFor = plan.view().quotas().shards(key).balancedFor();
            if (balancedFor.isEmpty() || balancedFor.getAsInt() != limits.of(plan.view(), key)) {
                unbalanced.add(key);
            }
        }
        return unbalanced;
    }

    /** Spreads the counts of a resource over the shares of its current limit. */
    Transaction balance(View view, QuotaKey key) {
        Shards shards = view.quotas().shards(key);
        int limit = limits.of(view, key);
        Transaction.Builder transaction = Transaction.builder()
                .require(new Compare.UnmodifiedSince(Layout.quotaShards(key), view.revision()))
                .require(new Compare.ModRevision(
                        Layout.quotaLimits(key.project()), Compare.Relation.LESS, view.revision() + 1))
                .put(Layout.quotaBalanced(key), QuotaText.balanced(limit));
        for (Shards.Count count : shards.spread()) {
            transaction.put(Layout.quotaShard(key, count.shard()), Bytes.utf8(Integer.toString(count.used())));
        }
        return transaction.build();
    }

    /** Adds the shards to the plan, which has nothing unbalanced. */
    void add(Plan plan) {
        List<String> over = new ArrayList<>(0);
        for (Map.Entry<QuotaKey, Integer> counted : plan.quotas().entrySet()) {
            QuotaKey key = counted.getKey();
            int amount = counted.getValue();
            if (amount == 0) {
                continue;
            }
            Shards shards = plan.view().quotas().shards(key);
            int limit = limits.of(plan.view(), key);
            List<Shards.Count> counts = choose(plan, key, shards, amount, limit);
            if (amount > 0 && counts.isEmpty()) {
                over.add(key.resource().text());
                continue;
            }
            plan.requireUnchanged(Layout.quotaBalanced(key));
            for (Shards.Count count : counts) {
                String shard = Layout.quotaShard(key, count.shard());
                plan.requireUnchanged(shard);
                plan.put(shard, Bytes.utf8(Integer.toString(count.used())));
            }
        }
        if (!over.isEmpty()) {
            over.sort(null);
            throw Problem.OVER_QUOTA.with(
                    over.stream().map(name -> "'" + name + "'").toList());
        }
    }

    /** Chooses shards and marks them as in use, in one step, so that no two transactions of this process choose the same. */
    private List<Shards.Count> choose(Plan plan, QuotaKey key, Shards shards, int amount, int limit) {
        synchronized (order) {
            int[] preferred = order.order(key, plan.view().revision());
            List<Shards.Count> counts =
                    amount > 0 ? shards.take(amount, limit, preferred) : shards.give(-amount, limit, preferred);
            for (Shards.Count count : counts) {
                order.begin(key, count.shard());
                plan.onEnd(() -> order.end(key, count.shard(), plan.latestRevision()));
            }
            return counts;
        }
    }

    /** Learns from a lost race. */
    void lost(Compare compare) {
        if (compare instanceof Compare.OfKey ofKey
                && ofKey.key().startsWith(Layout.STATE)
                && Layout.subject(ofKey.key()) instanceof Layout.Subject.QuotaShard(QuotaKey key, int shard)) {
            order.lost(key, shard);
        }
    }
}
