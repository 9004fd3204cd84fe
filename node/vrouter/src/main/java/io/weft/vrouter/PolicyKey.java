package io.weft.vrouter;

import io.weft.model.IpFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a rule set's verdict is about. Everything that applies to a class stands under it, rules for anyone included: the
 * programs look up the packet's protocol and {@link #ANY_PROTOCOL} under the one class of the remote address, and take
 * the verdict of higher precedence.
 *
 * @param ruleSet {@link Port#ruleSet}
 * @param peerClass the class of the remote address, a value of {@link Tables#peerClasses} or {@link PeerClassKey#NOBODY}
 * @param direction as the workload sees it
 * @param family of the packet
 * @param protocol of the transport layer, 0 to 255, or {@link #ANY_PROTOCOL}
 * @param port the destination port of TCP, UDP, SCTP, DCCP and UDP-Lite; of ICMP and ICMPv6 the type in the upper byte and
 *     the code in the lower; 0 for other protocols
 * @param portBits how many of the port's upper bits count, 0 (all ports) to 16; longest match counts
 */
@SuppressWarnings("EnumOrdinal") // the order is that of the C enum, which is the origin
public record PolicyKey(
        int ruleSet, int peerClass, Direction direction, IpFamily family, int protocol, int port, int portBits) {
    /** In the order of {@code enum direction}. */
    public enum Direction {
        /** Sent by the workload. */
        EGRESS,
        /** Sent to the workload. */
        INGRESS
    }

    /** Stands for every protocol. */
    public static final int ANY_PROTOCOL = 256;

    private static final int HEAD_BITS = 96;

    static final Codec<PolicyKey> CODEC = new Codec<>(20, PolicyKey::write, PolicyKey::read);

    /** All ports of a protocol, or of all protocols. */
    public static PolicyKey allPorts(int ruleSet, int peerClass, Direction direction, IpFamily family, int protocol) {
        return new PolicyKey(ruleSet, peerClass, direction, family, protocol, 0, 0);
    }

    static void write(PolicyKey key, ByteBuffer out) {
        out.putInt(HEAD_BITS + key.portBits).putInt(key.ruleSet).putInt(key.peerClass);
        out.put((byte) key.direction.ordinal()).put((byte) key.family.version());
        out.putShort((short) key.protocol);
        ByteOrder order = out.order();
        out.order(ByteOrder.BIG_ENDIAN).putShort((short) key.port).order(order);
        out.putShort((short) 0);
    }

    static PolicyKey read(ByteBuffer in) {
        int bits = in.getInt() - HEAD_BITS;
        int ruleSet = in.getInt();
        int peerClass = in.getInt();
        Direction direction = Direction.values()[in.get()];
        IpFamily family = IpFamily.ofVersion(in.get());
        int protocol = in.getShort();
        ByteOrder order = in.order();
        int port = in.order(ByteOrder.BIG_ENDIAN).getShort() & 0xffff;
        in.order(order).getShort();
        return new PolicyKey(ruleSet, peerClass, direction, family, protocol, port, bits);
    }
}
