package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.BpfProgram;
import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.model.World;
import io.weft.reference.LostNextHop;
import io.weft.vrouter.RandomOutside.Outsider;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A world on two hosts, whose programs are run on crafted packets. What one host sends to the other, by the tunnel or over an
 * external network, is run there, until it is with a guest, with somebody outside, or ends.
 */
final class TwoHosts implements AutoCloseable {
    private static final String HERE = RandomWorld.HOSTS[0];
    private static final String THERE = RandomWorld.HOSTS[1];
    private static final int TUNNEL_BYTES = 50;
    private static final int VNI_VALID = 0x08000000;
    /** Where the tracing instance is told of the tunnel, in {@code struct trace}. */
    private static final int GIVEN_NETWORK = 4;

    private static final int MOST_PORTS = 16;

    private final World world;
    private final Set<LostNextHop> lost;
    private final List<Host> hosts = new ArrayList<>();
    private final Map<MacAddress, Outsider> outsiders = new HashMap<>();
    private final Map<MacAddress, io.weft.model.Port> served;
    private boolean byTransit;

    /** Where a packet ended up. */
    sealed interface End {
        /** With a guest. */
        @SuppressWarnings("ArrayRecordComponent") // the bytes are this end's own and nobody compares ends
        record Delivered(io.weft.model.Port port, byte[] frame) implements End {}

        /** Outside, with whoever has the MAC it was sent to. */
        @SuppressWarnings("ArrayRecordComponent") // the bytes are this end's own and nobody compares ends
        record Left(Outsider neighbour, byte[] frame) implements End {}

        /**
         * Nowhere.
         *
         * @param byTransit whether a gateway node had it from the other one: no error is told from there
         */
        record Ended(boolean byTransit) implements End {}
    }

    /**
     * One host.
     *
     * @param locals its guests by their port's number
     * @param arrival an instance that traces, since what the tunnel's device says of a packet cannot be crafted: it is told
     */
    private record Host(String name, Rig rig, Map<Integer, io.weft.model.Port> locals, BpfProgram arrival) {
        int numberOf(UUID port) {
            return locals.entrySet().stream()
                    .filter(entry -> entry.getValue().id().equals(port))
                    .findFirst()
                    .orElseThrow()
                    .getKey();
        }
    }

