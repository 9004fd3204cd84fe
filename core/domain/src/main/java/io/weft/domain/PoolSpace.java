package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.PrefixSet;
import io.weft.model.Resource;
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import io.weft.store.Bytes;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Takes the addresses of new subnets from pools. Whoever takes some compares the pool's {@code used/} key and writes it:
 * of those who take from one pool at once, one is first, and the others look again.
 */
final class PoolSpace {
    /** A project's quota counts whole addresses in IPv4, and blocks of 64 bits in IPv6, as Neutron's does. */
    private static final int QUOTA_LENGTH_IPV4 = 32;

    private static final int QUOTA_LENGTH_IPV6 = 64;

    private PoolSpace() {}

    /**
     * The block that a subnet gets, and the pool that it is of.
     *
     * @param cidr the block
     * @param poolId the pool; empty for a block that was named without one
     */
    record Taken(IpPrefix cidr, Optional<UUID> poolId) {}

    /**
     * Decides on the block of a new subnet.
     *
     * @param sameRequest the subnets that this plan makes already
     */
    static Taken take(Plan plan, Caller caller, NewSubnet wanted, List<Subnet> sameRequest) {
        return switch (wanted.cidr()) {
            case CidrChoice.Given(IpPrefix cidr) -> new Taken(cidr, Optional.empty());
            case CidrChoice.OfPool choice -> {
                SubnetPool pool = pool(plan, caller, choice);
                plan.requireUnchanged(pool);
                String use = Layout.subnetPoolUse(pool.id());
                plan.requireUnchanged(use);
                if (!plan.writes(use)) {
                    plan.put(use, Bytes.EMPTY);
                }
                yield new Taken(block(plan, wanted, choice, pool, sameRequest), Optional.of(pool.id()));
            }
        };
    }

    private static SubnetPool pool(Plan plan, Caller caller, CidrChoice.OfPool choice) {
        SubnetPool pool = choice.poolId().isPresent()
                ? Access.subnetPool(plan.world(), caller, choice.poolId().get())
                : plan.world()
                        .defaultSubnetPool(choice.family())
                        .filter(found -> Access.sees(plan.world(), caller, found))
                        .orElseThrow(() -> Problem.BAD_REQUEST.with(
                                "subnets",
                                "No default subnetpool found for IPv"
                                        + choice.family().version()));
        if (pool.family() != choice.family()) {
            throw Problem.BAD_REQUEST.with(
                    "subnets",
                    "Cannot allocate IPv" + choice.family().version() + " subnet from IPv"
                            + pool.family().version() + " subnet pool");
        }
        return pool;
    }

    private static IpPrefix block(
            Plan plan, NewSubnet wanted, CidrChoice.OfPool choice, SubnetPool pool, List<Subnet> sameRequest) {
        Optional<IpPrefix> asked = asked(wanted, choice, pool);
        int length = asked.map(IpPrefix::length).orElseGet(() -> choice.length().orElse(pool.defaultLength()));
        if (length > pool.maxLength()) {
            throw Problem.MAX_PREFIX_SUBNET_ALLOCATION_ERROR.with(length, pool.maxLength());
        }
        if (length < pool.minLength()) {
            throw Problem.MIN_PREFIX_SUBNET_ALLOCATION_ERROR.with(length, pool.minLength());
        }
        requireQuota(plan, wanted.project(), pool, length, sameRequest);
        PrefixSet given = plan.world().givenOf(pool);
        for (Subnet subnet : sameRequest) {
            given = pool.gave(subnet) ? given.with(subnet.cidr()) : given;
        }
        if (asked.isEmpty()) {
            return given.gap(pool.prefixes(), length)
                    .orElseThrow(() -> Problem.SUBNET_ALLOCATION_ERROR.with(
                            "Insufficient prefix space to allocate subnet size /" + length));
        }
        if (!pool.space().covers(asked.get()) || given.meets(asked.get())) {
            throw Problem.SUBNET_ALLOCATION_ERROR.with(
                    "Cannot allocate requested subnet from the available set of prefixes");
        }
        return asked.get();
    }

    /** A gateway that is named without a block asks for the block that it is in, as in Neutron. */
    private static Optional<IpPrefix> asked(NewSubnet wanted, CidrChoice.OfPool choice, SubnetPool pool) {
        if (choice.cidr().isPresent() || !(wanted.gateway() instanceof GatewayChoice.At(IpAddress gateway))) {
            return choice.cidr();
        }
        int length = choice.length().orElse(pool.defaultLength());
        if (gateway.family() != pool.family() || length > pool.family().bits()) {
            throw Problem.INVALID_INPUT.with("gateway_ip '" + gateway + "' is in no block of /" + length + " in IPv"
                    + pool.family().version());
        }
        return Optional.of(new IpPrefix(gateway, length));
    }

    private static void requireQuota(Plan plan, String project, SubnetPool pool, int length, List<Subnet> sameRequest) {
        int quota = pool.defaultQuota().orElse(0);
        if (quota == 0) {
            return;
        }
        Collection<Subnet> candidates = plan.world().countOfProject(Resource.Kind.SUBNET, project)
                        < plan.world().subnetCountOfPool(pool.id())
                ? plan.world().subnetsOfProject(project)
                : plan.world().subnetsOfPool(pool.id());
        BigInteger used = addresses(pool, length);
        for (Collection<Subnet> subnets : List.of(candidates, sameRequest)) {
            for (Subnet subnet : subnets) {
                if (pool.gave(subnet) && subnet.project().equals(project)) {
                    used = used.add(addresses(pool, subnet.cidr().length()));
                }
            }
        }
        int unit = pool.family().bits() == QUOTA_LENGTH_IPV4 ? QUOTA_LENGTH_IPV4 : QUOTA_LENGTH_IPV6;
        if (used.compareTo(BigInteger.valueOf(quota).multiply(addresses(pool, unit))) > 0) {
            throw Problem.SUBNET_POOL_QUOTA_EXCEEDED.with();
        }
    }

    private static BigInteger addresses(SubnetPool pool, int length) {
        return BigInteger.ONE.shiftLeft(pool.family().bits() - length);
    }

    /**
     * The subnets of one family on a network are all of one pool, or none of them is of any.
     *
     * @param others those on the network
     */
    static void requireOnePool(Taken taken, Collection<Subnet> others) {
        for (Subnet other : others) {
            if (other.family() == taken.cidr().family() && !other.subnetPool().equals(taken.poolId())) {
                throw Problem.NETWORK_SUBNET_POOL_AFFINITY.with();
            }
        }
    }
}
