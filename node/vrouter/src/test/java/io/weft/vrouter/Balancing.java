package io.weft.vrouter;

import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.MacAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** The rig with a virtual address in each of its networks, where TCP and UDP 80 have a pool. Of one family. */
final class Balancing implements AutoCloseable {
    static final MacAddress RED_VIRTUAL_MAC = MacAddress.parse("fa:16:3e:00:08:01");
    static final MacAddress BLUE_VIRTUAL_MAC = MacAddress.parse("fa:16:3e:00:08:02");
    static final UUID POOL = new UUID(7, 8);
    static final int SYN = 2;
    static final int ACK = 16;
    static final int SYN_ACK = 18;
    static final int FIN_ACK = 17;
    static final int RST = 4;

    final Rig rig;
    final IpFamily family;
    final IpAddress red;
    final IpAddress blue;
    final IpAddress alice;
    final IpAddress bob;
    final IpAddress carol;
    final IpAddress dave;
    private final Map<Integer, Pool.Member> members = new HashMap<>();

    Balancing(IpFamily family) {
        this(family, new Rig());
    }

    Balancing(IpFamily family, Rig rig) {
        this.rig = rig;
        this.family = family;
        boolean ipv4 = family == IpFamily.IPV4;
        red = IpAddress.parse(ipv4 ? "10.0.1.80" : "2001:db8:1::80");
        blue = IpAddress.parse(ipv4 ? "10.0.2.80" : "2001:db8:2::80");
        alice = ipv4 ? Rig.ALICE4 : Rig.ALICE6;
        bob = ipv4 ? Rig.BOB4 : Rig.BOB6;
        carol = ipv4 ? Rig.CAROL4 : Rig.CAROL6;
        dave = ipv4 ? Rig.DAVE4 : Rig.DAVE6;
        rig.port(rig.alice, Rig.ALICE_PORT, Rig.ALICE, Rig.ALICE4, Rig.ALICE6, flags());
        rig.port(rig.bob, Rig.BOB_PORT, Rig.BOB, Rig.BOB4, Rig.BOB6, flags());
        virtual(Rig.RED, RED_VIRTUAL_MAC, red);
        virtual(Rig.BLUE, BLUE_VIRTUAL_MAC, blue);
        listen(0);
        pool();
    }

    static Set<Port.Flag> flags() {
        Set<Port.Flag> flags = new TreeSet<>(Rig.FLAGS);
        flags.add(Port.Flag.BALANCED);
        return flags;
    }

    private void virtual(int network, MacAddress mac, IpAddress address) {
        rig.tables().macs().put(new MacKey(network, mac), Place.virtual());
        rig.tables().addresses().put(new AddressKey(network, address), new AddressOwner(mac, Place.virtual()));
        rig.tables().virtualAddresses().put(new AddressKey(Rig.DOMAIN, address), network);
    }

    /** Both listeners of both protocols. */
    void listen(int affinity) {
        listen(affinity, false);
    }

    /** @param restricted whether only {@link Tables#allowedCallers} may call */
    void listen(int affinity, boolean restricted) {
        boolean ipv4 = family == IpFamily.IPV4;
        Listener inRed =
                new Listener(Optional.of(POOL), affinity, restricted, ipv4 ? Rig.RED_GATEWAY4 : Rig.RED_GATEWAY6);
        Listener inBlue =
                new Listener(Optional.of(POOL), affinity, restricted, ipv4 ? Rig.BLUE_GATEWAY4 : Rig.BLUE_GATEWAY6);
        for (int protocol : new int[] {Packets.TCP, Packets.UDP}) {
            rig.tables().listeners().put(new ListenerKey(Rig.RED, red, protocol, 80), inRed);
            rig.tables().listeners().put(new ListenerKey(Rig.BLUE, blue, protocol, 80), inBlue);
        }
    }

    /** A listener at the virtual address on alice's link. */
    void listen(int protocol, int port) {
        IpAddress gateway = family == IpFamily.IPV4 ? Rig.RED_GATEWAY4 : Rig.RED_GATEWAY6;
        rig.tables()
                .listeners()
                .put(new ListenerKey(Rig.RED, red, protocol, port), new Listener(Optional.of(POOL), 0, false, gateway));
    }

    /** Who takes what they get, in these places from 0 on; nobody at first. */
    void pool(Pool.Member... all) {
        members.clear();
        for (Pool.Member member : all) {
            members.put(members.size(), member);
        }
        rig.tables().pools().put(new PoolKey(POOL, family), new Pool(members));
    }

    static Pool.Member member(IpAddress address) {
        return new Pool.Member(address, 8080, 1);
    }

    static Pool.Member member(IpAddress address, int weight) {
        return new Pool.Member(address, 8080, weight);
    }

    /** A packet of alice's to the virtual address on her own link. */
    byte[] call(int protocol, int from, int flags) {
        return call(RED_VIRTUAL_MAC, red, protocol, from, 80, flags);
    }

    /** A packet of alice's by a MAC. */
    byte[] call(MacAddress to, IpAddress address, int protocol, int from, int port, int flags) {
        return packet(to, Rig.ALICE, alice, address, protocol, from, port, flags);
    }

    byte[] packet(
            MacAddress to,
            MacAddress by,
            IpAddress source,
            IpAddress destination,
            int protocol,
            int from,
            int port,
            int flags) {
        byte[] body = protocol == Packets.UDP
                ? Packets.udp(source, destination, from, port, new byte[20])
                : Packets.segment(source, destination, from, port, flags, 100, 200);
        return Packets.ip(to, by, source, destination, protocol, 64, body);
    }

    /** Where alice's packet goes: the header that it has when it leaves this node, or reaches its port. */
    Header sent(byte[] frame) {
        return Header.of(left(frame));
    }

    /** The frame that alice's becomes, without the tunnel's header. */
    byte[] left(byte[] frame) {
        TestRun.Result result = rig.fromAlice(frame);
        if (result.returned() != Rig.REDIRECT) {
            throw new AssertionError(
                    "ended: " + rig.vrouter.counters(Rig.ALICE_PORT).drops());
        }
        return inner(result.packet());
    }

    static byte[] inner(byte[] packet) {
        boolean tunnelled = Packets.number(packet, 12, 2) == Packets.ETHERTYPE_IPV4
                && packet[23] == Packets.UDP
                && Packets.number(packet, 36, 2) == 4789;
        return tunnelled ? Arrays.copyOfRange(packet, 50, packet.length) : packet;
    }

    /** What bob's packet becomes. */
    byte[] fromBob(byte[] frame) {
        TestRun.Result result = rig.run("from_workload", rig.bob, frame, SkbContext.EMPTY);
        if (result.returned() != Rig.REDIRECT) {
            throw new AssertionError(
                    "ended: " + rig.vrouter.counters(Rig.BOB_PORT).drops()
                            + rig.vrouter.counters(Rig.ALICE_PORT).drops());
        }
        return result.packet();
    }

    /** Bob's answer to alice's port, as she sees it. */
    byte[] answered(int protocol, int to, int flags) {
        return fromBob(packet(Rig.ALICE, Rig.BOB, bob, alice, protocol, 8080, to, flags));
    }

    /** What stands beside connections. */
    List<ConnectionKey> pairs() {
        List<ConnectionKey> found = new ArrayList<>();
        rig.vrouter.connectionTable().forEach((key, value) -> {
            if (key.role() != ConnectionKey.Role.CONNECTION) {
                found.add(key);
            }
        });
        return found;
    }

    @Override
    public void close() {
        rig.close();
    }
}
