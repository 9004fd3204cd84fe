package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.Pool;
import io.weft.model.World;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Load balancers (Octavia API v2). What a load balancer has goes with it only where that is asked for; its port comes and goes
 * with it, or is given back to whom it belongs ({@link VipPorts}).
 */
public final class LoadBalancers {
    /** The most listeners, and as many pools, that one transaction removes. */
    private static final int MOST_AT_ONCE = 100;

    /** The most members of all pools that one transaction removes. */
    private static final int MOST_MEMBERS_AT_ONCE = 1000;

    private final Transactor transactor;
    private final Supplier<World> world;
    private final VipPorts ports;
    private final LoadBalancerPools pools;
    private final Stamp stamp;

    LoadBalancers(Transactor transactor, Supplier<World> world, VipPorts ports, LoadBalancerPools pools, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.ports = ports;
        this.pools = pools;
        this.stamp = stamp;
    }

    /** Makes a load balancer. */
    public LoadBalancer create(Caller caller, NewLoadBalancer wanted) {
        return transactor.run(plan -> {
            UUID id = Stamp.newId();
            VipPorts.Vip vip = ports.take(plan, caller, id, wanted);
            LoadBalancer made = new LoadBalancer(
                    stamp.create(id, wanted.project(), wanted.labels()),
                    vip.port().id(),
                    vip.port().networkId(),
                    vip.fixedIp().subnetId(),
                    vip.fixedIp().address(),
                    wanted.adminStateUp(),
                    vip.own());
            plan.requireWriter(WriterFormat.LOAD_BALANCERS);
            plan.create(made);
            plan.count(made.project(), QuotaResource.LOAD_BALANCER, 1);
            return made;
        });
    }

    /** Changes a load balancer's own attributes. */
    public LoadBalancer update(Caller caller, UUID id, LabelsUpdate labels, Optional<Boolean> adminStateUp) {
        return transactor.run(plan -> {
            LoadBalancer before = Access.loadBalancer(plan.world(), caller, id);
            LoadBalancer after = new LoadBalancer(
                    labels.of(stamp, before),
                    before.portId(),
                    before.networkId(),
                    before.subnetId(),
                    before.address(),
                    adminStateUp.orElse(before.adminStateUp()),
                    before.portIsOwn());
            if (after.equals(before)) {
                return before;
            }
            LoadBalancer touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(before, touched);
            return touched;
        });
    }

    /**
     * Removes a load balancer. Where it has more than one transaction may remove, some of it goes before the rest.
     *
     * @param cascade whether its listeners and pools go with it; otherwise it must have none
     */
    public void delete(Caller caller, UUID id, boolean cascade) {
        boolean more = cascade;
        while (more) {
            more = transactor.run(plan -> thin(plan, Access.loadBalancer(plan.world(), caller, id)));
        }
        transactor.run(plan -> {
            LoadBalancer loadBalancer = Access.loadBalancer(plan.world(), caller, id);
            List<Listener> listeners = plan.world().listenersOf(id);
            List<Pool> owned = plan.world().poolsOf(id);
            if (!cascade && !(listeners.isEmpty() && owned.isEmpty())) {
                throw Problem.LOAD_BALANCER_HAS_CHILDREN.with(id);
            }
            plan.requireNoneWritten(Layout.listeners(id));
            plan.requireNoneWritten(Layout.pools(id));
            listeners.forEach(listener -> Listeners.remove(plan, listener));
            owned.forEach(pool -> pools.remove(plan, pool));
            ports.leave(plan, loadBalancer);
            plan.delete(loadBalancer);
            plan.count(loadBalancer.project(), QuotaResource.LOAD_BALANCER, -1);
            return id;
        });
    }

    /** Takes away some of what is too much for one transaction; false when nothing is. */
    private boolean thin(Plan plan, LoadBalancer loadBalancer) {
        List<Listener> listeners = plan.world().listenersOf(loadBalancer.id());
        if (listeners.size() > MOST_AT_ONCE) {
            listeners.stream().limit(MOST_AT_ONCE).forEach(listener -> Listeners.remove(plan, listener));
            return true;
        }
        List<Pool> owned = plan.world().poolsOf(loadBalancer.id());
        int members = owned.stream()
                .mapToInt(pool -> plan.world().memberCountOf(pool.id()))
                .sum();
        if (owned.size() > MOST_AT_ONCE || members > MOST_MEMBERS_AT_ONCE) {
            pools.release(plan, owned.getFirst());
            return true;
        }
        return false;
    }

    /** The load balancer, if the caller may see it. */
    public LoadBalancer show(Caller caller, UUID id) {
        return Access.loadBalancer(world.get(), caller, id);
    }
}
