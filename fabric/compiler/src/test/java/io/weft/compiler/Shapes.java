package io.weft.compiler;

import static io.weft.compiler.Fixtures.face;
import static io.weft.compiler.Fixtures.group;
import static io.weft.compiler.Fixtures.groupId;
import static io.weft.compiler.Fixtures.host;
import static io.weft.compiler.Fixtures.in;
import static io.weft.compiler.Fixtures.ip;
import static io.weft.compiler.Fixtures.network;
import static io.weft.compiler.Fixtures.node;
import static io.weft.compiler.Fixtures.port;
import static io.weft.compiler.Fixtures.router;
import static io.weft.compiler.Fixtures.rule;
import static io.weft.compiler.Fixtures.subnet;

import io.weft.model.Port;
import io.weft.model.RuleRemote;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import java.util.List;
import java.util.Optional;

/** Large worlds of known shapes. */
final class Shapes {
    private Shapes() {}

    /**
     * Networks without routers, each spread over a few hosts; there are as many hosts as networks.
     *
     * @param ports how many ports in all
     * @param perNetwork how many of them on each network
     * @param spread on how many hosts each network is
     */
    static World manyNetworks(int ports, int perNetwork, int spread) {
        WorldBuilder builder = new WorldBuilder(World.empty());
        int networks = ports / perNetwork;
        for (int n = 0; n < networks; n++) {
            builder.put(node(n, "192.0." + n / 250 + "." + (1 + n % 250)));
            builder.put(network(n, true));
            builder.put(subnet(n, n, "10.0.0.0/16"));
            for (int p = 0; p < perNetwork; p++) {
                builder.put(port(
                        n * perNetwork + p,
                        n,
                        hostOf(n, p, spread, networks),
                        ip(n, "10.0." + (1 + p / 250) + "." + (1 + p % 250))));
            }
        }
        return builder.build(1);
    }

    /** Where a port of a network is in {@link #manyNetworks}. */
    static String hostOf(int network, int port, int spread, int hosts) {
        return host((network + port % spread * 97) % hosts);
    }

    /** The same world, with all ports in one security group, whose rules name the group itself. */
    static World inOneGroup(World world) {
        WorldBuilder builder = new WorldBuilder(world);
        builder.put(group(0, true));
        builder.put(rule(0, 0, new RuleRemote.Group(groupId(0))));
        world.ports().stream()
                .filter(port -> !port.isRouterInterface())
                .forEach(port -> builder.put(inFirstGroup(port)));
        return builder.build(world.revision());
    }

    static Port inFirstGroup(Port port) {
        return in(Optional.of(List.of(groupId(0))), port);
    }

    /** One router with some networks, whose ports are spread evenly over all hosts. */
    static World oneRouter(int ports, int networks, int hosts) {
        WorldBuilder builder = new WorldBuilder(World.empty());
        builder.put(router(0));
        for (int h = 0; h < hosts; h++) {
            builder.put(node(h, "192.0." + h / 250 + "." + (1 + h % 250)));
        }
        for (int n = 0; n < networks; n++) {
            builder.put(network(n, true));
            builder.put(subnet(n, n, "10." + n + ".0.0/16"));
            builder.put(face(10_000_000 + n, n, 0, ip(n, "10." + n + ".0.1")));
        }
        for (int p = 0; p < ports; p++) {
            builder.put(port(
                    p,
                    p % networks,
                    host(p % hosts),
                    ip(
                            p % networks,
                            "10." + p % networks + "." + (1 + p / networks / 250) + "." + (1 + p / networks % 250))));
        }
        return builder.build(1);
    }
}
