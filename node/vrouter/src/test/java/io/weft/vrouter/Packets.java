package io.weft.vrouter;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;

/** Builds packets from the inside out, with right checksums. */
final class Packets {
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMP = 1;
    static final int ICMPV6 = 58;
    static final int ETHERTYPE_IPV4 = 0x0800;
    static final int ETHERTYPE_ARP = 0x0806;
    static final int ETHERTYPE_IPV6 = 0x86dd;
    static final MacAddress EVERYONE = MacAddress.parse("ff:ff:ff:ff:ff:ff");

    private Packets() {}

    static byte[] ethernet(MacAddress to, MacAddress from, int type, byte[] payload) {
        return ByteBuffer.allocate(14 + payload.length)
                .put(to.toBytes())
                .put(from.toBytes())
                .putShort((short) type)
                .put(payload)
                .array();
    }

    /** The same frame behind a tag (IEEE 802.1Q). */
    static byte[] tagged(byte[] frame, int vlan) {
        return ByteBuffer.allocate(frame.length + 4)
                .put(frame, 0, 12)
                .putShort((short) 0x8100)
                .putShort((short) vlan)
                .put(frame, 12, frame.length - 12)
                .array();
    }

    /** An Ethernet frame around an IP packet of either family. */
    static byte[] ip(
            MacAddress to,
            MacAddress from,
            IpAddress source,
            IpAddress destination,
            int protocol,
            int hops,
            byte[] body) {
        return source.isIpv4()
                ? ethernet(to, from, ETHERTYPE_IPV4, ipv4(source, destination, protocol, hops, body))
                : ethernet(to, from, ETHERTYPE_IPV6, ipv6(source, destination, protocol, hops, body));
    }

