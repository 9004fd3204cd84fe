package io.weft.agent.trace;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The frames that a trace sends, with right checksums, and what it reads of those that come out. */
final class Probe {
    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMPV6 = 58;

    private static final int ETHERNET_BYTES = 14;
    private static final int ARP = 0x0806;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int HOPS = 64;
    private static final MacAddress EVERYONE = new MacAddress(0xffffffffffffL);
    /** The kernel's test runs want room for an IPv6 header in every frame; Ethernet's own least is 60 bytes. */
    private static final int LEAST = 60;

    private Probe() {}

    /**
     * A packet and its sender's place in it.
     *
     * @param to the MAC that it is sent to
     * @param from the guest's MAC
     * @param protocol of the transport layer
     * @param sourcePort of a protocol with ports; of ICMP the identifier
     * @param port of a protocol with ports
     */
    record Packet(
            MacAddress to,
            MacAddress from,
            IpAddress source,
            IpAddress destination,
            int protocol,
            int sourcePort,
            int port) {
        /** The frame: a SYN, a datagram, an echo request, or for other protocols eight bytes of zeros. */
        byte[] frame() {
            byte[] body = switch (protocol) {
                case TCP -> tcp();
                case UDP -> udp();
                case ICMP, ICMPV6 -> echo();
                default -> new byte[8];
            };
            return ip(to, from, source, destination, protocol, HOPS, body);
        }

        private byte[] tcp() {
            ByteBuffer out = ByteBuffer.allocate(20)
                    .putShort((short) sourcePort)
                    .putShort((short) port)
                    .putInt(1)
                    .putInt(0)
                    .putShort((short) 0x5002)
                    .putShort((short) 0xffff)
                    .putInt(0);
            return out.putShort(16, sum(source, destination, TCP, out.array())).array();
        }

        private byte[] udp() {
            ByteBuffer out = ByteBuffer.allocate(12)
                    .putShort((short) sourcePort)
                    .putShort((short) port)
                    .putShort((short) 12)
                    .putShort((short) 0)
                    .putInt(0);
            return out.putShort(6, sum(source, destination, UDP, out.array())).array();
        }

        private byte[] echo() {
            ByteBuffer out = ByteBuffer.allocate(16)
                    .put((byte) (source.isIpv4() ? 8 : 128))
                    .put((byte) 0)
                    .putShort((short) 0)
                    .putShort((short) sourcePort)
                    .putShort((short) 1)
                    .putLong(0);
            short sum = source.isIpv4()
                    ? fold(sum(out.array(), 0, 16))
                    : Probe.sum(source, destination, ICMPV6, out.array());
            return out.putShort(2, sum).array();
        }
    }

    /** The question for an address on the link: ARP, or a neighbour solicitation. */
    static byte[] question(MacAddress from, IpAddress source, IpAddress target) {
        if (target.isIpv4()) {
            ByteBuffer arp = ByteBuffer.allocate(28)
                    .putShort((short) 1)
                    .putShort((short) IPV4)
                    .putInt(0x06040001)
                    .put(from.toBytes())
                    .put(source.toBytes())
                    .put(new byte[6])
                    .put(target.toBytes());
            return ethernet(EVERYONE, from, ARP, arp.array());
        }
        IpAddress group = IpAddress.ofIpv6(0xff02000000000000L, 0x1ff000000L | target.low() & 0xffffff);
        MacAddress to = new MacAddress(0x3333ff000000L | target.low() & 0xffffff);
        ByteBuffer out = ByteBuffer.allocate(32)
                .put((byte) 135)
                .put(new byte[7])
                .put(target.toBytes())
                .putShort((short) 0x0101)
                .put(from.toBytes());
        out.putShort(2, sum(source, group, ICMPV6, out.array()));
        return ip(to, from, source, group, ICMPV6, 255, out.array());
    }

