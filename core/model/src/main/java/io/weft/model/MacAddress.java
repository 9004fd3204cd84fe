package io.weft.model;

/**
 * A 48-bit MAC address.
 *
 * @param bits the address in the lower 48 bits
 */
public record MacAddress(long bits) implements Comparable<MacAddress> {
    public MacAddress {
        if (bits >>> 48 != 0) {
            throw new IllegalArgumentException("a MAC address has 48 bits");
        }
    }

    /**
     * Reads six hexadecimal pairs that are separated by colons or by hyphens.
     *
     * @throws InvalidException when the text is no such address; the field is {@code mac_address}
     */
    public static MacAddress parse(String text) {
        if (text.length() != 17) {
            throw notAnAddress(text);
        }
        char separator = text.charAt(2);
        if (separator != ':' && separator != '-') {
            throw notAnAddress(text);
        }
        long bits = 0;
        for (int i = 0; i < 17; i++) {
            char c = text.charAt(i);
            if (i % 3 == 2) {
                if (c != separator) {
                    throw notAnAddress(text);
                }
                continue;
            }
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw notAnAddress(text);
            }
            bits = bits << 4 | digit;
        }
        return new MacAddress(bits);
    }

    /** The six bytes in the order of the wire. */
    public byte[] toBytes() {
        byte[] bytes = new byte[6];
        for (int i = 0; i < 6; i++) {
            bytes[i] = (byte) (bits >>> (8 * (5 - i)));
        }
        return bytes;
    }

    /** Whether the group bit is set: multicast or broadcast. */
    public boolean isMulticast() {
        return (bits >>> 40 & 1) == 1;
    }

    /** The interface identifier that SLAAC makes of it (modified EUI-64, RFC 4291 appendix A). */
    public long eui64() {
        return ((bits & 0xffffff000000L) << 16 | 0xfffe000000L | bits & 0xffffffL) ^ 1L << 57;
    }

    /** The address that SLAAC gives to this MAC in a 64-bit prefix (RFC 4862 section 5.5.3). */
    public IpAddress eui64Address(IpPrefix prefix) {
        return IpAddress.ofIpv6(prefix.address().high(), eui64());
    }

    @Override
    public int compareTo(MacAddress other) {
        return Long.compare(bits, other.bits);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            long pair = bits >>> shift & 0xff;
            if (pair < 16) {
                text.append('0');
            }
            text.append(Long.toHexString(pair));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }

    private static InvalidException notAnAddress(String text) {
        return new InvalidException("mac_address", "'" + text + "' is not a valid MAC address");
    }
}