    static byte[] ipv4(IpAddress source, IpAddress destination, int protocol, int ttl, byte[] body) {
        ByteBuffer out = ByteBuffer.allocate(20 + body.length)
                .put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (20 + body.length))
                .putInt(0x00014000)
                .put((byte) ttl)
                .put((byte) protocol)
                .putShort((short) 0)
                .put(source.toBytes())
                .put(destination.toBytes());
        out.putShort(10, checksum(0, out.array(), 0, 20)).put(body);
        return out.array();
    }

    static byte[] ipv6(IpAddress source, IpAddress destination, int protocol, int hops, byte[] body) {
        return ByteBuffer.allocate(40 + body.length)
                .putInt(0x60000000)
                .putShort((short) body.length)
                .put((byte) protocol)
                .put((byte) hops)
                .put(source.toBytes())
                .put(destination.toBytes())
                .put(body)
                .array();
    }

    static byte[] udp(IpAddress source, IpAddress destination, int from, int to, byte[] data) {
        ByteBuffer out = ByteBuffer.allocate(8 + data.length)
                .putShort((short) from)
                .putShort((short) to)
                .putShort((short) (8 + data.length))
                .putShort((short) 0)
                .put(data);
        out.putShort(6, transportChecksum(source, destination, UDP, out.array()));
        return out.array();
    }

    /** A TCP segment that only pushes. */
    static byte[] tcp(IpAddress source, IpAddress destination, int from, int to, byte[] data) {
        ByteBuffer out = ByteBuffer.allocate(20 + data.length)
                .putShort((short) from)
                .putShort((short) to)
                .putInt(1)
                .putInt(1)
                .putShort((short) 0x5018)
                .putShort((short) 1000)
                .putInt(0)
                .put(data);
        out.putShort(16, transportChecksum(source, destination, TCP, out.array()));
        return out.array();
    }

    /** A TCP segment with these flags, in the order of the header's bits: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32. */
    static byte[] segment(
            IpAddress source, IpAddress destination, int from, int to, int flags, int sequence, int acknowledgement) {
        ByteBuffer out = ByteBuffer.allocate(20)
                .putShort((short) from)
                .putShort((short) to)
                .putInt(sequence)
                .putInt(acknowledgement)
                .putShort((short) (0x5000 | flags))
                .putShort((short) 1000)
                .putInt(0);
        out.putShort(16, transportChecksum(source, destination, TCP, out.array()));
        return out.array();
    }

    static byte[] icmp(int type, int code, int rest, byte[] data) {
        ByteBuffer out = ByteBuffer.allocate(8 + data.length)
                .put((byte) type)
                .put((byte) code)
                .putShort((short) 0)
                .putInt(rest)
                .put(data);
        out.putShort(2, checksum(0, out.array(), 0, out.capacity()));
        return out.array();
    }

    static byte[] icmpv6(IpAddress source, IpAddress destination, int type, int code, int rest, byte[] data) {
        ByteBuffer out = ByteBuffer.allocate(8 + data.length)
                .put((byte) type)
                .put((byte) code)
                .putShort((short) 0)
                .putInt(rest)
                .put(data);
        out.putShort(2, transportChecksum(source, destination, ICMPV6, out.array()));
        return out.array();
    }

    /** The body of a neighbour solicitation (135) or advertisement (136). */
    static byte[] neighbour(
            IpAddress source, IpAddress destination, int type, IpAddress target, int option, MacAddress mac) {
        byte[] data = ByteBuffer.allocate(24)
                .put(target.toBytes())
                .put((byte) option)
                .put((byte) 1)
                .put(mac.toBytes())
                .array();
        return icmpv6(source, destination, type, 0, type == 136 ? 0x20000000 : 0, data);
    }

    static byte[] arp(int operation, MacAddress sender, IpAddress senderIp, MacAddress target, IpAddress targetIp) {
        return ByteBuffer.allocate(28)
                .putShort((short) 1)
                .putShort((short) ETHERTYPE_IPV4)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) operation)
                .put(sender.toBytes())
                .put(senderIp.toBytes())
                .put(target.toBytes())
                .put(targetIp.toBytes())
                .array();
    }

    /** What a VXLAN tunnel puts around a frame, up to the IP packet's own bytes. */
    static byte[] vxlan(IpAddress source, IpAddress destination, int flags, int network, byte[] frame) {
        byte[] data = ByteBuffer.allocate(8 + frame.length)
                .putInt(flags)
                .putInt(network << 8)
                .put(frame)
                .array();
        return ip(
                new MacAddress(2),
                new MacAddress(4),
                source,
                destination,
                UDP,
                64,
                udp(source, destination, 50000, 4789, data));
    }

    static MacAddress destinationMac(byte[] frame) {
        return mac(frame, 0);
    }

    static MacAddress sourceMac(byte[] frame) {
        return mac(frame, 6);
    }

    private static MacAddress mac(byte[] frame, int offset) {
        long bits = 0;
        for (int i = 0; i < 6; i++) {
            bits = bits << 8 | frame[offset + i] & 0xff;
        }
        return new MacAddress(bits);
    }

    /** The IP addresses of a frame: source, then destination. */
    static IpAddress[] addresses(byte[] frame) {
        boolean ipv4 = number(frame, 12, 2) == ETHERTYPE_IPV4;
        int at = ipv4 ? 26 : 22;
        int size = ipv4 ? 4 : 16;
        byte[] source = new byte[size];
        byte[] destination = new byte[size];
        System.arraycopy(frame, at, source, 0, size);
        System.arraycopy(frame, at + size, destination, 0, size);
        return new IpAddress[] {IpAddress.ofBytes(source), IpAddress.ofBytes(destination)};
    }

    static int number(byte[] frame, int offset, int bytes) {
        int number = 0;
        for (int i = 0; i < bytes; i++) {
            number = number << 8 | frame[offset + i] & 0xff;
        }
        return number;
    }

    /** Whether the checksums of the IP header and of ICMP, ICMPv6, TCP or UDP behind it are right. */
    static boolean checksumsHold(byte[] frame) {
        boolean ipv4 = number(frame, 12, 2) == ETHERTYPE_IPV4;
        int header = ipv4 ? 20 : 40;
        int length = (ipv4 ? number(frame, 16, 2) : 40 + number(frame, 18, 2)) - header;
        byte[] body = new byte[length];
        System.arraycopy(frame, 14 + header, body, 0, length);
        int protocol = frame[ipv4 ? 23 : 20] & 0xff;
        IpAddress[] ends = addresses(frame);
        short sum =
                protocol == ICMP ? checksum(0, body, 0, length) : transportChecksum(ends[0], ends[1], protocol, body);
        return sum == 0 && (!ipv4 || checksum(0, frame, 14, 20) == 0);
    }

    private static short transportChecksum(IpAddress source, IpAddress destination, int protocol, byte[] body) {
        byte[] ends = ByteBuffer.allocate(2 * source.family().bytes())
                .put(source.toBytes())
                .put(destination.toBytes())
                .array();
        int sum = ~checksum(protocol + body.length, ends, 0, ends.length) & 0xffff;
        return checksum(sum, body, 0, body.length);
    }

    static short checksum(int start, byte[] bytes, int from, int length) {
        int sum = start;
        for (int i = 0; i < length; i++) {
            int value = bytes[from + i] & 0xff;
            sum += i % 2 == 0 ? value << 8 : value;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (short) ~sum;
    }
}
