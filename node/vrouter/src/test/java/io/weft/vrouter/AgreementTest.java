package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.model.Network;
import io.weft.model.Resource;
import io.weft.model.Router;
import io.weft.model.World;
import io.weft.reference.Forwarding;
import io.weft.reference.Outcome;
import io.weft.reference.Packet;
import io.weft.reference.Transport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The loaded programs do with random packets in random worlds what the reference says. */
class AgreementTest {
    private static final int WORLDS = 12;
    /** So many worlds at most, until each kind of fate was seen. */
    private static final int MOST_WORLDS = 200;

    private static final Set<String> FATES =
            Set.of("drop", "exit", "exit under rules", "LOCAL", "TIME_EXCEEDED", "TOO_BIG");
    private static final int PACKETS = 120;
    private static final String HERE = RandomWorld.HOSTS[0];

    private final long seed = Long.getLong("weft.seed", System.nanoTime());

    private int sourcePort = 10_000;

    /** Both sides' answers in one form: where it goes, or what is said; every drop is alike. */
    private record Fate(String what) {}

    @Test
    void theProgramsAndTheReferenceAgree() {
        Map<String, Integer> seen = new LinkedHashMap<>();
        for (int number = 0;
                number < WORLDS || number < MOST_WORLDS && !seen.keySet().containsAll(FATES);
                number++) {
            Random random = new Random(seed + number);
            World open = RandomWorld.of(random);
            // Half of the worlds have rules.
            World world = number % 2 == 0 ? open : RandomRules.guard(open, HERE, random);
            try (Rig rig = Rig.empty()) {
                Map<Integer, io.weft.model.Port> locals = fill(rig, world);
                RandomRules.write(rig, world, locals);
                List<Forwarding> references = references(world, random);
                for (int i = 0; i < PACKETS && !locals.isEmpty(); i++) {
                    Packet packet = packet(world, locals, random);
                    Set<Fate> expected = new HashSet<>();
                    references.forEach(reference -> expected.addAll(fates(reference.forward(packet), packet)));
                    Fate actual = run(rig, world, locals, packet);
                    assertThat(expected)
                            .as("seed %d, world %d: %s", seed, number, packet)
                            .contains(actual);
                    String fate = actual.what().replaceAll(" .*", "");
                    boolean ruled = world.port(packet.port())
                            .orElseThrow()
                            .securityGroups()
                            .isPresent();
                    seen.merge(fate.equals("exit") && ruled ? "exit under rules" : fate, 1, Integer::sum);
                }
            }
        }
        System.out.println("seed " + seed + ": " + seen);
        assertThat(seen.keySet()).containsAll(FATES);
    }

    /**
     * The world, and worlds with one path of each equal-cost group: the reference tells where a packet may leave, but not
     * that one of several paths ends it.
     */
    private static List<Forwarding> references(World world, Random random) {
        List<Forwarding> references = new ArrayList<>(List.of(new Forwarding(world)));
        for (int i = 0; i < 24; i++) {
            World.Builder builder = new World.Builder(world);
            for (int number = 0; number < RandomWorld.ROUTERS; number++) {
                Router router = (Router) world.resource(Resource.Kind.ROUTER, RandomWorld.id('r', number))
                        .orElseThrow();
                List<io.weft.model.Route> routes = new ArrayList<>(router.routes());
                Collections.shuffle(routes, random);
                Map<IpPrefix, io.weft.model.Route> one = new HashMap<>();
                routes.stream()
                        .filter(route -> world.interfacesOf(router.id()).stream()
                                .anyMatch(face -> reaches(world, face, route.nexthop())))
                        .forEach(route -> one.put(route.destination(), route));
                builder.put(new Router(router.meta(), router.adminStateUp(), List.copyOf(one.values())));
            }
            references.add(new Forwarding(builder.build(2 + i)));
        }
        return references;
    }

