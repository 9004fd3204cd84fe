package io.weft.model;

import java.util.List;

/**
 * Blocks of addresses that rules name as one (Neutron API v2.0, Address groups).
 *
 * @param meta what every resource has
 * @param addresses the blocks, of either family, sorted and without duplicates; they may overlap
 * @param sharing who may use it besides its owner
 */
public record AddressGroup(Meta meta, List<IpPrefix> addresses, Sharing sharing) implements Shareable {
    /** The most blocks of a group; bounds what a change of it takes in a transaction. */
    public static final int MAX_ADDRESSES = 8192;

    public AddressGroup {
        addresses = addresses.stream().sorted().distinct().toList();
        Rules.require(
                "addresses",
                addresses.size() <= MAX_ADDRESSES,
                "an address group has at most " + MAX_ADDRESSES + " addresses");
    }

    /** A group for its owner alone. */
    public AddressGroup(Meta meta, List<IpPrefix> addresses) {
        this(meta, addresses, Sharing.NONE);
    }

    @Override
    public AddressGroup withMeta(Meta newMeta) {
        return new AddressGroup(newMeta, addresses, sharing);
    }

    @Override
    public AddressGroup withSharing(Sharing newSharing) {
        return new AddressGroup(meta, addresses, newSharing);
    }

    @Override
    public Kind kind() {
        return Kind.ADDRESS_GROUP;
    }
}
