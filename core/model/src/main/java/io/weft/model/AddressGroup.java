package io.weft.model;

import java.util.List;

/**
 * Blocks of addresses that rules name as one (Neutron API v2.0, Address groups).
 *
 * @param meta what every resource has
 * @param addresses the blocks, of either family, sorted and without duplicates; they may overlap
 */
public record AddressGroup(Meta meta, List<IpPrefix> addresses) implements Resource {
    /** The most blocks of a group; bounds what a change of it takes in a transaction. */
    public static final int MAX_ADDRESSES = 8192;

    public AddressGroup {
        addresses = addresses.stream().sorted().distinct().toList();
        Rules.require(
                "addresses",
                addresses.size() <= MAX_ADDRESSES,
                "an address group has at most " + MAX_ADDRESSES + " addresses");
    }

    @Override
    public AddressGroup withMeta(Meta newMeta) {
        return new AddressGroup(newMeta, addresses);
    }

    @Override
    public Kind kind() {
        return Kind.ADDRESS_GROUP;
    }
}
