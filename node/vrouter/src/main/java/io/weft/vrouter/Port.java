package io.weft.vrouter;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;

/**
 * What the programs know of the port of a workload; the key is the ifindex of its device, or a {@link Tag#place}.
 *
 * @param number the port's place in the counters, 1 to {@link Sizes#ports()} - 1, chosen by the agent and unique on the
 *     node; a number that is given to another port should have its counters cleared first
 * @param network VNI
 * @param mac the port's own MAC
 * @param flags what is switched on
 * @param mtu bytes of an IP packet that the device takes
 * @param ipv4 the first fixed IPv4 address, or 0.0.0.0 for none
 * @param ipv6 the first fixed IPv6 address, or :: for none
 * @param ruleSet its rules in {@link Tables#policy}, a slot of {@link Tables#ruleSets}; 0 for none: everything passes
 * @param peerScope the scope of {@link PeerClassKey} in which the addresses that it talks to are named
 */
@SuppressWarnings("EnumOrdinal") // the order is that of the C enum, which is the origin
public record Port(
        int number,
        int network,
        MacAddress mac,
        Set<Flag> flags,
        int mtu,
        IpAddress ipv4,
        IpAddress ipv6,
        int ruleSet,
        int peerScope) {
    /** In the order of {@code enum port_flag}. */
    public enum Flag {
        /** Without it nothing passes in either direction. */
        ADMIN_UP,
        /** Sources are checked against the port's MAC and addresses. */
        PORT_SECURITY,
        /** DHCPv4 requests become events; without it they are dropped. */
        DHCPV4,
        /** DHCPv6 requests become events; without it they are dropped. */
        DHCPV6,
        /** Router solicitations become events; without it they are dropped. */
        ROUTER_ADVERTISEMENT,
        /** The device is a veth whose peer is in another network namespace: packets enter the peer directly. */
        PEER_REDIRECT,
        /** {@link Tables#qos} says something of what it sends. */
        QOS_SENDS,
        /** {@link Tables#qos} says something of what it receives. */
        QOS_RECEIVES,
        /** The parent of a trunk: what is behind tags is other ports'. */
        TRUNK,
        /** Its network, or one behind a router of that, has virtual addresses. */
        BALANCED,
        /** The node itself is behind it: packets enter for the port's own addresses alone. */
        HOST
    }

    static final Codec<Port> CODEC = new Codec<>(48, Port::write, Port::read);

    public Port {
        flags = Set.copyOf(flags);
    }

    /** A port without rules. */
    public Port(int number, int network, MacAddress mac, Set<Flag> flags, int mtu, IpAddress ipv4, IpAddress ipv6) {
        this(number, network, mac, flags, mtu, ipv4, ipv6, 0, 0);
    }

    /** The same port under rules. */
    public Port withRules(int set, int scope) {
        return new Port(number, network, mac, flags, mtu, ipv4, ipv6, set, scope);
    }

    static void write(Port port, ByteBuffer out) {
        short flags = 0;
        for (Flag flag : port.flags) {
            flags |= (short) (1 << flag.ordinal());
        }
        out.putInt(port.number)
                .putInt(port.network)
                .put(port.mac.toBytes())
                .putShort(flags)
                .putShort((short) port.mtu)
                .putShort((short) 0);
        Codec.putIpv4(out, port.ipv4);
        Codec.putAddress(out, port.ipv6);
        out.putInt(port.ruleSet).putInt(port.peerScope);
    }

    static Port read(ByteBuffer in) {
        int number = in.getInt();
        int network = in.getInt();
        byte[] mac = new byte[6];
        in.get(mac);
        int bits = in.getShort();
        int mtu = in.getShort() & 0xffff;
        in.getShort();
        IpAddress ipv4 = Codec.getIpv4(in);
        IpAddress ipv6 = Codec.getAddress(in);
        int ruleSet = in.getInt();
        int peerScope = in.getInt();
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        for (Flag flag : Flag.values()) {
            if ((bits & 1 << flag.ordinal()) != 0) {
                flags.add(flag);
            }
        }
        long macBits = 0;
        for (byte b : mac) {
            macBits = macBits << 8 | b & 0xff;
        }
        return new Port(number, network, new MacAddress(macBits), flags, mtu, ipv4, ipv6, ruleSet, peerScope);
    }
}
