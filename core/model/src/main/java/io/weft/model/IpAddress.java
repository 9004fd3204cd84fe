package io.weft.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * An IPv4 or IPv6 address. Addresses of one family are ordered as unsigned numbers, IPv4 before IPv6.
 *
 * @param family the address family
 * @param high the upper 64 bits of an IPv6 address; 0 for IPv4
 * @param low the lower 64 bits of an IPv6 address, or the 32 bits of an IPv4 address
 */
public record IpAddress(IpFamily family, long high, long low) implements Comparable<IpAddress> {
    public IpAddress {
        if (family == IpFamily.IPV4 && (high != 0 || low >>> 32 != 0)) {
            throw new IllegalArgumentException("an IPv4 address has 32 bits");
        }
    }

    /**
     * Reads the text form of RFC 4291 section 2.2 or dotted decimal without leading zeros.
     *
     * @throws InvalidException when the text is no address; the field is {@code ip_address}
     */
    public static IpAddress parse(String text) {
        return text.indexOf(':') >= 0 ? parseIpv6(text) : ofIpv4(parseIpv4(text, text));
    }

    /** The IPv4 address with these bits. */
    public static IpAddress ofIpv4(int bits) {
        return new IpAddress(IpFamily.IPV4, 0, Integer.toUnsignedLong(bits));
    }

    /** The IPv6 address with these bits. */
    public static IpAddress ofIpv6(long high, long low) {
        return new IpAddress(IpFamily.IPV6, high, low);
    }

    /** The address in 4 or 16 bytes of network order. */
    public static IpAddress ofBytes(byte[] bytes) {
        return switch (bytes.length) {
            case 4 -> new IpAddress(IpFamily.IPV4, 0, bits(bytes, 0, 4));
            case 16 -> new IpAddress(IpFamily.IPV6, bits(bytes, 0, 8), bits(bytes, 8, 8));
            default -> throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
        };
    }

    private static long bits(byte[] bytes, int from, int count) {
        long bits = 0;
        for (int i = from; i < from + count; i++) {
            bits = bits << 8 | bytes[i] & 0xff;
        }
        return bits;
    }

    /** The bytes in network order: 4 or 16. */
    public byte[] toBytes() {
        byte[] bytes = new byte[family.bytes()];
        int last = bytes.length - 1;
        for (int i = 0; i <= last; i++) {
            long word = i < 8 ? low : high;
            bytes[last - i] = (byte) (word >>> (8 * (i % 8)));
        }
        return bytes;
    }

    /** The bits of an IPv4 address. */
    public int ipv4Bits() {
        if (family != IpFamily.IPV4) {
            throw new IllegalStateException(this + " is not IPv4");
        }
        return (int) low;
    }

