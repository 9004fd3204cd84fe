package io.weft.domain.ipam;

import io.weft.domain.error.Problem;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.IpRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rules of allocation pools, gateways and reserved addresses (Neutron API v2.0, Subnets). */
public final class Pools {
    private static final int MAX_POOLS = 64;

    private Pools() {}

    /** The lowest address that a host may have: the first is the network's name, or the subnet-router anycast address (RFC 4291 section 2.6.1). */
    public static IpAddress firstHost(IpPrefix cidr) {
        return isPointToPoint(cidr) ? cidr.first() : cidr.first().plus(1);
    }

    /** The highest address that a host may have: in IPv4 the last is the broadcast address. */
    public static IpAddress lastHost(IpPrefix cidr) {
        return isPointToPoint(cidr) || cidr.last().isIpv6()
                ? cidr.last()
                : cidr.last().plus(-1);
    }

    /** Whether a host may have this address. */
    public static boolean isHost(IpPrefix cidr, IpAddress address) {
        return cidr.contains(address)
                && firstHost(cidr).compareTo(address) <= 0
                && address.compareTo(lastHost(cidr)) <= 0;
    }

    /** Blocks of one or two addresses have no reserved ones (RFC 3021, RFC 6164). */
    private static boolean isPointToPoint(IpPrefix cidr) {
        return cidr.family().bits() - cidr.length() <= 1;
    }

    /** The gateway when none is named: the first host, if there is more than one. */
    public static Optional<IpAddress> defaultGateway(IpPrefix cidr) {
        return cidr.length() == cidr.family().bits()
                ? Optional.empty()
                : Optional.of(cidr.first().plus(1));
    }

    /** The pools when none are named: every host but the gateway. */
    public static List<IpRange> defaultPools(IpPrefix cidr, Optional<IpAddress> gateway) {
        IpAddress first = firstHost(cidr);
        IpAddress last = lastHost(cidr);
        IpAddress hole = gateway.filter(g -> isHost(cidr, g)).orElse(null);
        if (hole == null) {
            return List.of(new IpRange(first, last));
        }
        List<IpRange> pools = new ArrayList<>(2);
        if (first.compareTo(hole) < 0) {
            pools.add(new IpRange(first, hole.plus(-1)));
        }
        if (hole.compareTo(last) < 0) {
            pools.add(new IpRange(hole.plus(1), last));
        }
        return pools;
    }

    /** Checks pools that a tenant named. */
    public static void check(IpPrefix cidr, List<IpRange> pools) {
        if (pools.size() > MAX_POOLS) {
            throw Problem.INVALID_INPUT.with("a subnet has at most " + MAX_POOLS + " allocation pools");
        }
        for (int i = 0; i < pools.size(); i++) {
            IpRange pool = pools.get(i);
            if (pool.first().family() != cidr.family()) {
                throw Problem.INVALID_ALLOCATION_POOL.with(pool);
            }
            if (!isHost(cidr, pool.first()) || !isHost(cidr, pool.last())) {
                throw Problem.OUT_OF_BOUNDS_ALLOCATION_POOL.with(pool, cidr);
            }
            for (int j = 0; j < i; j++) {
                if (pool.overlaps(pools.get(j))) {
                    throw Problem.OVERLAPPING_ALLOCATION_POOLS.with(pools.get(j), pool, cidr);
                }
            }
        }
    }

    /** Checks a gateway against its subnet and the pools. */
    public static void checkGateway(IpPrefix cidr, Optional<IpAddress> gateway, List<IpRange> pools) {
        if (gateway.isEmpty()) {
            return;
        }
        IpAddress address = gateway.get();
        if (address.family() != cidr.family()) {
            throw Problem.INVALID_INPUT.with("gateway_ip '" + address + "' does not match the ip_version '"
                    + cidr.family().version() + "'");
        }
        if (address.isUnspecified()
                || address.isMulticast()
                || address.isLoopback()
                || (cidr.contains(address) && !isHost(cidr, address))) {
            throw Problem.INVALID_INPUT.with("Gateway is not valid on subnet");
        }
        for (IpRange pool : pools) {
            if (pool.contains(address)) {
                throw Problem.GATEWAY_CONFLICT_WITH_POOLS.with(address, pool);
            }
        }
    }
}
