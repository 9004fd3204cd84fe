package io.weft.responders;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Frames by which the nodes of a link tell each other who has an address, and ask: ARP (RFC 826, RFC 5227) for IPv4, neighbour
 * discovery (RFC 4861) for IPv6.
 */
public final class NeighbourFrames {
    private static final MacAddress EVERYONE = new MacAddress(0xffffffffffffL);
    private static final MacAddress NOBODY = new MacAddress(0);
    private static final IpAddress ALL_NODES = IpAddress.parse("ff02::1");
    private static final int ETHERNET_BYTES = 14;
    private static final int LEAST_FRAME = 60;
    private static final int ARP = 0x0806;
    private static final int ARP_BYTES = 28;
    private static final int REQUEST = 1;
    private static final int REPLY = 2;
    private static final byte SOLICITATION = (byte) 135;
    private static final byte ADVERTISEMENT = (byte) 136;
    private static final int NEIGHBOUR_MESSAGE_BYTES = 24;
    private static final int FROM_ROUTER_OVERRIDING = 0xa0000000;
    private static final int SOURCE_MAC = 1;
    private static final int TARGET_MAC = 2;

    private NeighbourFrames() {}

    /** What a frame says about an address. */
    public sealed interface Heard {
        IpAddress address();

        /** Whoever has this MAC has the address. */
        record Held(IpAddress address, MacAddress mac) implements Heard {}

        /**
         * Somebody without an address of his own asks who has it.
         *
         * @param asker the MAC that is to be answered
         * @param named what the asker names besides, where hosts do not look; all zeros for nothing
         */
        record Asked(IpAddress address, MacAddress asker, MacAddress named) implements Heard {}
    }

    /**
     * An announcement that an address is here now: to everyone, by ARP (RFC 5227, section 3) or an unsolicited advertisement
     * (RFC 4861, section 7.2.6).
     */
    public static byte[] announcement(MacAddress mac, IpAddress address) {
        if (address.isIpv4()) {
            return arp(mac, address, NOBODY, address);
        }
        byte[] message = ByteBuffer.allocate(NEIGHBOUR_MESSAGE_BYTES + 8)
                .put(ADVERTISEMENT)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(FROM_ROUTER_OVERRIDING)
                .put(address.toBytes())
                .put((byte) TARGET_MAC)
                .put((byte) 1)
                .put(mac.toBytes())
                .array();
        return Packet.icmpv6Frame(mac, groupMac(ALL_NODES), address, ALL_NODES, message);
    }

    /**
     * A question who has an address, which changes nobody's mind about any: by an ARP probe (RFC 5227, section 2.1), or a
     * solicitation from the link-local address of the asker's MAC.
     *
     * @param named what the question names besides, where hosts do not look: in ARP's target hardware address, or in an option
     *     with the target's link-layer address
     */
    public static byte[] question(MacAddress asker, IpAddress address, MacAddress named) {
        if (address.isIpv4()) {
            return arp(asker, IpAddress.ofIpv4(0), named, address);
        }
        byte[] message = ByteBuffer.allocate(NEIGHBOUR_MESSAGE_BYTES + 16)
                .put(SOLICITATION)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(0)
                .put(address.toBytes())
                .put((byte) SOURCE_MAC)
                .put((byte) 1)
                .put(asker.toBytes())
                .put((byte) TARGET_MAC)
                .put((byte) 1)
                .put(named.toBytes())
                .array();
        IpAddress group = solicitedGroup(address);
        return Packet.icmpv6Frame(
                asker, groupMac(group), IpAddress.ofIpv6(0xfe80L << 48, asker.eui64()), group, message);
    }

    /**
     * A question who has an address, in the name of one that is here: who answers learns where to find it. By an ARP request, or
     * a solicitation (RFC 4861, section 7.2.2).
     */
    public static byte[] request(MacAddress mac, IpAddress own, IpAddress address) {
        if (address.isIpv4()) {
            return arp(mac, own, NOBODY, address);
        }
        byte[] message = ByteBuffer.allocate(NEIGHBOUR_MESSAGE_BYTES + 8)
                .put(SOLICITATION)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(0)
                .put(address.toBytes())
                .put((byte) SOURCE_MAC)
                .put((byte) 1)
                .put(mac.toBytes())
                .array();
        IpAddress group = solicitedGroup(address);
        return Packet.icmpv6Frame(mac, groupMac(group), own, group, message);
    }