    private static boolean reaches(World world, io.weft.model.Port face, IpAddress address) {
        return face.fixedIps().stream().anyMatch(ip -> subnetOf(world, ip).contains(address));
    }

    private static Set<Fate> fates(Outcome outcome, Packet packet) {
        return switch (outcome) {
            case Outcome.Dropped dropped -> Set.of(new Fate("drop"));
            // To a router itself: it answers echo requests and nothing else.
            case Outcome.Answered(Outcome.Answer answer, IpAddress _)
            when answer == Outcome.Answer.LOCAL
                    && !packet.transport()
                            .equals(Transport.echoRequest(packet.source().family())) -> Set.of(new Fate("drop"));
            case Outcome.Answered(Outcome.Answer answer, IpAddress from) -> Set.of(new Fate(answer + " from " + from));
            case Outcome.Left left -> throw new IllegalStateException("these worlds have no way out: " + left);
            case Outcome.Delivered(Set<Outcome.Exit> exits) ->
                Set.copyOf(exits.stream().map(AgreementTest::exit).toList());
        };
    }

    private static Fate exit(Outcome.Exit exit) {
        return exit(exit.port(), exit.sourceMac(), exit.destinationMac(), exit.hops());
    }

    private static Fate exit(UUID port, MacAddress source, MacAddress destination, int hops) {
        return new Fate("exit " + port + " " + source + " " + destination + " " + hops);
    }

    private Packet packet(World world, Map<Integer, io.weft.model.Port> locals, Random random) {
        List<io.weft.model.Port> senders = List.copyOf(locals.values());
        io.weft.model.Port sender = senders.get(random.nextInt(senders.size()));
        List<io.weft.model.Port> all = RandomWorld.ports(world);
        List<io.weft.model.Port> near = all.stream()
                .filter(port -> port.networkId().equals(sender.networkId()))
                .filter(port -> port.isRouterInterface() || random.nextInt(3) == 0)
                .toList();
        MacAddress to = near.isEmpty()
                ? new MacAddress(0xfa163eeeeeeeL)
                : near.get(random.nextInt(near.size())).mac();
        FixedIp own = sender.fixedIps().get(random.nextInt(2));
        boolean ipv4 = own.address().isIpv4();
        List<FixedIp> targets = all.get(random.nextInt(all.size())).fixedIps();
        IpAddress target = targets.get(ipv4 ? 0 : 1).address();
        switch (random.nextInt(6)) {
            case 0 -> target = IpAddress.parse(ipv4 ? "192.168.1.9" : "fd00:1::9");
            case 1 -> target = target.plus(70);
            default -> {}
        }
        int[] hops = {1, 2, 3, 64};
        int[] sizes = {100, 1400, 1401, 1450};
        Transport transport = transport(own.address().family(), random);
        return new Packet(
                sender.id(),
                sender.mac(),
                to,
                own.address(),
                target,
                transport,
                hops[random.nextInt(hops.length)],
                transport.protocol() == Packets.TCP ? (ipv4 ? 40 : 60) : sizes[random.nextInt(sizes.length)]);
    }

    /** Each from a port of its own, so that none belongs to the connection of one before. */
    private Transport transport(IpFamily family, Random random) {
        int[] ports = {53, 80, 100, 443};
        return switch (random.nextInt(4)) {
            case 0 -> Transport.tcp(++sourcePort, ports[random.nextInt(ports.length)]);
            case 1 -> Transport.udp(++sourcePort, ports[random.nextInt(ports.length)]);
            default -> Transport.echoRequest(family);
        };
    }

