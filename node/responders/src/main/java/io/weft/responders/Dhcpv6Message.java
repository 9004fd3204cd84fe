package io.weft.responders;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a DHCPv6 client says (RFC 8415 section 8).
 *
 * @param type the message type
 * @param transaction the 24 bits that its answer repeats
 * @param options its options in their order
 */
record Dhcpv6Message(int type, int transaction, List<Option> options) {
    static final int SERVER_PORT = 547;
    static final int CLIENT_PORT = 546;

    static final int SOLICIT = 1;
    static final int ADVERTISE = 2;
    static final int REQUEST = 3;
    static final int CONFIRM = 4;
    static final int RENEW = 5;
    static final int REBIND = 6;
    static final int REPLY = 7;
    static final int RELEASE = 8;
    static final int DECLINE = 9;
    static final int INFORMATION_REQUEST = 11;

    static final int CLIENT_IDENTIFIER = 1;
    static final int SERVER_IDENTIFIER = 2;
    static final int IA_NA = 3;
    static final int IA_TA = 4;
    static final int IA_ADDRESS = 5;
    static final int OPTION_REQUEST = 6;
    static final int PREFERENCE = 7;
    static final int STATUS = 13;
    static final int RAPID_COMMIT = 14;
    static final int DNS_SERVERS = 23;
    static final int DOMAIN_SEARCH = 24;
    static final int IA_PD = 25;

    static final int SUCCESS = 0;
    static final int NO_ADDRESSES = 2;
    static final int NOT_ON_LINK = 4;
    static final int USE_MULTICAST = 5;
    static final int NO_PREFIXES = 6;

    /** More options than any client sends; the rest of a message is not worth reading. */
    static final int MAXIMUM_OPTIONS = 64;

    /** The longest DUID with its type (RFC 8415 section 11.1). */
    static final int MAXIMUM_DUID_BYTES = 130;

    /**
     * An option.
     *
     * @param number its number
     * @param value its bytes
     */
    record Option(int number, ByteBuffer value) {}

    /** Reads a message; empty when it is malformed, or holds more than a client has to say. */
    static Optional<Dhcpv6Message> parse(ByteBuffer message) {
        if (message.limit() < 4) {
            return Optional.empty();
        }
        int first = message.getInt(0);
        return parseOptions(message.slice(4, message.limit() - 4))
                .map(options -> new Dhcpv6Message(first >>> 24, first & 0xffffff, options));
    }

    static Optional<List<Option>> parseOptions(ByteBuffer bytes) {
        List<Option> options = new ArrayList<>();
        int at = 0;
        while (at < bytes.limit()) {
            if (at + 4 > bytes.limit() || options.size() == MAXIMUM_OPTIONS) {
                return Optional.empty();
            }
            int length = bytes.getShort(at + 2) & 0xffff;
            if (at + 4 + length > bytes.limit()) {
                return Optional.empty();
            }
            options.add(new Option(bytes.getShort(at) & 0xffff, bytes.slice(at + 4, length)));
            at += 4 + length;
        }
        return Optional.of(options);
    }

    Optional<ByteBuffer> option(int number) {
        return options.stream()
                .filter(option -> option.number() == number)
                .map(Option::value)
                .findFirst();
    }

    boolean has(int number) {
        return option(number).isPresent();
    }

    /** The client's DUID; empty when it is missing or has no possible length. */
    Optional<byte[]> client() {
        return option(CLIENT_IDENTIFIER)
                .filter(duid -> duid.limit() >= 3 && duid.limit() <= MAXIMUM_DUID_BYTES)
                .map(duid -> Packet.bytes(duid, 0, duid.limit()));
    }

    /** Whether the server that the client addresses is this one; also false when it names none. */
    boolean names(byte[] server) {
        return option(SERVER_IDENTIFIER)
                .map(duid -> Arrays.equals(Packet.bytes(duid, 0, duid.limit()), server))
                .orElse(false);
    }

    /** The addresses in an IA_NA option; those in malformed options are left out. */
    static List<IpAddress> addresses(ByteBuffer association) {
        if (association.limit() < 12) {
            return List.of();
        }
        return parseOptions(association.slice(12, association.limit() - 12)).orElse(List.of()).stream()
                .filter(option ->
                        option.number() == IA_ADDRESS && option.value().limit() >= 24)
                .map(option -> IpAddress.ofBytes(Packet.bytes(option.value(), 0, 16)))
                .toList();
    }
}
