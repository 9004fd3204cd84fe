package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.LoadBalancer;
import io.weft.model.MacAddress;
import io.weft.model.World;
import io.weft.reference.Forwarding;
import io.weft.reference.Outcome;
import io.weft.reference.Packet;
import io.weft.reference.Tags;
import io.weft.reference.Transport;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The loaded programs do with random packets in random worlds what the reference says. */
class AgreementTest {
    private static final int WORLDS = 12;
    /** So many worlds at most, until each kind of fate was seen. */
    private static final int MOST_WORLDS = 200;

    private static final Set<String> FATES = Set.of(
            "drop",
            "exit",
            "exit under rules",
            "of a subport",
            "LOCAL",
            "TIME_EXCEEDED",
            "TOO_BIG",
            "apart",
            "spoofed",
            "exit with a foreign source",
            "balanced");
    private static final Outcome APART = new Outcome.Dropped(Outcome.Reason.ADDRESS_SCOPE);
    private static final Set<Outcome> SPOOFED =
            Set.of(new Outcome.Dropped(Outcome.Reason.SPOOFED_MAC), new Outcome.Dropped(Outcome.Reason.SPOOFED_IP));
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
            World unscoped = RandomWorld.of(random);
            World scoped = number % 3 == 0 ? RandomScopes.part(unscoped, random) : unscoped;
            World open = number % 4 < 2 ? RandomServices.with(scoped, random) : scoped;
            // Half of the worlds have rules.
            World world = number % 2 == 0
                    ? open
                    : RandomRules.guard(open, port -> port.binding().host().equals(HERE), random);
            try (Rig rig = Rig.empty()) {
                Map<Integer, io.weft.model.Port> locals = WorldTables.fill(
                        rig, world, port -> port.binding().host().equals(HERE));
                RandomRules.write(rig, world, locals);
                RandomScopes.write(rig, world);
                RandomServices.write(rig, world, locals.values());
                List<Forwarding> references = WorldTables.onePath(world, random).stream()
                        .map(Forwarding::new)
                        .toList();
                for (int i = 0; i < PACKETS && !locals.isEmpty(); i++) {
                    Packet packet = packet(world, locals, random);
                    Set<Fate> expected = new HashSet<>();
                    references.forEach(reference -> expected.addAll(fates(reference.forward(packet), packet)));
                    Fate actual = run(rig, world, locals, packet);
                    assertThat(expected)
                            .as("seed %d, world %d: %s", seed, number, packet)
                            .contains(actual);
                    Outcome said = references.getFirst().forward(packet);
                    if (said.equals(APART)) {
                        seen.merge("apart", 1, Integer::sum);
                    }
                    if (SPOOFED.contains(said)) {
                        seen.merge("spoofed", 1, Integer::sum);
                    }
                    String fate = actual.what().replaceAll(" .*", "");
                    if (world.trunkOfSubport(packet.port()).isPresent() && !fate.equals("drop")) {
                        seen.merge("of a subport", 1, Integer::sum);
                    }
                    if (fate.equals("exit")
                            && world.loadBalancers().stream()
                                    .anyMatch(each -> each.address().equals(packet.destination()))) {
                        seen.merge("balanced", 1, Integer::sum);
                    }
                    boolean ruled = world.port(packet.port())
                            .orElseThrow()
                            .securityGroups()
                            .isPresent();
                    seen.merge(fate.equals("exit") && ruled ? "exit under rules" : fate, 1, Integer::sum);
                    if (fate.equals("exit") && isForeign(world, packet)) {
                        seen.merge("exit with a foreign source", 1, Integer::sum);
                    }
                }
            }
        }
        System.out.println("seed " + seed + ": " + seen);
        assertThat(seen.keySet()).containsAll(FATES);
    }

    private static boolean isForeign(World world, Packet packet) {
        io.weft.model.Port sender = world.port(packet.port()).orElseThrow();
        return !sender.mac().equals(packet.sourceMac())
                || sender.fixedIps().stream().noneMatch(ip -> ip.address().equals(packet.source()));
    }

    /** Whose a frame is that a guest's device sends with this tag, if it has one: as the programs count it. */
    @Test
    void theProgramsAndTheReferenceAgreeWhoseATaggedFrameIs() {
        Set<String> seen = new HashSet<>();
        for (int number = 0; number < 4; number++) {
            World world = RandomWorld.of(new Random(seed + number));
            try (Rig rig = Rig.empty()) {
                Map<Integer, io.weft.model.Port> locals = WorldTables.fill(
                        rig, world, port -> port.binding().host().equals(HERE));
                for (Map.Entry<Integer, io.weft.model.Port> entry : locals.entrySet()) {
                    if (world.trunkOfSubport(entry.getValue().id()).isPresent()) {
                        continue; // It has no device.
                    }
                    for (int vlan = 0; vlan <= RandomWorld.GUESTS + 1; vlan++) {
                        OptionalInt tag = vlan == 0 ? OptionalInt.empty() : OptionalInt.of(vlan);
                        Optional<UUID> owner =
                                Tags.owner(world, entry.getValue().id(), tag);
                        byte[] frame = Packets.ethernet(new MacAddress(2), new MacAddress(4), 0x88b5, new byte[60]);
                        Map<Integer, Long> before = ended(rig, locals);
                        rig.run(
                                "from_workload",
                                rig.spare(entry.getKey()),
                                vlan == 0 ? frame : Packets.tagged(frame, vlan),
                                SkbContext.EMPTY);
                        // It ends in any case, for who has it: for its MAC, because the port is down, or for its tag.
                        Map<Integer, Long> after = ended(rig, locals);
                        int charged =
                                numberOf(locals, owner.orElse(entry.getValue().id()));
                        locals.keySet()
                                .forEach(local -> assertThat(
                                                after.getOrDefault(local, 0L) - before.getOrDefault(local, 0L))
                                        .as("seed %d: tag %s of port %d, port %d", seed, tag, entry.getKey(), local)
                                        .isEqualTo(local == charged ? 1 : 0));
                        seen.add(owner.isEmpty() ? "nobody" : vlan == 0 ? "parent" : "subport");
                    }
                }
            }
        }
        assertThat(seen).containsExactlyInAnyOrder("nobody", "parent", "subport");
    }

    private static Map<Integer, Long> ended(Rig rig, Map<Integer, io.weft.model.Port> locals) {
        Map<Integer, Long> counts = new HashMap<>();
        locals.keySet()
                .forEach(number -> counts.put(
                        number,
                        rig.vrouter.counters(number).drops().values().stream()
                                .mapToLong(Long::longValue)
                                .sum()));
        return counts;
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
        List<LoadBalancer> balancers = world.loadBalancers().stream()
                .filter(each -> each.address().isIpv4() == ipv4)
                .filter(each -> each.networkId().equals(sender.networkId()) || random.nextInt(3) == 0)
                .toList();
        if (!balancers.isEmpty() && random.nextInt(3) > 0) {
            LoadBalancer balancer = balancers.get(random.nextInt(balancers.size()));
            target = balancer.address();
            if (balancer.networkId().equals(sender.networkId())) {
                to = world.port(balancer.portId()).orElseThrow().mac();
            }
        }
        int[] hops = {1, 2, 3, 64};
        int[] sizes = {100, 1400, 1401, 1450};
        MacAddress mac = sender.mac();
        IpAddress source = own.address();
        io.weft.model.Port other = all.get(random.nextInt(all.size()));
        switch (random.nextInt(12)) {
            case 0 -> mac = other.mac();
            case 1 -> source = other.fixedIps().get(ipv4 ? 0 : 1).address();
            default -> {}
        }
        Transport transport = transport(source.family(), random);
        return new Packet(
                sender.id(),
                mac,
                to,
                source,
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
        TestRun.Result result =
                rig.run("from_workload", rig.deviceOf(sender), rig.sent(sender, frame), SkbContext.EMPTY);
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
                .filter(port ->
                        WorldTables.vni(world, port) == vni && port.mac().equals(Packets.destinationMac(inner)))
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
}
