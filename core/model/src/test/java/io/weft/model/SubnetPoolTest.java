package io.weft.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SubnetPoolTest {
    private static final UUID NETWORK = new UUID(9, 0);

    private static SubnetPool pool(int number, boolean shared, boolean isDefault, int minimum, int standard) {
        return new SubnetPool(
                Meta.create(new UUID(1, number), "p" + number % 2, "pool", "", Instant.EPOCH),
                shared,
                isDefault,
                IpFamily.IPV4,
                List.of(IpPrefix.parse("10.1.0.0/16"), IpPrefix.parse("10.0.0.0/16")),
                minimum,
                28,
                standard,
                OptionalInt.empty());
    }

    private static Subnet subnet(int number, Optional<UUID> pool) {
        return new Subnet(
                Meta.create(new UUID(2, number), "p0", "", "", Instant.EPOCH),
                NETWORK,
                IpPrefix.parse("10.0." + number + ".0/24"),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                true,
                Ipv6Mode.NONE,
                Ipv6Mode.NONE,
                List.of(),
                pool);
    }

    @Test
    void itsBlocksAreAsFewAsThereCanBeAndItsLengthsInOrder() {
        assertThat(pool(1, false, false, 8, 24).prefixes()).containsExactly(IpPrefix.parse("10.0.0.0/15"));
        assertThatThrownBy(() -> pool(1, false, false, 8, 7)).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> pool(1, false, false, 29, 29)).isInstanceOf(InvalidException.class);
    }

    @Test
    void aWorldKnowsWhatIsOfEachPoolWhateverComesAndGoes() {
        Random random = new Random(5);
        Map<UUID, SubnetPool> pools = new HashMap<>();
        Map<UUID, Subnet> subnets = new HashMap<>();
        World world = World.empty();
        for (int step = 0; step < 3_000; step++) {
            int number = random.nextInt(6);
            UUID id = new UUID(1, number);
            UUID subnetId = new UUID(2, number);
            switch (random.nextInt(4)) {
                case 0 -> {
                    // Of one family one is the default, and only with number 0 here.
                    SubnetPool pool = pool(number, random.nextBoolean(), number == 0 && random.nextBoolean(), 8, 24);
                    pools.put(id, pool);
                    world = world.with(pool);
                }
                case 1 -> {
                    pools.remove(id);
                    world = world.without(Resource.Kind.SUBNET_POOL, id);
                }
                case 2 -> {
                    Subnet subnet = subnet(
                            number,
                            random.nextBoolean() ? Optional.of(new UUID(1, random.nextInt(6))) : Optional.empty());
                    subnets.put(subnetId, subnet);
                    world = world.with(subnet);
                }
                default -> {
                    subnets.remove(subnetId);
                    world = world.without(Resource.Kind.SUBNET, subnetId);
                }
            }
            assertKnown(world, pools, subnets);
        }
    }

    private static void assertKnown(World world, Map<UUID, SubnetPool> pools, Map<UUID, Subnet> subnets) {
        assertThat(world.subnetPools()).containsExactlyInAnyOrderElementsOf(pools.values());
        assertThat(world.subnetPoolsSharedWith("anyone"))
                .containsExactlyInAnyOrderElementsOf(
                        pools.values().stream().filter(SubnetPool::shared).toList());
        assertThat(world.defaultSubnetPool(IpFamily.IPV4))
                .isEqualTo(pools.values().stream().filter(SubnetPool::isDefault).findAny());
        for (SubnetPool pool : pools.values()) {
            List<Subnet> its = new ArrayList<>();
            subnets.values().stream().filter(pool::gave).forEach(its::add);
            assertThat(world.subnetsOfPool(pool.id())).containsExactlyInAnyOrderElementsOf(its);
            assertThat(world.subnetCountOfPool(pool.id())).isEqualTo(its.size());
            assertThat(world.givenOf(pool))
                    .isEqualTo(PrefixSet.of(
                            IpFamily.IPV4, its.stream().map(Subnet::cidr).toList()));
        }
    }
}
