package io.weft.responders;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An Ethernet frame with a UDP datagram or an ICMPv6 message in it, reduced to what the responders read.
 *
 * <p>Checksums of received frames are not looked at: a frame that never left this machine may still carry the partial
 * sum of checksum offload (RFC 1071 is for the wire).
 *
 * @param sourceMac the sender
 * @param source the sender's address
 * @param destination the address it is sent to
 * @param protocol {@link #UDP} or {@link #ICMPV6}
 * @param hopLimit hop limit or time to live
 * @param sourcePort UDP's source port; 0 for ICMPv6
 * @param destinationPort UDP's destination port; 0 for ICMPv6
 * @param payload UDP's payload, or the whole ICMPv6 message; nobody writes to it
 */
record Packet(
        MacAddress sourceMac,
        IpAddress source,
        IpAddress destination,
        int protocol,
        int hopLimit,
        int sourcePort,
        int destinationPort,
        ByteBuffer payload) {
    static final int UDP = 17;
    static final int ICMPV6 = 58;

    private static final int ETHERNET_BYTES = 14;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int UDP_BYTES = 8;
    private static final int HOP_LIMIT = 64;

    /** Reads a frame; empty when it is cut short, inconsistent, a fragment, tagged or of another protocol. */
    static Optional<Packet> parse(byte[] frame) {
        if (frame.length < ETHERNET_BYTES) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(frame);
        MacAddress source =
                new MacAddress(((long) buffer.getInt(6) & 0xffffffffL) << 16 | buffer.getShort(10) & 0xffff);
        return switch (buffer.getShort(12) & 0xffff) {
            case IPV4 -> parseIpv4(source, buffer);
            case IPV6 -> parseIpv6(source, buffer);
            default -> Optional.empty();
        };
    }

    private static Optional<Packet> parseIpv4(MacAddress sourceMac, ByteBuffer frame) {
        int at = ETHERNET_BYTES;
        if (frame.limit() < at + 20 || frame.get(at) >>> 4 != 4) {
            return Optional.empty();
        }
        int header = (frame.get(at) & 0xf) * 4;
        int total = frame.getShort(at + 2) & 0xffff;
        // More fragments, or a fragment offset: nothing that speaks DHCP sends these.
        boolean fragment = (frame.getShort(at + 6) & 0x3fff) != 0;
        if (header < 20 || total < header || at + total > frame.limit() || fragment || frame.get(at + 9) != UDP) {
            return Optional.empty();
        }
        IpAddress source = IpAddress.ofIpv4(frame.getInt(at + 12));
        IpAddress destination = IpAddress.ofIpv4(frame.getInt(at + 16));
        int hopLimit = frame.get(at + 8) & 0xff;
        return udp(sourceMac, source, destination, hopLimit, frame.slice(at + header, total - header));
    }

    private static Optional<Packet> parseIpv6(MacAddress sourceMac, ByteBuffer frame) {
        int at = ETHERNET_BYTES;
        if (frame.limit() < at + 40 || (frame.get(at) >>> 4 & 0xf) != 6) {
            return Optional.empty();
        }
        int length = frame.getShort(at + 4) & 0xffff;
        if (at + 40 + length > frame.limit()) {
            return Optional.empty();
        }
        IpAddress source = IpAddress.ofIpv6(frame.getLong(at + 8), frame.getLong(at + 16));
        IpAddress destination = IpAddress.ofIpv6(frame.getLong(at + 24), frame.getLong(at + 32));
        int hopLimit = frame.get(at + 7) & 0xff;
        ByteBuffer content = frame.slice(at + 40, length);
        return switch (frame.get(at + 6)) {
            case UDP -> udp(sourceMac, source, destination, hopLimit, content);
            case ICMPV6 -> Optional.of(new Packet(sourceMac, source, destination, ICMPV6, hopLimit, 0, 0, content));
            default -> Optional.empty();
        };
    }

    private static Optional<Packet> udp(
            MacAddress sourceMac, IpAddress source, IpAddress destination, int hopLimit, ByteBuffer datagram) {
        if (datagram.limit() < UDP_BYTES) {
            return Optional.empty();
        }
        int length = datagram.getShort(4) & 0xffff;
        if (length < UDP_BYTES || length > datagram.limit()) {
            return Optional.empty();
        }
        return Optional.of(new Packet(
                sourceMac,
                source,
                destination,
                UDP,
                hopLimit,
                datagram.getShort(0) & 0xffff,
                datagram.getShort(2) & 0xffff,
                datagram.slice(UDP_BYTES, length - UDP_BYTES)));
    }

    /** A complete frame with a UDP datagram in IPv4 or IPv6, as the addresses are. */
    static byte[] udpFrame(
            MacAddress from,
            MacAddress to,
            IpAddress source,
            IpAddress destination,
            int sourcePort,
            int destinationPort,
            byte[] payload) {
        return udpFrame(from, to, source, destination, sourcePort, destinationPort, HOP_LIMIT, payload);
    }

    /** The same with this hop limit or time to live. */
    static byte[] udpFrame(
            MacAddress from,
            MacAddress to,
            IpAddress source,
            IpAddress destination,
            int sourcePort,
            int destinationPort,
            int hopLimit,
            byte[] payload) {
        byte[] datagram = ByteBuffer.allocate(UDP_BYTES + payload.length)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putShort((short) (UDP_BYTES + payload.length))
                .putShort((short) 0)
                .put(payload)
                .array();
        int checksum = contentChecksum(source, destination, UDP, datagram);
        // Zero would mean that there is none (RFC 768).
        putShort(datagram, 6, checksum == 0 ? 0xffff : checksum);
        return source.isIpv4()
                ? ipv4Frame(from, to, source, destination, hopLimit, datagram)
                : ipv6Frame(from, to, source, destination, UDP, hopLimit, datagram);
    }

    /** A complete frame with an ICMPv6 message, whose checksum is filled in; hop limit 255 (RFC 4861). */
    static byte[] icmpv6Frame(MacAddress from, MacAddress to, IpAddress source, IpAddress destination, byte[] message) {
        byte[] content = message.clone();
        putShort(content, 2, 0);
        putShort(content, 2, contentChecksum(source, destination, ICMPV6, content));
        return ipv6Frame(from, to, source, destination, ICMPV6, 255, content);
    }

    private static byte[] ipv4Frame(
            MacAddress from, MacAddress to, IpAddress source, IpAddress destination, int hopLimit, byte[] datagram) {
        byte[] header = ByteBuffer.allocate(20)
                .put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (20 + datagram.length))
                .putInt(0)
                .put((byte) hopLimit)
                .put((byte) UDP)
                .putShort((short) 0)
                .put(source.toBytes())
                .put(destination.toBytes())
                .array();
        putShort(header, 10, Checksum.fold(Checksum.sum(header, 0, header.length)));
        return ethernet(from, to, IPV4, header, datagram);
    }

    private static byte[] ipv6Frame(
            MacAddress from,
            MacAddress to,
            IpAddress source,
            IpAddress destination,
            int protocol,
            int hopLimit,
            byte[] content) {
        byte[] header = ByteBuffer.allocate(40)
                .putInt(6 << 28)
                .putShort((short) content.length)
                .put((byte) protocol)
                .put((byte) hopLimit)
                .put(source.toBytes())
                .put(destination.toBytes())
                .array();
        return ethernet(from, to, IPV6, header, content);
    }

    private static byte[] ethernet(MacAddress from, MacAddress to, int type, byte[] header, byte[] content) {
        return ByteBuffer.allocate(ETHERNET_BYTES + header.length + content.length)
                .put(to.toBytes())
                .put(from.toBytes())
                .putShort((short) type)
                .put(header)
                .put(content)
                .array();
    }

    /** The checksum over the pseudo-header and the content (RFC 768, RFC 8200 section 8.1). */
    static int contentChecksum(IpAddress source, IpAddress destination, int protocol, byte[] content) {
        byte[] from = source.toBytes();
        byte[] to = destination.toBytes();
        return Checksum.fold(Checksum.sum(from, 0, from.length)
                + Checksum.sum(to, 0, to.length)
                + protocol
                + content.length
                + Checksum.sum(content, 0, content.length));
    }

    private static void putShort(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }

    /** The bytes of a range of a buffer. */
    static byte[] bytes(ByteBuffer buffer, int from, int length) {
        byte[] bytes = new byte[length];
        buffer.get(from, bytes);
        return bytes;
    }
}
