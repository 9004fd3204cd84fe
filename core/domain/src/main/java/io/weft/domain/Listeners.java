package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.AllowedCallers;
import io.weft.model.BalancedProtocol;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.World;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** The listeners of load balancers (Octavia API v2, Listeners). */
public final class Listeners {
    /** The most listeners of a load balancer: all node ports of a cluster, of TCP and of UDP. Bounds what nodes hold of one. */
    static final int MOST = 6000;

    private final Transactor transactor;
    private final Supplier<World> world;
    private final Stamp stamp;

    Listeners(Transactor transactor, Supplier<World> world, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.stamp = stamp;
    }

    /** Makes a listener. */
    public Listener create(Caller caller, NewListener wanted) {
        return transactor.run(plan -> {
            LoadBalancer owner = Access.loadBalancer(plan.world(), caller, wanted.loadBalancerId());
            plan.requireExists(Layout.record(owner));
            if (plan.world().listenersOf(owner.id()).size() >= MOST) {
                throw Problem.OCTAVIA_VALIDATION.with("a load balancer has at most " + MOST + " listeners");
            }
            wanted.defaultPool()
                    .ifPresent(pool -> requirePool(plan, caller, owner.id(), wanted.protocol(), wanted.port(), pool));
            requireFamily(wanted.callers(), owner.address());
            Listener made = new Listener(
                    stamp.create(Stamp.newId(), owner.project(), wanted.labels()),
                    owner.id(),
                    wanted.adminStateUp(),
                    wanted.protocol(),
                    wanted.port(),
                    wanted.defaultPool(),
                    wanted.callers(),
                    wanted.nodeHealth());
            plan.takeOr(key(made), made.id(), Problem.DUPLICATE_LISTENER.with(made.protocol(), made.port()));
            plan.requireWriter(WriterFormat.of(made));
            plan.create(made);
            plan.count(made.project(), QuotaResource.LISTENER, 1);
            return made;
        });
    }

    /** Changes a listener. */
    public Listener update(Caller caller, UUID id, ListenerUpdate update) {
        return transactor.run(plan -> {
            Listener before = Access.listener(plan.world(), caller, id);
            update.defaultPool()
                    .flatMap(pool -> pool)
                    .filter(pool -> !before.defaultPool().equals(Optional.of(pool)))
                    .ifPresent(pool ->
                            requirePool(plan, caller, before.loadBalancerId(), before.protocol(), before.port(), pool));
            AllowedCallers callers = update.callers(before.callers());
            if (!callers.equals(before.callers())) {
                requireFamily(
                        callers,
                        Access.loadBalancer(plan.world(), caller, before.loadBalancerId())
                                .address());
                plan.requireWriter(WriterFormat.of(before.withCallers(callers)));
            }
            Listener after = new Listener(
                    update.labels().of(stamp, before),
                    before.loadBalancerId(),
                    update.adminStateUp().orElse(before.adminStateUp()),
                    before.protocol(),
                    before.port(),
                    update.defaultPool().orElse(before.defaultPool()),
                    callers,
                    before.nodeHealth());
            if (after.equals(before)) {
                return before;
            }
            Listener touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(before, touched);
            return touched;
        });
    }

    /** Removes a listener; its pool stays. */
    public void delete(Caller caller, UUID id) {
        transactor.run(plan -> {
            remove(plan, Access.listener(plan.world(), caller, id));
            return id;
        });
    }

    /** The listener, if the caller may see it. */
    public Listener show(Caller caller, UUID id) {
        return Access.listener(world.get(), caller, id);
    }

    static void remove(Plan plan, Listener listener) {
        plan.delete(listener);
        plan.release(key(listener));
        plan.count(listener.project(), QuotaResource.LISTENER, -1);
    }

    private static String key(Listener listener) {
        return Layout.listening(listener.loadBalancerId(), listener.protocol(), listener.port());
    }

    /** Nobody of another family can call. */
    private static void requireFamily(AllowedCallers callers, IpAddress virtual) {
        for (IpPrefix cidr : callers.cidrs()) {
            if (cidr.family() != virtual.family()) {
                throw Problem.OCTAVIA_VALIDATION.with(
                        "allowed_cidrs: " + cidr + " is not of the family of the load balancer's address " + virtual);
            }
        }
    }

    /** A pool of the same load balancer and protocol, which stays. */
    private static void requirePool(
            Plan plan, Caller caller, UUID loadBalancer, BalancedProtocol protocol, int port, UUID poolId) {
        Pool pool = Access.pool(plan.world(), caller, poolId);
        if (!pool.loadBalancerId().equals(loadBalancer)) {
            throw Problem.OCTAVIA_VALIDATION.with("default_pool_id: pool " + poolId + " is of another load balancer");
        }
        if (pool.protocol() != protocol) {
            throw Problem.OCTAVIA_VALIDATION.with("default_pool_id: pool " + poolId + " has protocol " + pool.protocol()
                    + ", the listener " + protocol);
        }
        plan.requireExists(Layout.record(pool));
        if (protocol == BalancedProtocol.SCTP) {
            plan.requireNoneWritten(Layout.poolMembers(poolId));
            for (PoolMember member : plan.world().membersOf(poolId)) {
                requireSamePort("default_pool_id", port, member.port());
            }
        }
    }

    /** Nobody can change the port of an SCTP packet: its checksum would have to be computed anew. */
    static void requireSamePort(String field, int listener, int member) {
        if (listener != member) {
            throw Problem.OCTAVIA_VALIDATION.with(
                    field + ": members of SCTP have their listener's protocol_port; the listener's is " + listener
                            + ", a member's " + member);
        }
    }
}