    /** The MAC that an answer to {@link #question} gives; empty when it is none. */
    static Optional<MacAddress> answeredMac(byte[] frame) {
        int type = type(frame);
        if (type == ARP && frame.length >= 42 && frame[21] == 2) {
            return Optional.of(mac(frame, 22));
        }
        boolean advertisement = type == IPV6 && frame.length >= 86 && frame[20] == ICMPV6 && (frame[54] & 0xff) == 136;
        return advertisement ? Optional.of(mac(frame, 80)) : Optional.empty();
    }

    static int type(byte[] frame) {
        return (frame[12] & 0xff) << 8 | frame[13] & 0xff;
    }

    static boolean isIp(byte[] frame) {
        return type(frame) == IPV4 && frame.length >= 34 || type(frame) == IPV6 && frame.length >= 54;
    }

    static MacAddress destinationMac(byte[] frame) {
        return mac(frame, 0);
    }

    static MacAddress sourceMac(byte[] frame) {
        return mac(frame, 6);
    }

    /** The source address of an IP packet. */
    static IpAddress source(byte[] frame) {
        return type(frame) == IPV4 ? address(frame, 26, 4) : address(frame, 22, 16);
    }

    /** The destination address of an IP packet. */
    static IpAddress destination(byte[] frame) {
        return type(frame) == IPV4 ? address(frame, 30, 4) : address(frame, 38, 16);
    }

    static int hopLimit(byte[] frame) {
        return frame[type(frame) == IPV4 ? 22 : 21] & 0xff;
    }

    /** The frame behind the header that the programs put around a packet for another node. */
    static byte[] inner(byte[] packet) {
        return Arrays.copyOfRange(packet, outerBytes(packet), packet.length);
    }

    private static int outerBytes(byte[] packet) {
        return type(packet) == IPV4 ? 50 : 70;
    }

    /** The VNI in that header. */
    static int network(byte[] packet) {
        int at = outerBytes(packet) - 4;
        return (packet[at] & 0xff) << 16 | (packet[at + 1] & 0xff) << 8 | packet[at + 2] & 0xff;
    }

    private static MacAddress mac(byte[] frame, int at) {
        long bits = 0;
        for (int i = at; i < at + 6; i++) {
            bits = bits << 8 | frame[i] & 0xff;
        }
        return new MacAddress(bits);
    }

    private static IpAddress address(byte[] frame, int at, int bytes) {
        return IpAddress.ofBytes(Arrays.copyOfRange(frame, at, at + bytes));
    }

    private static byte[] ip(
            MacAddress to,
            MacAddress from,
            IpAddress source,
            IpAddress destination,
            int protocol,
            int hops,
            byte[] body) {
        boolean ipv4 = source.isIpv4();
        ByteBuffer out = ByteBuffer.allocate((ipv4 ? 20 : 40) + body.length);
        if (ipv4) {
            out.putInt(0x45000000 | out.capacity())
                    .putInt(0x00004000)
                    .put((byte) hops)
                    .put((byte) protocol);
            out.putShort((short) 0).put(source.toBytes()).put(destination.toBytes());
            out.putShort(10, fold(sum(out.array(), 0, 20)));
        } else {
            out.putInt(0x60000000)
                    .putShort((short) body.length)
                    .put((byte) protocol)
                    .put((byte) hops);
            out.put(source.toBytes()).put(destination.toBytes());
        }
        return ethernet(to, from, ipv4 ? IPV4 : IPV6, out.put(body).array());
    }

    private static byte[] ethernet(MacAddress to, MacAddress from, int type, byte[] payload) {
        return ByteBuffer.allocate(Math.max(LEAST, ETHERNET_BYTES + payload.length))
                .put(to.toBytes())
                .put(from.toBytes())
                .putShort((short) type)
                .put(payload)
                .array();
    }

    private static short sum(IpAddress source, IpAddress destination, int protocol, byte[] body) {
        byte[] ends = ByteBuffer.allocate(source.isIpv4() ? 8 : 32)
                .put(source.toBytes())
                .put(destination.toBytes())
                .array();
        return fold(sum(ends, 0, ends.length) + protocol + body.length + sum(body, 0, body.length));
    }

    private static long sum(byte[] bytes, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += (long) (bytes[i] & 0xff) << ((i - from) % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    private static short fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (short) ~folded;
    }
}
