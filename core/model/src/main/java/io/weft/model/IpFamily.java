package io.weft.model;

/** The two address families. */
public enum IpFamily {
    IPV4(4, 32),
    IPV6(6, 128);

    private final int version;
    private final int bits;

    IpFamily(int version, int bits) {
        this.version = version;
        this.bits = bits;
    }

    /** The version number in the packet header: 4 or 6. */
    public int version() {
        return version;
    }

    /** The length of an address in bits. */
    public int bits() {
        return bits;
    }

    /** The length of an address in bytes. */
    public int bytes() {
        return bits / 8;
    }

    /** The family with this version number. */
    public static IpFamily ofVersion(int version) {
        return switch (version) {
            case 4 -> IPV4;
            case 6 -> IPV6;
            default -> throw new InvalidException("ip_version", "must be 4 or 6, is " + version);
        };
    }
}
