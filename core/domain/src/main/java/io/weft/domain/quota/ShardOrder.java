package io.weft.domain.quota;

import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which shards this process tries first, so that its own transactions never meet and those of other processes seldom do.
 * Only a preference: nothing is wrong when two meet, one is merely repeated.
 *
 * <p>A process begins at a place of its own; a shard on which it lost goes to the end of its order. So processes drift
 * apart until they use different shards. Any thread may use it.
 */
public final class ShardOrder {
    private final ConcurrentHashMap<QuotaKey, Preference> preferences = new ConcurrentHashMap<>();
    private final int start;

    /**
     * @param start where this process begins, any number
     */
    public ShardOrder(int start) {
        this.start = Math.floorMod(start, Shards.COUNT);
    }

    /** All shards, those in use by transactions of this process last. */
    public int[] order(QuotaKey key) {
        Preference preference = preferences.get(key);
        return preference == null ? initial() : preference.current();
    }

    /** A transaction of this process begins to use a shard. */
    public void begin(QuotaKey key, int shard) {
        preferences.compute(key, (k, known) -> {
            Preference preference = known == null ? new Preference(initial()) : known;
            preference.begin(shard);
            return preference;
        });
    }

    /** The transaction is over, and its outcome is known to the replica. */
    public void end(QuotaKey key, int shard) {
        preferences.computeIfPresent(key, (k, preference) -> preference.end(shard) ? null : preference);
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
        private final BitSet busy = new BitSet(Shards.COUNT);
        private boolean demoted;

        Preference(int[] order) {
            this.order = order;
        }

        synchronized int[] current() {
            int[] current = new int[order.length];
            int from = 0;
            int to = order.length - busy.cardinality();
            for (int shard : order) {
                current[busy.get(shard) ? to++ : from++] = shard;
            }
            return current;
        }

        synchronized void begin(int shard) {
            users[shard]++;
            busy.set(shard);
        }

        /** Whether nothing is left worth remembering. */
        synchronized boolean end(int shard) {
            if (--users[shard] == 0) {
                busy.clear(shard);
            }
            return busy.isEmpty() && !demoted;
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
            return Arrays.toString(order) + " busy " + busy;
        }
    }
}
