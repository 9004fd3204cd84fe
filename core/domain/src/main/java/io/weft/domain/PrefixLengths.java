package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.model.IpFamily;
import io.weft.model.SubnetPool;
import java.util.OptionalInt;

/**
 * How long the prefixes of a pool's subnets may be, in bits, as far as somebody said so.
 *
 * @param minimum the shortest
 * @param maximum the longest
 * @param standard that of subnets that do not say
 */
public record PrefixLengths(OptionalInt minimum, OptionalInt maximum, OptionalInt standard) {
    /** Nothing was said. */
    public static final PrefixLengths NONE =
            new PrefixLengths(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());

    private static final int SHORTEST_IPV4 = 8;
    private static final int SHORTEST_IPV6 = 64;

    /** With Neutron's defaults for what was not said: a subnet that does not say gets the most addresses. */
    Checked orDefaults(IpFamily family) {
        int shortest = minimum.orElse(family == IpFamily.IPV4 ? SHORTEST_IPV4 : SHORTEST_IPV6);
        return checked(family, shortest, maximum.orElse(family.bits()), standard.orElse(shortest));
    }

    /** With those of a pool for what was not said. */
    Checked or(SubnetPool pool) {
        return checked(
                pool.family(),
                minimum.orElse(pool.minLength()),
                maximum.orElse(pool.maxLength()),
                standard.orElse(pool.defaultLength()));
    }

    private static Checked checked(IpFamily family, int minimum, int maximum, int standard) {
        requireOrder("min_prefixlen", minimum, "max_prefixlen", maximum, minimum <= maximum);
        requireOrder("max_prefixlen", maximum, "ip_version_max", family.bits(), maximum <= family.bits());
        requireOrder("default_prefixlen", standard, "min_prefixlen", minimum, minimum <= standard);
        requireOrder("default_prefixlen", standard, "max_prefixlen", maximum, standard <= maximum);
        return new Checked(minimum, maximum, standard);
    }

    private static void requireOrder(String name, int length, String otherName, int otherLength, boolean holds) {
        if (!holds) {
            throw Problem.ILLEGAL_SUBNET_POOL_PREFIX_BOUNDS.with(name, length, otherName, otherLength);
        }
    }

    /** All three, in order. */
    record Checked(int minimum, int maximum, int standard) {}
}
