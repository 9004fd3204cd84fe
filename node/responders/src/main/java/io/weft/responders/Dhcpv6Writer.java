package io.weft.responders;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes one DHCPv6 answer (RFC 8415 section 21); an option that no longer fits is left out. */
final class Dhcpv6Writer {
    private final ByteBuffer message;

    /**
     * @param type the message type
     * @param transaction the request's
     * @param maximumBytes how long the message may grow
     */
    Dhcpv6Writer(int type, int transaction, int maximumBytes) {
        message = ByteBuffer.allocate(maximumBytes).putInt(type << 24 | transaction);
    }

    void option(int number, byte[] value) {
        if (message.remaining() >= 4 + value.length) {
            message.putShort((short) number).putShort((short) value.length).put(value);
        }
    }

    void status(int code, String text) {
        option(Dhcpv6Message.STATUS, status(code, text, 0).array());
    }

    private static ByteBuffer status(int code, String text, int headerBytes) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer option = ByteBuffer.allocate(headerBytes + 2 + bytes.length);
        if (headerBytes > 0) {
            option.putShort((short) Dhcpv6Message.STATUS).putShort((short) (2 + bytes.length));
        }
        return option.putShort((short) code).put(bytes);
    }

    /** An association of addresses or prefixes whose only content is a status. */
    void emptyAssociation(int number, int identifier, int code, String text) {
        byte[] status = status(code, text, 4).array();
        int fixed = number == Dhcpv6Message.IA_TA ? 4 : 12;
        byte[] value = ByteBuffer.allocate(fixed + status.length)
                .putInt(identifier)
                .put(fixed, status)
                .array();
        option(number, value);
    }

    /** An IA_NA with addresses to use and addresses to use no longer. */
    void association(int identifier, Iterable<IpAddress> given, Iterable<IpAddress> withdrawn, int lifetime) {
        ByteBuffer value = ByteBuffer.allocate(message.capacity());
        value.putInt(identifier).putInt(lifetime / 2).putInt(lifetime / 5 * 4);
        given.forEach(address -> address(value, address, lifetime));
        withdrawn.forEach(address -> address(value, address, 0));
        option(Dhcpv6Message.IA_NA, Arrays.copyOf(value.array(), value.position()));
    }

    private static void address(ByteBuffer value, IpAddress address, int lifetime) {
        if (value.remaining() >= 28) {
            value.putShort((short) Dhcpv6Message.IA_ADDRESS).putShort((short) 24);
            value.put(address.toBytes()).putInt(lifetime).putInt(lifetime);
        }
    }

    byte[] finish() {
        return Arrays.copyOf(message.array(), message.position());
    }
}