    /** @param lost which routers outside do not live */
    TwoHosts(World world, Set<LostNextHop> lost) {
        this.world = world;
        this.lost = lost;
        this.served = RandomOutside.served(world);
        RandomOutside.outsiders().forEach(outsider -> outsiders.put(outsider.mac(), outsider));
        try {
            hosts.add(host(HERE));
            hosts.add(host(THERE));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** On which of the two a guest of a host of the world is. */
    static String of(String host) {
        return host.equals(HERE) ? HERE : THERE;
    }

    private Host host(String name) {
        Rig rig = Rig.empty();
        Map<Integer, io.weft.model.Port> locals =
                WorldTables.fill(rig, world, port -> of(port.binding().host()).equals(name));
        RandomRules.write(rig, world, locals);
        RandomScopes.write(rig, world);
        OutsideTables.fill(rig, world, name, lost);
        RandomServices.write(rig, world, locals.values());
        for (int number = 0; number < RandomWorld.NETWORKS; number++) {
            int vni = world.network(RandomWorld.id('n', number)).orElseThrow().vni();
            rig.tables().tunnelSources().put(new TunnelSourceKey(Rig.OTHER_TUNNEL, vni), Rig.OTHER_NODE);
        }
        return new Host(
                name,
                rig,
                locals,
                rig.instance("from_tunnel_device", Map.of("tracing", 1)).program("from_tunnel_device"));
    }

    /** The guests. */
    List<io.weft.model.Port> guests() {
        return hosts.stream().flatMap(host -> host.locals.values().stream()).toList();
    }

    /** A guest sends. */
    End send(io.weft.model.Port port, byte[] frame) {
        byTransit = false;
        Host host = hosts.get(of(port.binding().host()).equals(HERE) ? 0 : 1);
        int number = host.numberOf(port.id());
        return run(host, "from_workload", host.rig.deviceOf(number), host.rig.sent(number, frame));
    }

    /** Somebody outside sends. */
    End enter(UUID network, byte[] frame) {
        byTransit = false;
        return enter(network, frame, hosts);
    }

    private End enter(UUID network, byte[] frame, List<Host> listeners) {
        int number = network.equals(RandomOutside.network(0)) ? 0 : 1;
        int vni = RandomOutside.FIRST_VNI + number;
        List<End> ends = new ArrayList<>();
        for (Host host : listeners) {
            if (host.rig.tables().externalNetworks().get(vni).isPresent()) {
                End end = run(host, "from_external", host.rig.spare(OutsideTables.device(number)), frame);
                if (!(end instanceof End.Ended)) {
                    ends.add(end);
                }
            }
        }
        assertThat(ends).as("two never answer for one address").hasSizeLessThan(2);
        return ends.isEmpty() ? new End.Ended(byTransit) : ends.getFirst();
    }

    private End run(Host host, String program, int ifindex, byte[] frame) {
        refresh(host);
        Map<Integer, Long> before = received(host);
        TestRun.Result result = host.rig.run(program, ifindex, frame, SkbContext.EMPTY);
        return follow(host, result, before);
    }

    private End arrive(Host host, int vni, byte[] inner) {
        byTransit |= vni >= RandomOutside.FIRST_TRANSIT;
        refresh(host);
        Map<Integer, Long> before = received(host);
        byte[] outer = Packets.vxlan(Rig.OTHER_TUNNEL, Rig.OWN_TUNNEL, VNI_VALID, vni, inner);
        TestRun.Result result = host.rig.run("from_uplink", host.rig.uplink, outer, SkbContext.EMPTY);
        if (result.returned() == Rig.GO_ON) {
            BpfMap given = host.rig.vrouter.map("trace");
            byte[] value = new byte[given.valueBytes()];
            ByteBuffer head =
                    ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).putInt(GIVEN_NETWORK, vni);
            head.position(GIVEN_NETWORK + Integer.BYTES);
            Codec.putAddress(head, Rig.OTHER_TUNNEL);
            given.update(BpfMap.intKey(0), value);
            result = host.rig.run(host.arrival, host.rig.tunnel, inner);
        }
        return follow(host, result, before);
    }

    private End follow(Host host, TestRun.Result result, Map<Integer, Long> before) {
        if (result.returned() != Rig.REDIRECT) {
            return new End.Ended(byTransit);
        }
        byte[] out = result.packet();
        Host other = hosts.get(host.name.equals(HERE) ? 1 : 0);
        int type = Packets.number(out, 12, 2);
        if (type == Packets.ETHERTYPE_IPV4
                && Packets.addresses(out)[1].equals(Rig.OTHER_TUNNEL)
                && Packets.number(out, 36, 2) == Underlay.VXLAN_PORT) {
            return arrive(other, Packets.number(out, 46, 3), Arrays.copyOfRange(out, TUNNEL_BYTES, out.length));
        }
        Optional<io.weft.model.Port> receiver = host.locals.entrySet().stream()
                .filter(entry -> host.rig.vrouter.counters(entry.getKey()).receivedPackets()
                        > Objects.requireNonNull(before.get(entry.getKey())))
                .map(Map.Entry::getValue)
                .findFirst();
        if (receiver.isPresent()) {
            return new End.Delivered(receiver.get(), out);
        }
        if (isQuestion(out, type)) {
            return new End.Ended(byTransit);
        }
        MacAddress to = Packets.destinationMac(out);
        Outsider outsider = outsiders.get(to);
        if (outsider != null) {
            return new End.Left(outsider, out);
        }
        io.weft.model.Port owner = Objects.requireNonNull(served.get(to), () -> "nobody has " + to);
        return enter(owner.networkId(), out, List.of(other));
    }

    /** The packet was spent to ask who has an address that nobody has. */
    private static boolean isQuestion(byte[] frame, int type) {
        return type == Packets.ETHERTYPE_ARP
                || type == Packets.ETHERTYPE_IPV6 && frame[20] == Packets.ICMPV6 && (frame[54] & 0xff) == 135;
    }

    private static Map<Integer, Long> received(Host host) {
        Map<Integer, Long> counts = new LinkedHashMap<>();
        host.locals
                .keySet()
                .forEach(number ->
                        counts.put(number, host.rig.vrouter.counters(number).receivedPackets()));
        return counts;
    }

    /** Whom a host knows outside does not age in a test, and answers are not held back. */
    private void refresh(Host host) {
        for (Outsider outsider : RandomOutside.outsiders()) {
            know(host, outsider.network(), outsider.address(), outsider.mac());
        }
        for (Host each : hosts) {
            if (!each.equals(host)) {
                each.rig.tables().externalAddresses().dump().forEach((key, address) -> {
                    UUID network = RandomOutside.network(key.network() - RandomOutside.FIRST_VNI);
                    know(host, network, key.address(), address.mac());
                });
            }
        }
        BpfMap policers = host.rig.vrouter.map("policers");
        for (int number = 0; number < MOST_PORTS; number++) {
            policers.update(BpfMap.intKey(number), new byte[policers.valueBytes()]);
        }
    }

    private void know(Host host, UUID network, IpAddress address, MacAddress mac) {
        int vni = world.network(network).orElseThrow().vni();
        host.rig.tables().neighbours().put(new AddressKey(vni, address), new Neighbour(mac, System.nanoTime(), 0));
    }

    @Override
    public void close() {
        hosts.forEach(host -> host.rig.close());
    }
}
