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
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** The pools of load balancers (Octavia API v2, Pools). A pool goes with its members, and listeners are left without it. */
public final class LoadBalancerPools {
    /** The most pools of a load balancer; bounds what its removal writes. */
    private static final int MOST = Listeners.MOST;

    private final Transactor transactor;
    private final Supplier<World> world;
    private final Stamp stamp;

    LoadBalancerPools(Transactor transactor, Supplier<World> world, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.stamp = stamp;
    }

    /** Makes a pool. */
    public Pool create(Caller caller, NewPool wanted) {
        return transactor.run(plan -> {
            Optional<Listener> listener = wanted.listenerId().map(id -> Access.listener(plan.world(), caller, id));
            UUID ownerId = listener.map(Listener::loadBalancerId)
                    .or(wanted::loadBalancerId)
                    .orElseThrow(() -> Problem.OCTAVIA_VALIDATION.with(
                            "Must provide at least one of: loadbalancer_id, listener_id"));
            if (wanted.loadBalancerId().filter(id -> !id.equals(ownerId)).isPresent()) {
                throw Problem.OCTAVIA_VALIDATION.with("loadbalancer_id: is not that of the listener");
            }
            LoadBalancer owner = Access.loadBalancer(plan.world(), caller, ownerId);
            plan.requireExists(Layout.record(owner));
            if (plan.world().poolsOf(ownerId).size() >= MOST) {
                throw Problem.OCTAVIA_VALIDATION.with("a load balancer has at most " + MOST + " pools");
            }
            Pool made = new Pool(
                    stamp.create(Stamp.newId(), owner.project(), wanted.labels()),
                    ownerId,
                    wanted.adminStateUp(),
                    wanted.protocol(),
                    wanted.affinity(),
                    wanted.locality());
            listener.ifPresent(of -> give(plan, of, made));
            plan.requireWriter(WriterFormat.of(made.protocol()));
            plan.requireWriter(WriterFormat.of(made.locality()));
            plan.create(made);
            plan.count(made.project(), QuotaResource.POOL, 1);
            return made;
        });
    }

    private void give(Plan plan, Listener listener, Pool pool) {
        if (listener.defaultPool().isPresent()) {
            throw Problem.DUPLICATE_POOL.with();
        }
        if (listener.protocol() != pool.protocol()) {
            throw Problem.OCTAVIA_VALIDATION.with(
                    "protocol: the pool has " + pool.protocol() + ", the listener " + listener.protocol());
        }
        lead(plan, listener, Optional.of(pool.id()));
    }

    /** A listener leads to this pool from now on. */
    private void lead(Plan plan, Listener listener, Optional<UUID> pool) {
        Listener after = listener.withDefaultPool(pool);
        plan.update(listener, after.withMeta(stamp.touch(after.meta())));
    }

    /** Changes a pool. */
    public Pool update(Caller caller, UUID id, PoolUpdate update) {
        return transactor.run(plan -> {
            Pool before = Access.pool(plan.world(), caller, id);
            Pool after = new Pool(
                    update.labels().of(stamp, before),
                    before.loadBalancerId(),
                    update.adminStateUp().orElse(before.adminStateUp()),
                    before.protocol(),
                    update.affinity().orElse(before.affinity()),
                    update.locality().orElse(before.locality()));
            if (after.equals(before)) {
                return before;
            }
            plan.requireWriter(WriterFormat.of(after.locality()));
            Pool touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(before, touched);
            return touched;
        });
    }

    /** Removes a pool with its members. */
    public void delete(Caller caller, UUID id) {
        transactor.run(plan -> {
            release(plan, Access.pool(plan.world(), caller, id));
            return id;
        });
    }

    /** Takes a pool out with its members; listeners that name it name none then. */
    void release(Plan plan, Pool pool) {
        // No listener has come to name it.
        plan.requireNoneWritten(Layout.listeners(pool.loadBalancerId()));
        plan.world().listenersOfPool(pool.id()).forEach(listener -> lead(plan, listener, Optional.empty()));
        remove(plan, pool);
    }

    /** The pool, if the caller may see it. */
    public Pool show(Caller caller, UUID id) {
        return Access.pool(world.get(), caller, id);
    }

    /** Takes a pool out with its members; listeners that name it are the caller's to change. */
    void remove(Plan plan, Pool pool) {
        plan.requireNoneWritten(Layout.poolMembers(pool.id()));
        plan.world().membersOf(pool.id()).forEach(member -> PoolMembers.remove(plan, member));
        plan.delete(pool);
        plan.count(pool.project(), QuotaResource.POOL, -1);
    }
}
