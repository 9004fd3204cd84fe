package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.IpPrefix;
import io.weft.model.Network;
import io.weft.model.PrefixSet;
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import io.weft.store.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Makes subnets that there are already ones of a subnet pool (Neutron's subnet_onboard): all of one family on a network, so
 * that they stay of one pool.
 */
public final class SubnetOnboarding {
    private final Transactor transactor;
    private final Stamp stamp;

    SubnetOnboarding(Transactor transactor, Stamp stamp) {
        this.transactor = transactor;
        this.stamp = stamp;
    }

    /**
     * Takes the subnets of the pool's family on a network into the pool, whose addresses become more by theirs. Whoever asks
     * needs the network for its own: what its addresses mean to routers changes with the pool's address scope. No quota of the
     * pool is looked at, as in Neutron; what the subnets have counts for the next ones.
     *
     * @return the subnets
     */
    public List<Subnet> onboard(Caller caller, UUID poolId, UUID networkId) {
        return transactor.run(plan -> {
            SubnetPool before = Access.subnetPool(plan.world(), caller, poolId);
            Network network = Access.network(plan.world(), caller, networkId);
            if (!caller.owns(network.project())) {
                throw Problem.NOT_AUTHORIZED.with("rule:onboard_network_subnets");
            }
            plan.requireExists(Layout.record(network));
            plan.requireNoneWritten(Layout.subnets(networkId));
            List<Subnet> subnets = plan.world().subnetsOf(networkId).stream()
                    .filter(subnet -> subnet.family() == before.family())
                    .toList();
            if (subnets.isEmpty()) {
                return subnets;
            }
            grow(plan, caller, before, subnets);
            List<Subnet> inside = new ArrayList<>(subnets.size());
            for (Subnet subnet : subnets) {
                Subnet moved = subnet.withSubnetPool(poolId).withMeta(stamp.touch(subnet.meta()));
                plan.update(subnet, moved);
                inside.add(moved);
            }
            plan.update(network, network.withMeta(stamp.touch(network.meta())));
            return inside;
        });
    }

    private void grow(Plan plan, Caller caller, SubnetPool before, List<Subnet> subnets) {
        PrefixSet given = plan.world().givenOf(before);
        List<IpPrefix> prefixes = new ArrayList<>(before.prefixes());
        for (Subnet subnet : subnets) {
            if (given.meets(subnet.cidr())) {
                throw Problem.ILLEGAL_SUBNET_POOL_UPDATE.with("Onboarding subnet " + subnet.id() + ": " + subnet.cidr()
                        + " conflicts with allocated prefixes in subnet pool " + before.id());
            }
            prefixes.add(subnet.cidr());
        }
        SubnetPool after = SubnetPools.checked(before.withPrefixes(prefixes));
        SubnetPools.requireScope(plan, caller, before, after);
        plan.update(before, after.withMeta(stamp.touch(after.meta())));
        String use = Layout.subnetPoolUse(before.id());
        plan.requireUnchanged(use);
        plan.put(use, Bytes.EMPTY);
    }
}
