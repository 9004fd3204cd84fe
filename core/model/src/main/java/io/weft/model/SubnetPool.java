package io.weft.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * Addresses that subnets are taken from, so that no two of them overlap (Neutron API v2.0, Subnet pools).
 *
 * @param meta what every resource has
 * @param sharing who may use it besides its owner
 * @param isDefault whether subnets are taken from it that ask for the default pool of its family
 * @param family which addresses it holds
 * @param prefixes its addresses, in as few blocks as there can be, in order; may be empty
 * @param minLength the shortest prefix length, in bits, of a subnet of it
 * @param maxLength the longest
 * @param defaultLength that of subnets that do not say; from the shortest to the longest
 * @param defaultQuota how much of it each project may have: in IPv4 so many addresses, in IPv6 so many blocks of 64 bits;
 *     empty for as much as there is
 * @param addressScope the address scope that it is in
 */
public record SubnetPool(
        Meta meta,
        Sharing sharing,
        boolean isDefault,
        IpFamily family,
        List<IpPrefix> prefixes,
        int minLength,
        int maxLength,
        int defaultLength,
        OptionalInt defaultQuota,
        Optional<UUID> addressScope)
        implements Shareable {
    public SubnetPool {
        prefixes = PrefixSet.of(family, prefixes).prefixes();
        Rules.require("min_prefixlen", 0 <= minLength && minLength <= maxLength, "must be from 0 to max_prefixlen");
        Rules.require("max_prefixlen", maxLength <= family.bits(), "must be at most " + family.bits());
        Rules.require(
                "default_prefixlen",
                minLength <= defaultLength && defaultLength <= maxLength,
                "must be from min_prefixlen to max_prefixlen");
        Rules.require("default_quota", defaultQuota.isEmpty() || defaultQuota.getAsInt() >= 0, "must not be negative");
    }

    /**
     * A pool of no address scope, for its owner alone or for everyone.
     *
     * @param shared whether every project may use it
     */
    public SubnetPool(
            Meta meta,
            boolean shared,
            boolean isDefault,
            IpFamily family,
            List<IpPrefix> prefixes,
            int minLength,
            int maxLength,
            int defaultLength,
            OptionalInt defaultQuota) {
        this(
                meta,
                Sharing.implied(meta, shared, false),
                isDefault,
                family,
                prefixes,
                minLength,
                maxLength,
                defaultLength,
                defaultQuota,
                Optional.empty());
    }

    /** The same with these addresses. */
    public SubnetPool withPrefixes(List<IpPrefix> newPrefixes) {
        return new SubnetPool(
                meta,
                sharing,
                isDefault,
                family,
                newPrefixes,
                minLength,
                maxLength,
                defaultLength,
                defaultQuota,
                addressScope);
    }

    /** The pool's addresses. */
    public PrefixSet space() {
        return PrefixSet.of(family, prefixes);
    }

    /** Whether a subnet is of this pool. */
    public boolean gave(Subnet subnet) {
        return subnet.subnetPool().filter(id()::equals).isPresent();
    }

    @Override
    public SubnetPool withMeta(Meta newMeta) {
        return new SubnetPool(
                newMeta,
                sharing,
                isDefault,
                family,
                prefixes,
                minLength,
                maxLength,
                defaultLength,
                defaultQuota,
                addressScope);
    }

    @Override
    public SubnetPool withSharing(Sharing newSharing) {
        return new SubnetPool(
                meta,
                newSharing,
                isDefault,
                family,
                prefixes,
                minLength,
                maxLength,
                defaultLength,
                defaultQuota,
                addressScope);
    }

    @Override
    public Kind kind() {
        return Kind.SUBNET_POOL;
    }
}