    /** The same as a JDK address. */
    public InetAddress toInetAddress() {
        try {
            return InetAddress.getByAddress(toBytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    public boolean isIpv4() {
        return family == IpFamily.IPV4;
    }

    public boolean isIpv6() {
        return family == IpFamily.IPV6;
    }

    /** Whether this is a multicast group: 224.0.0.0/4 or ff00::/8. */
    public boolean isMulticast() {
        return isIpv4() ? low >>> 28 == 0xe : high >>> 56 == 0xff;
    }

    /** Whether this is a link-local unicast address: 169.254.0.0/16 or fe80::/10. */
    public boolean isLinkLocal() {
        return isIpv4() ? low >>> 16 == 0xa9fe : high >>> 54 == 0x3fa;
    }

    /** Whether this is 0.0.0.0 or ::. */
    public boolean isUnspecified() {
        return high == 0 && low == 0;
    }

    /** Whether this is 127.0.0.0/8 or ::1. */
    public boolean isLoopback() {
        return isIpv4() ? low >>> 24 == 127 : high == 0 && low == 1;
    }

    /** The address {@code offset} further on; wraps around at the end of the family. */
    public IpAddress plus(long offset) {
        if (isIpv4()) {
            return ofIpv4((int) (low + offset));
        }
        long sum = low + offset;
        long carry = offset >= 0
                ? (Long.compareUnsigned(sum, low) < 0 ? 1 : 0)
                : (Long.compareUnsigned(sum, low) > 0 ? -1 : 0);
        return ofIpv6(high + carry, sum);
    }

    @Override
    public int compareTo(IpAddress other) {
        if (family != other.family) {
            return family.compareTo(other.family);
        }
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** Dotted decimal, or the canonical text of RFC 5952. */
    @Override
    public String toString() {
        if (isIpv4()) {
            return (low >>> 24) + "." + (low >>> 16 & 0xff) + "." + (low >>> 8 & 0xff) + "." + (low & 0xff);
        }
        if (high == 0 && low >>> 32 == 0xffff) {
            return "::ffff:" + ofIpv4((int) low);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (int) ((i < 4 ? high : low) >>> (16 * (3 - i % 4)) & 0xffff);
        }
        return ipv6Text(groups);
    }

    private static String ipv6Text(int[] groups) {
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < 8; i++) {
            int length = 0;
            while (i + length < 8 && groups[i + length] == 0) {
                length++;
            }
            if (length > runLength) {
                runStart = i;
                runLength = length;
            }
            i += length;
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
                continue;
            }
            if (i > 0 && !(runStart >= 0 && i == runStart + runLength)) {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }

    private static int parseIpv4(String text, String whole) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            throw notAnAddress(whole);
        }
        int bits = 0;
        for (String part : parts) {
            if (part.isEmpty() || part.length() > 3 || (part.length() > 1 && part.charAt(0) == '0')) {
                throw notAnAddress(whole);
            }
            int value = 0;
            for (int i = 0; i < part.length(); i++) {
                char c = part.charAt(i);
                if (c < '0' || c > '9') {
                    throw notAnAddress(whole);
                }
                value = value * 10 + (c - '0');
            }
            if (value > 255) {
                throw notAnAddress(whole);
            }
            bits = bits << 8 | value;
        }
        return bits;
    }

    private static IpAddress parseIpv6(String text) {
        if (text.length() > 45) {
            throw notAnAddress(text);
        }
        int gap = text.indexOf("::");
        List<Integer> head = gap < 0 ? groups(text, text) : groups(text.substring(0, gap), text);
        List<Integer> tail = gap < 0 ? List.of() : groups(text.substring(gap + 2), text);
        int missing = 8 - head.size() - tail.size();
        if (gap < 0 ? missing != 0 : missing < 1) {
            throw notAnAddress(text);
        }
        long[] words = new long[2];
        for (int i = 0; i < 8; i++) {
            int group =
                    i < head.size() ? head.get(i) : i < head.size() + missing ? 0 : tail.get(i - head.size() - missing);
            words[i / 4] = words[i / 4] << 16 | group;
        }
        return ofIpv6(words[0], words[1]);
    }

    private static List<Integer> groups(String text, String whole) {
        List<Integer> groups = new ArrayList<>(8);
        if (text.isEmpty()) {
            return groups;
        }
        String[] parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (i == parts.length - 1 && part.indexOf('.') >= 0) {
                int ipv4 = parseIpv4(part, whole);
                groups.add(ipv4 >>> 16);
                groups.add(ipv4 & 0xffff);
                continue;
            }
            if (part.isEmpty() || part.length() > 4) {
                throw notAnAddress(whole);
            }
            int value = 0;
            for (int j = 0; j < part.length(); j++) {
                int digit = part.charAt(j) < 128 ? Character.digit(part.charAt(j), 16) : -1;
                if (digit < 0) {
                    throw notAnAddress(whole);
                }
                value = value << 4 | digit;
            }
            groups.add(value);
        }
        return groups;
    }

    private static InvalidException notAnAddress(String text) {
        return new InvalidException("ip_address", "'" + text + "' is not a valid IP address");
    }
}
