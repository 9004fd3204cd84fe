package io.weft.vrouter;

/** What a port's right to send from an address means; in the order of {@code enum port_address_kind}. */
@SuppressWarnings("EnumOrdinal") // the order is that of the C enum, which is the origin
public enum PortAddress {
    /** The port alone has it: its place is in the tables. */
    FIXED,
    /** An allowed address pair, which others may have too: its place is learned from ARP and ND. */
    SHARED;

    static final Codec<PortAddress> CODEC =
            new Codec<>(4, (value, out) -> out.putInt(value.ordinal()), in -> values()[in.getInt()]);
}
