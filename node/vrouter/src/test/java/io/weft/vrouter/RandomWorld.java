package io.weft.vrouter;

import io.weft.model.Binding;
import io.weft.model.FixedIp;
import io.weft.model.HostAccess;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.model.Meta;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Resource;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.model.Trunk;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** A small valid world: four dual-stack networks, three routers with static routes, guests on three hosts. */
final class RandomWorld {
    static final int NETWORKS = 4;
    static final int ROUTERS = 3;
    static final int GUESTS = 14;
    static final String[] HOSTS = {"here", "there", "yonder"};

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Random random;
    private final WorldBuilder builder = new WorldBuilder(World.empty());
    private final List<IpAddress> addresses = new ArrayList<>();

    private RandomWorld(Random random) {
        this.random = random;
    }

    static World of(Random random) {
        return new RandomWorld(random).build();
    }

    private World build() {
        for (int number = 0; number < NETWORKS; number++) {
            builder.put(new Network(
                    meta(id('n', number)), true, false, 100 + number, random.nextInt(3) == 0 ? 1400 : 1450, true));
            builder.put(subnet(number, IpFamily.IPV4));
            builder.put(subnet(number, IpFamily.IPV6));
        }
        for (int number = 0; number < GUESTS; number++) {
            guest(number);
        }
        trunk();
        for (int router = 0; router < ROUTERS; router++) {
            for (int network = 0; network < NETWORKS; network++) {
                if (random.nextInt(2) == 0) {
                    face(router, network);
                }
            }
        }
        for (int router = 0; router < ROUTERS; router++) {
            List<io.weft.model.Route> routes = new ArrayList<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                IpAddress hop = anyAddress();
                String prefix = hop.isIpv4()
                        ? (random.nextBoolean() ? "192.168." + random.nextInt(2) + ".0/24" : "0.0.0.0/0")
                        : (random.nextBoolean() ? "fd00:" + random.nextInt(2) + "::/48" : "::/0");
                io.weft.model.Route route = new io.weft.model.Route(IpPrefix.parse(prefix), hop);
                if (!routes.contains(route)) {
                    routes.add(route);
                }
            }
            builder.put(new Router(meta(id('r', router)), random.nextInt(6) > 0, routes));
        }
        return builder.build(1);
    }

    private void guest(int number) {
        int network = random.nextInt(NETWORKS);
        // What enters another node is judged there.
        boolean isHost = number % HOSTS.length == 0 && random.nextInt(3) == 0;
        port(
                number,
                network,
                random.nextInt(6) > 0,
                "",
                "compute:nova",
                new Binding(
                        HOSTS[number % HOSTS.length],
                        "normal",
                        isHost ? new HostAccess(Optional.empty()).written() : Map.of()),
                random.nextInt(5) > 0,
                20 + number);
    }

    /** Some guests of the first host are behind tags of the first guest's device. */
    private void trunk() {
        List<Trunk.Subport> subports = new ArrayList<>();
        for (int number = HOSTS.length; number < GUESTS; number += HOSTS.length) {
            if (random.nextBoolean()) {
                subports.add(new Trunk.Subport(id('p', number), 1 + number));
            }
        }
        builder.put(new Trunk(meta(id('t', 0)), id('p', 0), true, subports));
    }

    private void face(int router, int network) {
        port(
                100 + router * NETWORKS + network,
                network,
                true,
                id('r', router).toString(),
                Port.ROUTER_INTERFACE,
                Binding.NONE,
                true,
                1 + router);
    }

    private void port(
            int number,
            int network,
            boolean up,
            String device,
            String owner,
            Binding binding,
            boolean secured,
            int last) {
        List<FixedIp> ips = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            IpAddress address = prefix(network, family).first().plus(last);
            ips.add(new FixedIp(subnetId(network, family), address));
            addresses.add(address);
        }
        builder.put(new Port(
                meta(id('p', number)),
                id('n', network),
                up,
                new MacAddress(0xfa163e000000L + number),
                ips,
                device,
                owner,
                List.of(),
                secured,
                List.of(),
                binding));
    }

    private static Subnet subnet(int network, IpFamily family) {
        return new Subnet(
                meta(subnetId(network, family)),
                id('n', network),
                prefix(network, family),
                Optional.of(prefix(network, family).first().plus(1)),
                List.of(),
                List.of(),
                List.of(),
                true,
                Ipv6Mode.NONE,
                Ipv6Mode.NONE);
    }

    static IpPrefix prefix(int network, IpFamily family) {
        return IpPrefix.parse(family == IpFamily.IPV4 ? "10.0." + network + ".0/24" : "2001:db8:" + network + "::/64");
    }

    /** An address that someone has, or may have had. */
    private IpAddress anyAddress() {
        IpAddress address = addresses.get(random.nextInt(addresses.size()));
        return random.nextInt(8) == 0 ? address.plus(60) : address;
    }

    static Meta meta(UUID id) {
        return Meta.create(id, "project", "", "", NOW);
    }

    static UUID subnetId(int network, IpFamily family) {
        return id('s', network * 10 + family.version());
    }

    static UUID id(char kind, int number) {
        return new UUID(0x4000L + kind, 0x8000000000000000L | number);
    }

    /** Guests and router interfaces of a world. */
    static List<Port> ports(World world) {
        List<Port> ports = new ArrayList<>();
        for (int number = 0; number < 100 + ROUTERS * NETWORKS; number++) {
            world.resource(Resource.Kind.PORT, id('p', number)).ifPresent(port -> ports.add((Port) port));
        }
        return ports;
    }
}
