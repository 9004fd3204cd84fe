package io.weft.domain.quota;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which shards this process tries first, so that its own transactions never meet and those of other processes seldom do.
 * Only a preference: nothing is wrong when two meet, one is merely repeated.
 *
 * <p>A process begins at a place of its own; a shard on which it lost goes to the end of its order. So processes drift
 * apart until they use different shards. Any thread may use it.
 */
public final class ShardOrder {
    /** How many keys are remembered although nothing of them is in use. */
    private static final int MOST_IDLE = 4096;

    private final ConcurrentHashMap<QuotaKey, Preference> preferences = new ConcurrentHashMap<>();
    private final int start;

    /**
     * @param start where this process begins, any number
     */
    public ShardOrder(int start) {
        this.start = Math.floorMod(start, Shards.COUNT);
    }

    /**
     * All shards; last those that transactions of this process use, or that they have written since a revision: who
     * works from a view of that revision would be rejected there.
     */
    public int[] order(QuotaKey key, long revision) {
        Preference preference = preferences.get(key);
        return preference == null ? initial() : preference.current(revision);
    }

    /** A transaction of this process begins to use a shard. */
    public void begin(QuotaKey key, int shard) {
        preferences.compute(key, (k, known) -> {
            Preference preference = known == null ? new Preference(initial()) : known;
            preference.begin(shard);
            return preference;
        });
    }

    /** The transaction is over, and its outcome is known to the replica at this revision. */
    public void end(QuotaKey key, int shard, long revision) {
        boolean many = preferences.size() > MOST_IDLE;
        preferences.computeIfPresent(
                key, (k, preference) -> preference.end(shard, revision) && many ? null : preference);
    }

    /** Another process was faster on this shard. */
    public void lost(QuotaKey key, int shard) {
        preferences.compute(key, (k, known) -> {
            Preference preference = known == null ? new Preference(initial()) : known;
            preference.demote(shard);
            return preference;
        });
    }

    private int[] initial() {
        int[] order = new int[Shards.COUNT];
        for (int i = 0; i < order.length; i++) {
            order[i] = (start + i) % Shards.COUNT;
        }
        return order;
    }

    private static final class Preference {
        private final int[] order;
        private final int[] users = new int[Shards.COUNT];
        private final long[] freeSince = new long[Shards.COUNT];
        private boolean demoted;

        Preference(int[] order) {
            this.order = order;
        }

        synchronized int[] current(long revision) {
            int[] current = new int[order.length];
            int next = 0;
            for (int shard : order) {
                if (isFree(shard, revision)) {
                    current[next++] = shard;
                }
            }
            for (int shard : order) {
                if (!isFree(shard, revision)) {
                    current[next++] = shard;
                }
            }
            return current;
        }

        private boolean isFree(int shard, long revision) {
            return users[shard] == 0 && freeSince[shard] <= revision;
        }

        synchronized void begin(int shard) {
            users[shard]++;
        }

        /** Whether nothing is left worth remembering. */
        synchronized boolean end(int shard, long revision) {
            users[shard]--;
            freeSince[shard] = Math.max(freeSince[shard], revision);
            return !demoted && Arrays.stream(users).allMatch(count -> count == 0);
        }

        synchronized void demote(int shard) {
            demoted = true;
            int at = 0;
            while (order[at] != shard) {
                at++;
            }
            System.arraycopy(order, at + 1, order, at, order.length - at - 1);
            order[order.length - 1] = shard;
        }

        @Override
        public String toString() {
            return Arrays.toString(order) + " used by " + Arrays.toString(users);
        }
    }
}
