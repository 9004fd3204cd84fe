package io.weft.model;

import java.util.List;
import java.util.OptionalInt;

/**
 * Addresses that subnets are taken from, so that no two of them overlap (Neutron API v2.0, Subnet pools).
 *
 * @param meta what every resource has
 * @param shared whether every project may use it
 * @param isDefault whether subnets are taken from it that ask for the default pool of its family
 * @param family which addresses it holds
 * @param prefixes its addresses, in as few blocks as there can be, in order; may be empty
 * @param minLength the shortest prefix length, in bits, of a subnet of it
 * @param maxLength the longest
 * @param defaultLength that of subnets that do not say; from the shortest to the longest
 * @param defaultQuota how much of it each project may have: in IPv4 so many addresses, in IPv6 so many blocks of 64 bits;
 *     empty for as much as there is
 */
public record SubnetPool(
        Meta meta,
        boolean shared,
        boolean isDefault,
        IpFamily family,
        List<IpPrefix> prefixes,
        int minLength,
        int maxLength,
        int defaultLength,
        OptionalInt defaultQuota)
        implements Resource {
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

    /** The same with these addresses. */
    public SubnetPool withPrefixes(List<IpPrefix> newPrefixes) {
        return new SubnetPool(
                meta, shared, isDefault, family, newPrefixes, minLength, maxLength, defaultLength, defaultQuota);
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
                newMeta, shared, isDefault, family, prefixes, minLength, maxLength, defaultLength, defaultQuota);
    }

    @Override
    public Kind kind() {
        return Kind.SUBNET_POOL;
    }
}
