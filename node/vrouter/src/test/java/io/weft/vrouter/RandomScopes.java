package io.weft.vrouter;

import io.weft.model.AddressScope;
import io.weft.model.IpFamily;
import io.weft.model.Network;
import io.weft.model.Sharing;
import io.weft.model.SubnetPool;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;

/** Address scopes for the networks of a {@link RandomWorld}, outside ones too: none, or one of two of each family. */
final class RandomScopes {
    private static final int SCOPES = 2;

    private RandomScopes() {}

    static World part(World plain, Random random) {
        WorldBuilder builder = new WorldBuilder(plain);
        for (IpFamily family : IpFamily.values()) {
            for (int number = 0; number < SCOPES; number++) {
                UUID scope = id('c', family, number);
                builder.put(new AddressScope(RandomWorld.meta(scope), family, Sharing.NONE));
                builder.put(new SubnetPool(
                        RandomWorld.meta(id('o', family, number)),
                        Sharing.NONE,
                        false,
                        family,
                        List.of(),
                        0,
                        family.bits(),
                        0,
                        OptionalInt.empty(),
                        Optional.of(scope)));
            }
            for (Network network : plain.networks()) {
                int number = random.nextInt(SCOPES + 1);
                Optional<UUID> pool = number == SCOPES ? Optional.empty() : Optional.of(id('o', family, number));
                plain.subnetsOf(network.id()).stream()
                        .filter(subnet -> subnet.family() == family)
                        .forEach(subnet ->
                                builder.put(pool.map(subnet::withSubnetPool).orElse(subnet)));
            }
        }
        return builder.build(plain.revision() + 1);
    }

    private static UUID id(char kind, IpFamily family, int number) {
        return RandomWorld.id(kind, family.version() * 10 + number);
    }

    /** Writes them into the tables of a host. */
    static void write(Rig rig, World world) {
        for (Network network : world.networks()) {
            for (IpFamily family : IpFamily.values()) {
                world.addressScopeOf(network.id(), family)
                        .ifPresent(scope ->
                                rig.tables().networkScopes().put(new NetworkScopeKey(network.vni(), family), scope));
            }
        }
    }
}
