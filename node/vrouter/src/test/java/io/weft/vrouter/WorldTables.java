package io.weft.vrouter;

import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Network;
import io.weft.model.Resource;
import io.weft.model.Router;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The tables of a {@link RandomWorld} on one host, by the plainest way. */
final class WorldTables {
    private WorldTables() {}

    /**
     * The world, and worlds with one path of each equal-cost group: the reference tells where a packet may leave, but not
     * that one of several paths ends it.
     */
    static List<World> onePath(World world, Random random) {
        List<World> worlds = new ArrayList<>(List.of(world));
        for (int i = 0; i < 24; i++) {
            WorldBuilder builder = new WorldBuilder(world);
            for (int number = 0; number < RandomWorld.ROUTERS; number++) {
                Router router = world.router(RandomWorld.id('r', number)).orElseThrow();
                List<io.weft.model.Route> routes = new ArrayList<>(router.routes());
                Collections.shuffle(routes, random);
                Map<IpPrefix, io.weft.model.Route> one = new HashMap<>();
                routes.stream()
                        .filter(route -> side(world, router, route.nexthop()).isPresent())
                        .forEach(route -> one.put(route.destination(), route));
                List<ExternalGateway> gateways = new ArrayList<>(router.gateways());
                if (router.defaultRouteEcmp()) {
                    Collections.shuffle(gateways, random);
                }
                builder.put(router.withRoutes(List.copyOf(one.values())).withGateways(gateways));
            }
            worlds.add(builder.build(2 + i));
        }
        return worlds;
    }

    private static boolean reaches(World world, io.weft.model.Port face, IpAddress address) {
        return face.fixedIps().stream().anyMatch(ip -> subnetOf(world, ip).contains(address));
    }

    /** By which port of a router it reaches a neighbour: an interface, or a gateway that is up. */
    private static Optional<io.weft.model.Port> side(World world, Router router, IpAddress address) {
        Stream<io.weft.model.Port> outside = OutsideTables.up(world, router).stream()
                .map(gateway -> world.port(gateway.portId()).orElseThrow());
        return Stream.concat(world.interfacesOf(router.id()).stream(), outside)
                .filter(face -> reaches(world, face, address))
                .findFirst();
    }

    static int vni(World world, io.weft.model.Port port) {
        return world.network(port.networkId()).map(Network::vni).orElseThrow();
    }

    /** The number of a router's domain, on all hosts. */
    static int domain(UUID router) {
        return 1 + (int) router.getLeastSignificantBits();
    }

    /** Writes the tables of a host, whose guests are these; gives them by their number. */
    static Map<Integer, io.weft.model.Port> fill(Rig rig, World world, Predicate<io.weft.model.Port> isHere) {
        Map<Integer, io.weft.model.Port> locals = new LinkedHashMap<>();
        for (int number = 0; number < RandomWorld.NETWORKS; number++) {
            Network network = world.network(RandomWorld.id('n', number)).orElseThrow();
            rig.tables().networks().put(network.vni(), new NetworkFacts(false, false, false, network.mtu()));
        }
        for (io.weft.model.Port port : RandomWorld.ports(world)) {
            int vni = vni(world, port);
            IpAddress ipv4 = port.fixedIps().get(0).address();
            IpAddress ipv6 = port.fixedIps().get(1).address();
            if (port.isRouterInterface()) {
                face(rig, world, port);
            } else if (isHere.test(port)) {
                int number = locals.size() + 1;
                locals.put(number, port);
                Set<Port.Flag> flags = EnumSet.noneOf(Port.Flag.class);
                if (port.portSecurityEnabled()) {
                    flags.add(Port.Flag.PORT_SECURITY);
                }
                if (port.adminStateUp()) {
                    flags.add(Port.Flag.ADMIN_UP);
                }
                if (port.binding().hostAccess().isPresent()) {
                    flags.add(Port.Flag.HOST);
                }
                if (world.trunkOfParent(port.id()).isPresent()) {
                    flags.add(Port.Flag.TRUNK);
                }
                if (!world.loadBalancers().isEmpty()) {
                    flags.add(Port.Flag.BALANCED);
                }
                tag(rig, world, locals, port).ifPresent(tag -> rig.putBehind(number, tag));
                rig.tables().ports().put(rig.place(number), new Port(number, vni, port.mac(), flags, 1450, ipv4, ipv6));
                rig.guest(vni, port.mac(), ipv4, ipv6, Place.local(rig.place(number)));
            } else if (port.adminStateUp()) {
                rig.guest(vni, port.mac(), ipv4, ipv6, Place.remote(Rig.OTHER_NODE));
            }
        }
        for (int number = 0; number < RandomWorld.ROUTERS; number++) {
            UUID id = RandomWorld.id('r', number);
            Router router = (Router) world.resource(Resource.Kind.ROUTER, id).orElseThrow();
            if (router.adminStateUp()) {
                staticRoutes(rig, world, router, domain(id));
            }
        }
        return locals;
    }

