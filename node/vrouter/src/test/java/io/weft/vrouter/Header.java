package io.weft.vrouter;

import io.weft.model.IpAddress;
import io.weft.reference.Transport;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What an IP packet says in its headers, IPv4 without options.
 *
 * @param source the IP source
 * @param destination the IP destination
 * @param hops the TTL or hop limit
 * @param transport ports, or ICMP's type and code; of a later fragment neither
 */
record Header(IpAddress source, IpAddress destination, int hops, Transport transport) {
    private static final int ETHERNET = 14;
    private static final int FRAGMENT_HEADER = 44;

    /** Of a frame. */
    static Header of(byte[] frame) {
        boolean ipv4 = Packets.number(frame, 12, 2) == Packets.ETHERTYPE_IPV4;
        IpAddress[] ends = Packets.addresses(frame);
        int protocol = frame[ipv4 ? 23 : 20] & 0xff;
        int at = ETHERNET + (ipv4 ? 20 : 40);
        boolean later = ipv4 && (Packets.number(frame, 20, 2) & 0x1fff) != 0;
        if (protocol == FRAGMENT_HEADER) {
            protocol = frame[at] & 0xff;
            later = (Packets.number(frame, at + 2, 2) & 0xfff8) != 0;
            at += 8;
        }
        Transport transport = switch (later ? -1 : protocol) {
            case Packets.TCP, Packets.UDP ->
                new Transport(protocol, Packets.number(frame, at, 2), Packets.number(frame, at + 2, 2));
            case Packets.ICMP, Packets.ICMPV6 -> new Transport(protocol, frame[at] & 0xff, frame[at + 1] & 0xff);
            default -> new Transport(protocol, 0, 0);
        };
        return new Header(ends[0], ends[1], frame[ipv4 ? 22 : 21] & 0xff, transport);
    }

    /** Of what an ICMP error quotes, with its checksums checked as far as they are there. */
    static Header quoted(byte[] frame) {
        boolean ipv4 = Packets.number(frame, 12, 2) == Packets.ETHERTYPE_IPV4;
        byte[] inner = new byte[frame.length - (ipv4 ? 28 : 48)];
        System.arraycopy(frame, 0, inner, 0, ETHERNET);
        System.arraycopy(frame, frame.length - inner.length + ETHERNET, inner, ETHERNET, inner.length - ETHERNET);
        if (ipv4 && Packets.checksum(0, inner, ETHERNET, 20) != 0) {
            throw new AssertionError("the quoted header's checksum is wrong");
        }
        int whole = ETHERNET + (ipv4 ? Packets.number(inner, 16, 2) : 40 + Packets.number(inner, 18, 2));
        if (inner.length == whole && !Packets.checksumsHold(inner)) {
            throw new AssertionError("the quoted packet's checksum is wrong");
        }
        return of(inner);
    }

    boolean isEcho() {
        return transport.equals(Transport.echoRequest(source.family()));
    }

    boolean isEchoReply() {
        return transport.equals(Transport.echoReply(source.family()));
    }

    /** ICMP errors (RFC 792, RFC 4443). */
    boolean isError() {
        int type = transport.source();
        return transport.protocol() == Packets.ICMP && (type == 3 || type == 11 || type == 12)
                || transport.protocol() == Packets.ICMPV6 && type < 128;
    }

    /** A fragment of a frame's IP packet, whose transport part is given. */
    static byte[] fragment(byte[] frame, int identifier, int offset, boolean more, byte[] piece) {
        boolean ipv4 = Packets.number(frame, 12, 2) == Packets.ETHERTYPE_IPV4;
        Header header = of(frame);
        if (!ipv4) {
            byte[] body = ByteBuffer.allocate(8 + piece.length)
                    .put((byte) header.transport.protocol())
                    .put((byte) 0)
                    .putShort((short) (offset | (more ? 1 : 0)))
                    .putInt(identifier)
                    .put(piece)
                    .array();
            return Packets.ip(
                    Packets.destinationMac(frame),
                    Packets.sourceMac(frame),
                    header.source,
                    header.destination,
                    FRAGMENT_HEADER,
                    header.hops,
                    body);
        }
        byte[] out = Packets.ip(
                Packets.destinationMac(frame),
                Packets.sourceMac(frame),
                header.source,
                header.destination,
                header.transport.protocol(),
                header.hops,
                piece);
        ByteBuffer.wrap(out).putShort(18, (short) identifier).putShort(20, (short) ((more ? 0x2000 : 0) | offset / 8));
        ByteBuffer.wrap(out).putShort(24, (short) 0).putShort(24, Packets.checksum(0, out, ETHERNET, 20));
        return out;
    }

    /** What two fragments make. */
    static byte[] reassembled(byte[] first, byte[] later) {
        boolean ipv4 = Packets.number(first, 12, 2) == Packets.ETHERTYPE_IPV4;
        int at = ETHERNET + (ipv4 ? 20 : 48);
        byte[] body = Arrays.copyOf(Arrays.copyOfRange(first, at, first.length), first.length + later.length - 2 * at);
        System.arraycopy(later, at, body, first.length - at, later.length - at);
        Header header = of(first);
        return Packets.ip(
                Packets.destinationMac(first),
                Packets.sourceMac(first),
                header.source,
                header.destination,
                header.transport.protocol(),
                header.hops,
                body);
    }
}
