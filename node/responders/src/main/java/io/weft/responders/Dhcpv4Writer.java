package io.weft.responders;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes one DHCPv4 answer (RFC 2131 section 2). What comes first is there for sure; an option that no longer fits is
 * left out.
 */
final class Dhcpv4Writer {
    private static final int MINIMUM_BYTES = 300;

    private final ByteBuffer message;

    /**
     * @param request whose transaction and client are repeated
     * @param maximumBytes how long the message may grow
     */
    Dhcpv4Writer(Dhcpv4Message request, int maximumBytes) {
        message = ByteBuffer.allocate(maximumBytes);
        message.put(0, (byte) 2).put(1, (byte) 1).put(2, (byte) 6);
        message.putInt(4, request.transaction());
        message.putShort(10, (short) request.flags());
        message.put(28, request.hardware().toBytes());
        message.putInt(236, Dhcpv4Message.COOKIE);
        message.position(Dhcpv4Message.FIXED_BYTES);
    }

    void clientAddress(IpAddress address) {
        message.putInt(12, address.ipv4Bits());
    }

    void yourAddress(IpAddress address) {
        message.putInt(16, address.ipv4Bits());
    }

    void nextServer(byte[] address) {
        message.put(20, address, 0, 4);
    }

    /** Left out when it is longer than the field, which ends with a zero byte. */
    void serverName(byte[] name) {
        if (name.length < 64) {
            message.put(44, name);
        }
    }

    /** Left out when it is longer than the field, which ends with a zero byte. */
    void bootFile(byte[] name) {
        if (name.length < 128) {
            message.put(108, name);
        }
    }

    /** Adds an option; one with more than 255 bytes is split (RFC 3396). */
    void option(int number, byte[] value) {
        int parts = Math.max(1, (value.length + 254) / 255);
        // One byte stays for the end.
        if (message.remaining() - 1 < value.length + 2 * parts) {
            return;
        }
        for (int part = 0; part < parts; part++) {
            int from = part * 255;
            int length = Math.min(255, value.length - from);
            message.put((byte) number).put((byte) length).put(value, from, length);
        }
    }

    /** The message, padded to the length that old relays and clients expect (RFC 1542 section 2.1). */
    byte[] finish() {
        message.put((byte) Dhcpv4Message.END);
        return Arrays.copyOf(
                message.array(), Math.min(message.capacity(), Math.max(message.position(), MINIMUM_BYTES)));
    }
}