    /** The tag that a subport is behind; its parent comes before it. */
    private static Optional<Tag> tag(
            Rig rig, World world, Map<Integer, io.weft.model.Port> locals, io.weft.model.Port port) {
        return world.trunkOfSubport(port.id())
                .flatMap(trunk -> locals.entrySet().stream()
                        .filter(entry -> entry.getValue().id().equals(trunk.portId()))
                        .map(entry -> new Tag(
                                rig.spare(entry.getKey()),
                                trunk.subport(port.id()).orElseThrow().vlan()))
                        .findFirst());
    }

    private static void face(Rig rig, World world, io.weft.model.Port port) {
        UUID id = UUID.fromString(port.deviceId());
        if (!((Router) world.resource(Resource.Kind.ROUTER, id).orElseThrow()).adminStateUp()) {
            return;
        }
        int domain = domain(id);
        Network network = world.network(port.networkId()).orElseThrow();
        IpAddress ipv4 = port.fixedIps().get(0).address();
        IpAddress ipv6 = port.fixedIps().get(1).address();
        rig.guest(network.vni(), port.mac(), ipv4, ipv6, Place.router(domain));
        rig.tables()
                .routerInterfaces()
                .put(new MacKey(network.vni(), port.mac()), new RouterInterface(domain, network.mtu(), ipv4, ipv6));
        for (FixedIp ip : port.fixedIps()) {
            rig.tables()
                    .routes()
                    .put(
                            new RouteKey(domain, subnetOf(world, ip)),
                            new Route.Connected(
                                    new NextHop(network.vni(), port.mac(), network.mtu(), NextHop.ON_LINK)));
        }
    }

    private static IpPrefix subnetOf(World world, FixedIp ip) {
        return world.subnet(ip.subnetId()).orElseThrow().cidr();
    }

    private static void staticRoutes(Rig rig, World world, Router router, int domain) {
        Map<IpPrefix, List<NextHop>> hops = new LinkedHashMap<>();
        Set<IpPrefix> outside = new HashSet<>();
        for (io.weft.model.Route route : router.routes()) {
            side(world, router, route.nexthop()).ifPresent(face -> {
                Network network = world.network(face.networkId()).orElseThrow();
                if (face.isRouterGateway()) {
                    outside.add(route.destination());
                }
                hops.computeIfAbsent(route.destination(), prefix -> new ArrayList<>())
                        .add(new NextHop(network.vni(), face.mac(), network.mtu(), route.nexthop()));
            });
        }
        int group = domain * 100;
        for (Map.Entry<IpPrefix, List<NextHop>> entry : hops.entrySet()) {
            RouteKey key = new RouteKey(domain, entry.getKey());
            boolean leads = outside.contains(entry.getKey());
            if (entry.getValue().size() == 1) {
                NextHop hop = entry.getValue().getFirst();
                rig.tables().routes().put(key, leads ? new Route.External(hop) : new Route.Via(hop));
                continue;
            }
            for (int slot = 0; slot < entry.getValue().size(); slot++) {
                rig.tables()
                        .groupMembers()
                        .put(new GroupMemberKey(group, slot), entry.getValue().get(slot));
            }
            int members = entry.getValue().size();
            rig.tables()
                    .routes()
                    .put(key, leads ? new Route.ExternalGroup(group, members) : new Route.Group(group, members));
            group++;
        }
    }
}
