package io.weft.responders;

import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Route;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** How the text that a tenant gives for a DHCP option becomes bytes. */
enum OptionType {
    /** IPv4 or IPv6 addresses, separated by commas or blanks. */
    ADDRESSES,
    /** Characters as they are. */
    TEXT,
    /** Domain names, separated by commas, as RFC 1035 labels without compression. */
    NAMES,
    /** Pairs of prefix and router, separated by commas, as RFC 3442 packs them. */
    ROUTES,
    /** A number of 8 bits. */
    NUMBER_8,
    /** A number of 16 bits. */
    NUMBER_16,
    /** A number of 32 bits. */
    NUMBER_32,
    /** Strings, each with a 16-bit length before it (RFC 5970 section 3.2). */
    COUNTED_TEXT,
    /** By its looks: a number in as few bytes as hold it, hexadecimal pairs with colons, addresses, or text. */
    GUESSED;

    /** The longest encoded value; more would not fit a message beside what a client cannot do without. */
    static final int MAXIMUM_BYTES = 1024;

    /** The bytes of a value; empty when the text has not the form that this type asks for. */
    Optional<byte[]> encode(String value, IpFamily family) {
        if (value.length() > MAXIMUM_BYTES) {
            return Optional.empty();
        }
        try {
            byte[] bytes = switch (this) {
                case ADDRESSES -> addresses(value, family);
                case TEXT -> value.getBytes(StandardCharsets.UTF_8);
                case NAMES -> names(value);
                case ROUTES -> routes(parseRoutes(value));
                case NUMBER_8 -> number(value, 1);
                case NUMBER_16 -> number(value, 2);
                case NUMBER_32 -> number(value, 4);
                case COUNTED_TEXT -> countedText(value);
                case GUESSED -> guessed(value, family);
            };
            return bytes.length > MAXIMUM_BYTES ? Optional.empty() : Optional.of(bytes);
        } catch (InvalidException | IllegalArgumentException e) {
            // Validation of the model may be more lenient than the wire; a client is better off without the option.
            return Optional.empty();
        }
    }

    private static String[] words(String value) {
        return value.trim().split("[,\\s]+", -1);
    }

    private static byte[] addresses(String value, IpFamily family) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String word : words(value)) {
            String bare = word.startsWith("[") && word.endsWith("]") ? word.substring(1, word.length() - 1) : word;
            IpAddress address = IpAddress.parse(bare);
            if (address.family() != family) {
                throw new IllegalArgumentException("an address of another family");
            }
            out.writeBytes(address.toBytes());
        }
        return out.toByteArray();
    }

    /** RFC 1035 section 3.1, one name after the other. */
    static byte[] names(String value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String name : words(value)) {
            String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
            for (String label : bare.split("\\.", -1)) {
                byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
                if (bytes.length == 0 || bytes.length > 63) {
                    throw new IllegalArgumentException("a label has 1 to 63 bytes");
                }
                out.write(bytes.length);
                out.writeBytes(bytes);
            }
            out.write(0);
        }
        return out.toByteArray();
    }

    private static List<Route> parseRoutes(String value) {
        String[] words = words(value);
        if (words.length % 2 != 0) {
            throw new IllegalArgumentException("a prefix without a router");
        }
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < words.length; i += 2) {
            routes.add(new Route(IpPrefix.parse(words[i]), IpAddress.parse(words[i + 1])));
        }
        return routes;
    }

    /** RFC 3442: the significant bytes of each destination, then its router. */
    static byte[] routes(List<Route> routes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Route route : routes) {
            int length = route.destination().length();
            out.write(length);
            out.write(route.destination().address().toBytes(), 0, (length + 7) / 8);
            out.writeBytes(route.nexthop().toBytes());
        }
        return out.toByteArray();
    }

    private static byte[] number(String value, int bytes) {
        long number = Long.decode(value.trim());
        if (number < 0 || number >>> (8 * bytes) != 0) {
            throw new IllegalArgumentException("out of range");
        }
        return bigEndian(number, bytes);
    }

    static byte[] bigEndian(long number, int bytes) {
        byte[] out = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            out[i] = (byte) (number >>> (8 * (bytes - 1 - i)));
        }
        return out;
    }

    private static byte[] countedText(String value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String word : value.split(",", -1)) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            out.writeBytes(bigEndian(bytes.length, 2));
            out.writeBytes(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] guessed(String value, IpFamily family) {
        String text = value.trim();
        if (text.matches("[0-9]{1,10}") && Long.parseLong(text) <= 0xffffffffL) {
            long number = Long.parseLong(text);
            return bigEndian(number, number < 1 << 8 ? 1 : number < 1 << 16 ? 2 : 4);
        }
        if (text.matches("\\p{XDigit}{2}(:\\p{XDigit}{2})+")) {
            return HexFormat.ofDelimiter(":").parseHex(text);
        }
        Optional<byte[]> addresses = ADDRESSES.encode(text, family);
        return addresses.orElseGet(() -> value.getBytes(StandardCharsets.UTF_8));
    }
}
