package io.weft.domain.quota;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * How many of one resource a project has, as counted in shards; immutable.
 *
 * <p>Each shard may count up to its share of the limit, and the shares add up to the limit. So whoever compares one
 * shard and keeps it within its share keeps the project within its limit, whatever happens to the other shards. That
 * holds while the counts are balanced for the limit: after a change of the limit they are spread anew, and when they
 * are more than the limit, those above their share are the first to fall.
 */
public final class Shards {
    /** How many shards there are; more than the transactions that are usually under way at once in a project. */
    public static final int COUNT = 32;

    /** Nothing counted, balanced for no limit. */
    public static final Shards NONE = new Shards(OptionalInt.empty(), new int[COUNT]);

    private final OptionalInt balancedFor;
    private final int[] used;

    private Shards(OptionalInt balancedFor, int[] used) {
        this.balancedFor = balancedFor;
        this.used = used;
    }

    /** A shard and what it counts. */
    public record Count(int shard, int used) {}

    /** The limit that the counts are balanced for; empty when they must be spread first. */
    public OptionalInt balancedFor() {
        return balancedFor;
    }

    public Shards withBalancedFor(OptionalInt limit) {
        return new Shards(limit, used);
    }

    public Shards withUsed(int shard, int count) {
        int[] counts = used.clone();
        counts[shard] = count;
        return new Shards(balancedFor, counts);
    }

    public int used(int shard) {
        return used[shard];
    }

    /** The sum of all shards. */
    public int total() {
        return Arrays.stream(used).sum();
    }

    /** How many a shard may count under this limit. */
    public static int share(int limit, int shard) {
        if (limit < 0) {
            return Integer.MAX_VALUE;
        }
        return limit / COUNT + (shard < limit % COUNT ? 1 : 0);
    }

    /** How many more fit under the limit, over all shards. */
    public long room(int limit) {
        long room = 0;
        for (int shard = 0; shard < COUNT; shard++) {
            room += free(limit, shard);
        }
        return room;
    }

    private long free(int limit, int shard) {
        return Math.max(0, (long) share(limit, shard) - used[shard]);
    }

    /** The counts that change when the total is spread evenly, in the order in which shares are. */
    public List<Count> spread() {
        int total = total();
        List<Count> changes = new ArrayList<>();
        for (int shard = 0; shard < COUNT; shard++) {
            int even = share(total, shard);
            if (even != used[shard]) {
                changes.add(new Count(shard, even));
            }
        }
        return changes;
    }

    /**
     * The counts after taking some more, from the shards in the given order; empty when they do not fit.
     *
     * @param amount how many, at least 1
     */
    public List<Count> take(int amount, int limit, int[] order) {
        List<Count> changes = new ArrayList<>(1);
        int left = amount;
        for (int shard : order) {
            int taken = (int) Math.min(left, free(limit, shard));
            if (taken > 0) {
                changes.add(new Count(shard, used[shard] + taken));
                left -= taken;
            }
            if (left == 0) {
                return changes;
            }
        }
        return List.of();
    }

    /**
     * The counts after giving some back: first by shards above their share, then by the first of the given order. That
     * one may fall below zero, which keeps the total right and the project within its limit; were it not so, all who
     * give back what was counted in one shard would meet there.
     */
    public List<Count> give(int amount, int limit, int[] order) {
        int[] counts = used.clone();
        int left = amount;
        for (int shard = 0; shard < COUNT && left > 0; shard++) {
            int given = Math.min(left, Math.max(0, counts[shard] - share(limit, shard)));
            counts[shard] -= given;
            left -= given;
        }
        counts[order[0]] -= left;
        List<Count> changes = new ArrayList<>(1);
        for (int shard = 0; shard < COUNT; shard++) {
            if (counts[shard] != used[shard]) {
                changes.add(new Count(shard, counts[shard]));
            }
        }
        return changes;
    }
}
