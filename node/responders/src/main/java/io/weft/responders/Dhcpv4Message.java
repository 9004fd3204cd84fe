package io.weft.responders;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a DHCPv4 client says (RFC 2131 section 2).
 *
 * @param transaction xid
 * @param seconds secs
 * @param flags the broadcast flag is the highest of 16 bits
 * @param clientAddress ciaddr
 * @param relayAddress giaddr
 * @param hardware chaddr
 * @param type the message type, option 53
 * @param options the others; parts of one option are put together (RFC 3396)
 */
record Dhcpv4Message(
        int transaction,
        int seconds,
        int flags,
        IpAddress clientAddress,
        IpAddress relayAddress,
        MacAddress hardware,
        int type,
        Map<Integer, byte[]> options) {
    static final int SERVER_PORT = 67;
    static final int CLIENT_PORT = 68;

    static final int DISCOVER = 1;
    static final int OFFER = 2;
    static final int REQUEST = 3;
    static final int DECLINE = 4;
    static final int ACK = 5;
    static final int NAK = 6;
    static final int RELEASE = 7;
    static final int INFORM = 8;

    static final int PAD = 0;
    static final int NETMASK = 1;
    static final int ROUTER = 3;
    static final int DNS_SERVER = 6;
    static final int HOSTNAME = 12;
    static final int DOMAIN_NAME = 15;
    static final int MTU = 26;
    static final int BROADCAST = 28;
    static final int REQUESTED_ADDRESS = 50;
    static final int LEASE_TIME = 51;
    static final int OVERLOAD = 52;
    static final int MESSAGE_TYPE = 53;
    static final int SERVER_IDENTIFIER = 54;
    static final int PARAMETER_REQUEST = 55;
    static final int MESSAGE = 56;
    static final int MAXIMUM_SIZE = 57;
    static final int T1 = 58;
    static final int T2 = 59;
    static final int CLIENT_IDENTIFIER = 61;
    static final int TFTP_SERVER = 66;
    static final int BOOTFILE_NAME = 67;
    static final int USER_CLASS = 77;
    static final int RAPID_COMMIT = 80;
    static final int CLASSLESS_ROUTES = 121;
    static final int IPXE = 175;
    static final int MICROSOFT_CLASSLESS_ROUTES = 249;
    static final int END = 255;

    /** Bytes before the options: the fixed fields and the magic cookie. */
    static final int FIXED_BYTES = 240;

    static final int COOKIE = 0x63825363;

    /** Reads a request of an Ethernet client; empty when it is malformed or no DHCP request. */
    static Optional<Dhcpv4Message> parse(ByteBuffer message) {
        if (message.limit() < FIXED_BYTES
                || message.get(0) != 1
                || message.get(1) != 1
                || message.get(2) != 6
                || message.getInt(236) != COOKIE) {
            return Optional.empty();
        }
        Map<Integer, byte[]> options = new HashMap<>();
        if (!parseOptions(message, FIXED_BYTES, message.limit(), options)) {
            return Optional.empty();
        }
        byte[] overload = options.getOrDefault(OVERLOAD, new byte[1]);
        int places = overload.length == 1 ? overload[0] : 0;
        if ((places & 1) != 0 && !parseOptions(message, 108, 236, options)
                || (places & 2) != 0 && !parseOptions(message, 44, 108, options)) {
            return Optional.empty();
        }
        byte[] type = options.get(MESSAGE_TYPE);
        if (type == null || type.length != 1) {
            return Optional.empty();
        }
        return Optional.of(new Dhcpv4Message(
                message.getInt(4),
                message.getShort(8) & 0xffff,
                message.getShort(10) & 0xffff,
                IpAddress.ofIpv4(message.getInt(12)),
                IpAddress.ofIpv4(message.getInt(24)),
                new MacAddress(((long) message.getInt(28) & 0xffffffffL) << 16 | message.getShort(32) & 0xffff),
                type[0],
                options));
    }

    private static boolean parseOptions(ByteBuffer message, int from, int to, Map<Integer, byte[]> options) {
        int at = from;
        while (at < to) {
            int number = message.get(at) & 0xff;
            if (number == END) {
                return true;
            }
            if (number == PAD) {
                at++;
                continue;
            }
            if (at + 2 > to) {
                return false;
            }
            int length = message.get(at + 1) & 0xff;
            if (at + 2 + length > to) {
                return false;
            }
            options.merge(number, Packet.bytes(message, at + 2, length), Dhcpv4Message::join);
            at += 2 + length;
        }
        // An end is asked for, but everybody forgives a client that left it out.
        return true;
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    boolean wantsBroadcast() {
        return (flags & 0x8000) != 0;
    }

    /** The address in an option; empty when it is not there or has not four bytes. */
    Optional<IpAddress> address(int option) {
        byte[] bytes = options.get(option);
        return bytes == null || bytes.length != 4 ? Optional.empty() : Optional.of(IpAddress.ofBytes(bytes));
    }
}
