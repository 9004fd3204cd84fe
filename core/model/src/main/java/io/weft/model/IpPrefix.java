package io.weft.model;

/**
 * A block of addresses in CIDR form. The host bits are zero.
 *
 * @param address the first address of the block
 * @param length the number of leading bits that all addresses share
 */
public record IpPrefix(IpAddress address, int length) implements Comparable<IpPrefix> {
    public IpPrefix {
        if (length < 0 || length > address.family().bits()) {
            throw new InvalidException(
                    "cidr",
                    "the prefix length must be between 0 and "
                            + address.family().bits() + ", is " + length);
        }
        address = masked(address, length);
    }

    /**
     * Reads {@code ADDRESS/LENGTH}; without a length the block is the single address. Host bits are cleared.
     *
     * @throws InvalidException when the text is no such block; the field is {@code cidr}
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        try {
            IpAddress address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
            int length = slash < 0 ? address.family().bits() : parseLength(text.substring(slash + 1));
            return new IpPrefix(address, length);
        } catch (InvalidException e) {
            throw new InvalidException("cidr", "'" + text + "' is not a valid IP prefix");
        }
    }

    private static int parseLength(String text) {
        if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new InvalidException("cidr", "no prefix length");
        }
        return Integer.parseInt(text);
    }

    private static IpAddress masked(IpAddress address, int length) {
        if (address.isIpv4()) {
            return IpAddress.ofIpv4(length == 0 ? 0 : address.ipv4Bits() & -1 << (32 - length));
        }
        long highMask = length == 0 ? 0 : length >= 64 ? -1L : -1L << (64 - length);
        long lowMask = length <= 64 ? 0 : -1L << (128 - length);
        return IpAddress.ofIpv6(address.high() & highMask, address.low() & lowMask);
    }

    public IpFamily family() {
        return address.family();
    }

    /** The first address: the block's own name. */
    public IpAddress first() {
        return address;
    }

    /** The last address: in IPv4 the broadcast address. */
    public IpAddress last() {
        if (family() == IpFamily.IPV4) {
            return IpAddress.ofIpv4(length == 0 ? -1 : address.ipv4Bits() | ~(-1 << (32 - length)));
        }
        long highMask = length == 0 ? -1L : length >= 64 ? 0 : ~(-1L << (64 - length));
        long lowMask = length <= 64 ? -1L : ~(-1L << (128 - length));
        return IpAddress.ofIpv6(address.high() | highMask, address.low() | (length == 128 ? 0 : lowMask));
    }

    public boolean contains(IpAddress other) {
        return other.family() == family() && masked(other, length).equals(address);
    }

    public boolean contains(IpPrefix other) {
        return other.length >= length && contains(other.address);
    }

    public boolean overlaps(IpPrefix other) {
        return contains(other) || other.contains(this);
    }

    @Override
    public int compareTo(IpPrefix other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(length, other.length);
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }
}