    private byte[] body(Packet packet) {
        boolean ipv4 = packet.source().isIpv4();
        Transport transport = packet.transport();
        byte[] data = new byte[Math.max(0, packet.bytes() - (ipv4 ? 28 : 48))];
        return switch (transport.protocol()) {
            case Packets.TCP ->
                Packets.segment(
                        packet.source(),
                        packet.destination(),
                        transport.source(),
                        transport.destination(),
                        GuardedPort.SYN,
                        1,
                        0);
            case Packets.UDP ->
                Packets.udp(packet.source(), packet.destination(), transport.source(), transport.destination(), data);
            case Packets.ICMP -> Packets.icmp(8, 0, ++sourcePort << 16, data);
            default -> Packets.icmpv6(packet.source(), packet.destination(), 128, 0, ++sourcePort << 16, data);
        };
    }

    private Fate run(Rig rig, World world, Map<Integer, io.weft.model.Port> locals, Packet packet) {
        boolean ipv4 = packet.source().isIpv4();
        byte[] frame = Packets.ip(
                packet.destinationMac(),
                packet.sourceMac(),
                packet.source(),
                packet.destination(),
                packet.transport().protocol(),
                packet.hops(),
                body(packet));
        int sender = numberOf(locals, packet.port());
        Map<Integer, Long> before = received(rig, locals);
        TestRun.Result result = rig.run("from_workload", rig.spare(sender), frame, SkbContext.EMPTY);
        if (result.returned() == Rig.DROP) {
            return new Fate("drop");
        }
        byte[] left = result.packet();
        if (left.length == frame.length + 50 && Packets.number(left, 36, 2) == Underlay.VXLAN_PORT) {
            byte[] inner = Arrays.copyOfRange(left, 50, left.length);
            return delivered(world, Packets.number(left, 46, 3), inner);
        }
        int type = left[ipv4 ? 34 : 54] & 0xff;
        boolean icmp = (left[ipv4 ? 23 : 20] & 0xff) == (ipv4 ? Packets.ICMP : Packets.ICMPV6);
        if (!icmp || type == (ipv4 ? 8 : 128)) {
            int to = locals.keySet().stream()
                    .filter(number -> rig.vrouter.counters(number).receivedPackets() > before.getOrDefault(number, 0L))
                    .findFirst()
                    .orElseThrow();
            io.weft.model.Port receiver = Objects.requireNonNull(locals.get(to));
            return exit(receiver.id(), Packets.sourceMac(left), Packets.destinationMac(left), left[ipv4 ? 22 : 21]);
        }
        return answered(left, ipv4, type);
    }

    private static Fate answered(byte[] left, boolean ipv4, int type) {
        assertThat(Packets.checksumsHold(left)).isTrue();
        IpAddress from = Packets.addresses(left)[0];
        int code = left[ipv4 ? 35 : 55];
        if (type == (ipv4 ? 0 : 129)) {
            return new Fate(Outcome.Answer.LOCAL + " from " + from);
        }
        if (type == (ipv4 ? 11 : 3)) {
            return new Fate(Outcome.Answer.TIME_EXCEEDED + " from " + from);
        }
        if (ipv4 ? type == 3 && code == 4 : type == 2) {
            return new Fate(Outcome.Answer.TOO_BIG + " from " + from);
        }
        return new Fate("drop"); // and the sender was told that there is no way
    }

    private static Fate delivered(World world, int vni, byte[] inner) {
        io.weft.model.Port to = RandomWorld.ports(world).stream()
                .filter(port -> vni(world, port) == vni && port.mac().equals(Packets.destinationMac(inner)))
                .findFirst()
                .orElseThrow();
        boolean ipv4 = Packets.number(inner, 12, 2) == Packets.ETHERTYPE_IPV4;
        return exit(to.id(), Packets.sourceMac(inner), Packets.destinationMac(inner), inner[ipv4 ? 22 : 21]);
    }

    private static Map<Integer, Long> received(Rig rig, Map<Integer, io.weft.model.Port> locals) {
        Map<Integer, Long> counts = new HashMap<>();
        locals.keySet()
                .forEach(number ->
                        counts.put(number, rig.vrouter.counters(number).receivedPackets()));
        return counts;
    }

