package io.weft.domain.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardsTest {
    @Test
    void theSharesAddUpToTheLimit() {
        for (int limit : new int[] {0, 1, 10, 31, 32, 33, 100, 500, 1_000_003}) {
            long sum = IntStream.range(0, Shards.COUNT)
                    .mapToLong(shard -> Shards.share(limit, shard))
                    .sum();
            assertThat(sum).isEqualTo(limit);
        }
    }

    @Test
    void randomTakesAndGivesKeepTheTotalExactAndWithinTheLimit() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            int limit = random.nextInt(120);
            Shards shards = Shards.NONE;
            int total = 0;
            for (int step = 0; step < 200; step++) {
                int amount = 1 + random.nextInt(6);
                if (random.nextInt(10) == 0) {
                    limit = random.nextInt(120);
                    shards = apply(shards, shards.spread());
                    assertThat(shards.total()).isEqualTo(total);
                } else if (random.nextBoolean()) {
                    List<Shards.Count> counts = shards.take(amount, limit, order(random));
                    assertThat(counts.isEmpty()).isEqualTo(total + amount > limit);
                    assertThat(shards.room(limit)).isEqualTo(Math.max(0, limit - total));
                    total += counts.isEmpty() ? 0 : amount;
                    shards = apply(shards, counts);
                } else {
                    int given = Math.min(amount, total);
                    if (given > 0) {
                        shards = apply(shards, shards.give(given, limit, order(random)));
                        total -= given;
                    }
                }
                assertThat(shards.total()).isEqualTo(total);
            }
        }
    }

    @Test
    void withoutALimitEverythingFits() {
        Shards shards = Shards.NONE.withBalancedFor(OptionalInt.of(-1));
        int[] order = order(new Random(1));
        assertThat(apply(shards, shards.take(5_000, QuotaResource.UNLIMITED, order))
                        .total())
                .isEqualTo(5_000);
    }

    @Test
    void aProcessAvoidsShardsThatItUsesAndThoseThatItLost() {
        ShardOrder order = new ShardOrder(5);
        QuotaKey key = new QuotaKey("p", QuotaResource.PORT);
        assertThat(order.order(key, 10)[0]).isEqualTo(5);

        order.begin(key, 5);
        assertThat(order.order(key, 10)[0]).isEqualTo(6);
        assertThat(order.order(key, 10)[Shards.COUNT - 1]).isEqualTo(5);
        order.end(key, 5, 11);
        assertThat(order.order(key, 11)[0]).isEqualTo(5);

        order.lost(key, 5);
        assertThat(order.order(key, 11)[0]).isEqualTo(6);
        assertThat(Arrays.stream(order.order(key, 11)).distinct().count()).isEqualTo(Shards.COUNT);
    }

    @Test
    void whoWorksFromAnOlderViewAvoidsShardsWrittenSince() {
        ShardOrder order = new ShardOrder(5);
        QuotaKey key = new QuotaKey("p", QuotaResource.PORT);
        order.begin(key, 5);
        order.end(key, 5, 11);
        assertThat(order.order(key, 10)[0]).isEqualTo(6);
        assertThat(order.order(key, 10)[Shards.COUNT - 1]).isEqualTo(5);
    }

    @Test
    void givingBackDoesNotMeetWhereItWasTaken() {
        Shards shards = Shards.NONE.withUsed(3, 100);
        int[] order = IntStream.range(7, 7 + Shards.COUNT)
                .map(shard -> shard % Shards.COUNT)
                .toArray();
        for (int limit : new int[] {QuotaResource.UNLIMITED, 100_000}) {
            List<Shards.Count> counts = shards.give(1, limit, order);
            assertThat(counts).containsExactly(new Shards.Count(7, -1));
            Shards given = apply(shards, counts);
            assertThat(given.total()).isEqualTo(99);
            assertThat(apply(given, given.take(2, limit, order)).total()).isEqualTo(101);
        }
    }

    private static Shards apply(Shards shards, List<Shards.Count> counts) {
        Shards result = shards;
        for (Shards.Count count : counts) {
            result = result.withUsed(count.shard(), count.used());
        }
        return result;
    }

    private static int[] order(Random random) {
        int[] order = IntStream.range(0, Shards.COUNT).toArray();
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }
}
