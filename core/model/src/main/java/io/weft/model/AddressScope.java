package io.weft.model;

/**
 * Addresses that mean the same wherever they are used (Neutron API v2.0, Address scopes): no two subnet pools of a scope have
 * the same ones, and routers lead packets between networks of one scope as they are, and to others translated or not at all.
 *
 * @param meta what every resource has
 * @param family which addresses it is about
 * @param sharing who may have subnet pools in it besides its owner
 */
public record AddressScope(Meta meta, IpFamily family, Sharing sharing) implements Shareable {
    @Override
    public AddressScope withMeta(Meta newMeta) {
        return new AddressScope(newMeta, family, sharing);
    }

    @Override
    public AddressScope withSharing(Sharing newSharing) {
        return new AddressScope(meta, family, newSharing);
    }

    @Override
    public Kind kind() {
        return Kind.ADDRESS_SCOPE;
    }
}