    private static int numberOf(Map<Integer, io.weft.model.Port> locals, UUID port) {
        return locals.entrySet().stream()
                .filter(entry -> entry.getValue().id().equals(port))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    private static int vni(World world, io.weft.model.Port port) {
        return world.network(port.networkId()).map(Network::vni).orElseThrow();
    }

    /** Writes the tables of host "here"; gives its ports by their number. */
    private static Map<Integer, io.weft.model.Port> fill(Rig rig, World world) {
        Map<Integer, io.weft.model.Port> locals = new LinkedHashMap<>();
        Map<UUID, Integer> domains = new HashMap<>();
        for (int number = 0; number < RandomWorld.NETWORKS; number++) {
            Network network = world.network(RandomWorld.id('n', number)).orElseThrow();
            rig.tables().networks().put(network.vni(), new NetworkFacts(false, false, false, network.mtu()));
        }
        for (io.weft.model.Port port : RandomWorld.ports(world)) {
            int vni = vni(world, port);
            IpAddress ipv4 = port.fixedIps().get(0).address();
            IpAddress ipv6 = port.fixedIps().get(1).address();
            if (port.isRouterInterface()) {
                face(rig, world, port, domains);
            } else if (port.binding().host().equals(HERE)) {
                int number = locals.size() + 1;
                locals.put(number, port);
                Set<Port.Flag> flags = EnumSet.of(Port.Flag.PORT_SECURITY);
                if (port.adminStateUp()) {
                    flags.add(Port.Flag.ADMIN_UP);
                }
                rig.tables().ports().put(rig.spare(number), new Port(number, vni, port.mac(), flags, 1450, ipv4, ipv6));
                rig.guest(vni, port.mac(), ipv4, ipv6, Place.local(rig.spare(number)));
            } else if (port.adminStateUp()) {
                rig.guest(vni, port.mac(), ipv4, ipv6, Place.remote(Rig.OTHER_NODE));
            }
        }
        for (int number = 0; number < RandomWorld.ROUTERS; number++) {
            UUID id = RandomWorld.id('r', number);
            Router router = (Router) world.resource(Resource.Kind.ROUTER, id).orElseThrow();
            if (router.adminStateUp()) {
                staticRoutes(rig, world, router, domains.getOrDefault(id, 0));
            }
        }
        return locals;
    }

    private static void face(Rig rig, World world, io.weft.model.Port port, Map<UUID, Integer> domains) {
        UUID id = UUID.fromString(port.deviceId());
        if (!((Router) world.resource(Resource.Kind.ROUTER, id).orElseThrow()).adminStateUp()) {
            return;
        }
        int domain = domains.computeIfAbsent(id, router -> domains.size() + 1);
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
        for (io.weft.model.Route route : router.routes()) {
            Optional<io.weft.model.Port> out = world.interfacesOf(router.id()).stream()
                    .filter(face -> reaches(world, face, route.nexthop()))
                    .findFirst();
            out.ifPresent(face -> {
                Network network = world.network(face.networkId()).orElseThrow();
                hops.computeIfAbsent(route.destination(), prefix -> new ArrayList<>())
                        .add(new NextHop(network.vni(), face.mac(), network.mtu(), route.nexthop()));
            });
        }
        int group = domain * 100;
        for (Map.Entry<IpPrefix, List<NextHop>> entry : hops.entrySet()) {
            RouteKey key = new RouteKey(domain, entry.getKey());
            if (entry.getValue().size() == 1) {
                rig.tables().routes().put(key, new Route.Via(entry.getValue().getFirst()));
                continue;
            }
            for (int slot = 0; slot < entry.getValue().size(); slot++) {
                rig.tables()
                        .groupMembers()
                        .put(new GroupMemberKey(group, slot), entry.getValue().get(slot));
            }
            rig.tables()
                    .routes()
                    .put(key, new Route.Group(group, entry.getValue().size()));
            group++;
        }
    }
}
