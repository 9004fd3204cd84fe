package io.weft.domain.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.IpRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SubnetAddressesTest {
    private static IpRange range(String first, String last) {
        return new IpRange(IpAddress.parse(first), IpAddress.parse(last));
    }

    /** Every step is compared with a plain set of addresses. */
    private static void randomStepsAgreeWithASet(List<IpRange> pools, List<IpAddress> all, long seed) {
        Random random = new Random(seed);
        SubnetAddresses addresses = new SubnetAddresses();
        Set<IpAddress> used = new HashSet<>();
        Set<IpAddress> claimed = new HashSet<>();
        for (int step = 0; step < 6_000; step++) {
            IpAddress some = all.get(random.nextInt(all.size()));
            // First it fills, then it empties.
            boolean filling = step < 3_000 ? random.nextInt(4) > 0 : random.nextInt(4) == 0;
            if (filling) {
                Optional<IpAddress> free = addresses.claimFree(pools, random);
                boolean room = all.stream().anyMatch(a -> !used.contains(a) && !claimed.contains(a));
                assertThat(free.isPresent())
                        .describedAs("seed %s step %s", seed, step)
                        .isEqualTo(room);
                if (free.isPresent()) {
                    assertThat(used).doesNotContain(free.get());
                    assertThat(claimed.add(free.get())).isTrue();
                    assertThat(pools).anyMatch(pool -> pool.contains(free.get()));
                }
            } else if (random.nextBoolean()) {
                addresses.remove(some);
                used.remove(some);
            } else {
                assertThat(addresses.claim(some)).isEqualTo(!used.contains(some) && claimed.add(some));
            }
            if (claimed.size() > 5) {
                for (IpAddress mark : List.copyOf(claimed)) {
                    addresses.add(mark);
                    addresses.release(mark);
                    used.add(mark);
                }
                claimed.clear();
            }
            assertThat(addresses.isUsed(some)).isEqualTo(used.contains(some));
        }
    }

    private static List<IpAddress> members(List<IpRange> pools) {
        List<IpAddress> all = new ArrayList<>();
        for (IpRange pool : pools) {
            for (IpAddress a = pool.first(); a.compareTo(pool.last()) <= 0; a = a.plus(1)) {
                all.add(a);
            }
        }
        return all;
    }

    @Test
    void ipv4PoolsFillToTheLastAddressAndEmptyAgain() {
        List<IpRange> pools = List.of(
                range("10.0.0.61", "10.0.0.70"), range("10.0.3.250", "10.0.6.2"), range("10.0.9.1", "10.0.9.1"));
        for (long seed = 0; seed < 5; seed++) {
            randomStepsAgreeWithASet(pools, members(pools), seed);
        }
    }

    @Test
    void ipv6PoolsFillToTheLastAddressAndEmptyAgain() {
        List<IpRange> pools =
                List.of(range("2001:db8::fffe", "2001:db8::1:40"), range("2001:db8::2:0", "2001:db8::2:3"));
        for (long seed = 0; seed < 5; seed++) {
            randomStepsAgreeWithASet(pools, members(pools), seed);
        }
    }

    @Test
    void aLargePoolGivesLowAddresses() {
        SubnetAddresses addresses = new SubnetAddresses();
        List<IpRange> pools = List.of(range("2001:db8::2", "2001:db8::ffff:ffff:ffff:ffff"));
        IpAddress bound = IpAddress.parse("2001:db8::1:2");
        for (int i = 0; i < 100; i++) {
            assertThat(addresses.claimFree(pools, new Random(i)).orElseThrow()).isLessThan(bound);
        }
    }

    @Test
    void theWholeIpv4SpaceIsAPool() {
        SubnetAddresses addresses = new SubnetAddresses();
        List<IpRange> pools = List.of(range("0.0.0.0", "255.255.255.255"));
        assertThat(addresses.claimFree(pools, new Random(1))).isPresent();
    }

    @Test
    void anEmptyListOfPoolsGivesNothing() {
        assertThat(new SubnetAddresses().claimFree(List.of(), new Random(1))).isEmpty();
    }
}