    /** Where an address is asked for (RFC 4291, section 2.7.1). */
    private static IpAddress solicitedGroup(IpAddress address) {
        return IpAddress.ofIpv6(0xff02L << 48, 0x1ff000000L | address.low() & 0xffffff);
    }

    /** Where IPv6 sends what is for a group (RFC 2464, section 7). */
    private static MacAddress groupMac(IpAddress group) {
        return new MacAddress(0x333300000000L | group.low() & 0xffffffffL);
    }

    private static byte[] arp(MacAddress sender, IpAddress senderAddress, MacAddress target, IpAddress address) {
        return ByteBuffer.allocate(LEAST_FRAME)
                .put(EVERYONE.toBytes())
                .put(sender.toBytes())
                .putShort((short) ARP)
                .putShort((short) 1)
                .putShort((short) 0x0800)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) REQUEST)
                .put(sender.toBytes())
                .put(senderAddress.toBytes())
                .put(target.toBytes())
                .put(address.toBytes())
                .array();
    }

    /** What a frame from the link says; empty for what says nothing of the kind, or is malformed. */
    public static Optional<Heard> read(byte[] frame) {
        ByteBuffer buffer = ByteBuffer.wrap(frame);
        if (frame.length >= ETHERNET_BYTES + ARP_BYTES && (buffer.getShort(12) & 0xffff) == ARP) {
            return readArp(buffer.slice(ETHERNET_BYTES, ARP_BYTES));
        }
        return Packet.parse(frame)
                .filter(packet -> packet.protocol() == Packet.ICMPV6 && packet.hopLimit() == 255)
                .flatMap(packet -> readNeighbour(packet.payload()));
    }

    private static Optional<Heard> readArp(ByteBuffer arp) {
        int operation = arp.getShort(6);
        if (arp.getInt(0) != 0x10800 || arp.getShort(4) != 0x604 || operation != REQUEST && operation != REPLY) {
            return Optional.empty();
        }
        IpAddress sender = IpAddress.ofIpv4(arp.getInt(14));
        if (!sender.isUnspecified()) {
            return Optional.of(new Heard.Held(sender, mac(arp, 8)));
        }
        return operation == REQUEST
                ? Optional.of(new Heard.Asked(IpAddress.ofIpv4(arp.getInt(24)), mac(arp, 8), mac(arp, 18)))
                : Optional.empty();
    }

    private static Optional<Heard> readNeighbour(ByteBuffer message) {
        if (message.limit() < NEIGHBOUR_MESSAGE_BYTES) {
            return Optional.empty();
        }
        IpAddress target = IpAddress.ofIpv6(message.getLong(8), message.getLong(16));
        MacAddress asker = NOBODY;
        MacAddress named = NOBODY;
        int at = NEIGHBOUR_MESSAGE_BYTES;
        while (at + 8 <= message.limit()) {
            int length = (message.get(at + 1) & 0xff) * 8;
            if (length == 0 || at + length > message.limit()) {
                return Optional.empty();
            }
            switch (message.get(at)) {
                case SOURCE_MAC -> asker = mac(message, at + 2);
                case TARGET_MAC -> named = mac(message, at + 2);
                default -> {}
            }
            at += length;
        }
        return switch (message.get(0)) {
            case SOLICITATION -> Optional.of(new Heard.Asked(target, asker, named));
            case ADVERTISEMENT -> Optional.of(new Heard.Held(target, named));
            default -> Optional.empty();
        };
    }

    private static MacAddress mac(ByteBuffer buffer, int at) {
        return new MacAddress((buffer.getShort(at) & 0xffffL) << 32 | buffer.getInt(at + 2) & 0xffffffffL);
    }
}
