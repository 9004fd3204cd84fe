package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.BalancedProtocol;
import io.weft.model.IpAddress;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Subnet;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** The members of pools (Octavia API v2, Members). */
public final class PoolMembers {
    /** The most members of a pool: as many as nodes hold. */
    public static final int MOST_OF_POOL = 256;

    private final Transactor transactor;
    private final Supplier<World> world;
    private final Stamp stamp;

    PoolMembers(Transactor transactor, Supplier<World> world, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.stamp = stamp;
    }

    private record Place(IpAddress address, int port) {}

    /** Makes a member. */
    public PoolMember create(Caller caller, UUID poolId, NewPoolMember wanted) {
        return transactor.run(plan -> {
            Pool pool = Access.pool(plan.world(), caller, poolId);
            plan.requireExists(Layout.record(pool));
            requireRoom(plan.world(), pool, 1);
            return add(plan, caller, pool, wanted);
        });
    }

    /**
     * Gives a pool these members, all at once: who is at the same address and port is changed, the others are made.
     *
     * @param additive whether members that are not named stay; otherwise they go
     */
    public List<PoolMember> replace(Caller caller, UUID poolId, List<NewPoolMember> wanted, boolean additive) {
        return transactor.run(plan -> {
            Pool pool = Access.pool(plan.world(), caller, poolId);
            plan.requireExists(Layout.record(pool));
            plan.requireNoneWritten(Layout.poolMembers(poolId));
            Map<Place, PoolMember> present = new HashMap<>();
            plan.world()
                    .membersOf(poolId)
                    .forEach(member -> present.put(new Place(member.address(), member.port()), member));
            int before = present.size();
            List<PoolMember> members = new ArrayList<>(wanted.size());
            int added = 0;
            for (NewPoolMember one : wanted) {
                PoolMember known = present.remove(new Place(one.address(), one.port()));
                if (known == null) {
                    members.add(add(plan, caller, pool, one));
                    added++;
                } else {
                    members.add(change(plan, caller, pool, known, one));
                }
            }
            if (!additive) {
                present.values().forEach(member -> remove(plan, member));
            }
            requireRoom(plan.world(), pool, additive ? added : wanted.size() - before);
            return members;
        });
    }

    /** Changes a member. */
    public PoolMember update(Caller caller, UUID poolId, UUID id, PoolMemberUpdate update) {
        return transactor.run(plan -> {
            PoolMember before = Access.poolMember(plan.world(), caller, poolId, id);
            return write(
                    plan,
                    before,
                    new PoolMember(
                            update.labels().of(stamp, before),
                            poolId,
                            update.adminStateUp().orElse(before.adminStateUp()),
                            before.address(),
                            before.port(),
                            update.weight().orElse(before.weight()),
                            before.subnetId()));
        });
    }

    /** Removes a member. */
    public void delete(Caller caller, UUID poolId, UUID id) {
        transactor.run(plan -> {
            remove(plan, Access.poolMember(plan.world(), caller, poolId, id));
            return id;
        });
    }

    /** The member of this pool, if the caller may see it. */
    public PoolMember show(Caller caller, UUID poolId, UUID id) {
        return Access.poolMember(world.get(), caller, poolId, id);
    }

    static void remove(Plan plan, PoolMember member) {
        plan.delete(member);
        plan.release(Layout.memberPlace(member.poolId(), member.address(), member.port()));
        plan.count(member.project(), QuotaResource.POOL_MEMBER, -1);
    }

    private PoolMember add(Plan plan, Caller caller, Pool pool, NewPoolMember wanted) {
        check(plan.world(), caller, pool, wanted);
        if (pool.protocol() == BalancedProtocol.SCTP) {
            plan.requireNoneWritten(Layout.listeners(pool.loadBalancerId()));
            for (Listener listener : plan.world().listenersOfPool(pool.id())) {
                Listeners.requireSamePort("protocol_port", listener.port(), wanted.port());
            }
        }
        PoolMember made = new PoolMember(
                stamp.create(Stamp.newId(), pool.project(), new Labels(wanted.name(), "", wanted.tags())),
                pool.id(),
                wanted.adminStateUp(),
                wanted.address(),
                wanted.port(),
                wanted.weight(),
                wanted.subnetId());
        plan.takeOr(
                Layout.memberPlace(pool.id(), made.address(), made.port()),
                made.id(),
                Problem.DUPLICATE_MEMBER.with(made.address(), made.port()));
        plan.requireWriter(WriterFormat.LOAD_BALANCERS);
        plan.create(made);
        plan.count(made.project(), QuotaResource.POOL_MEMBER, 1);
        return made;
    }

    private PoolMember change(Plan plan, Caller caller, Pool pool, PoolMember before, NewPoolMember wanted) {
        check(plan.world(), caller, pool, wanted);
        plan.requireExists(Layout.record(before));
        return write(
                plan,
                before,
                new PoolMember(
                        Stamp.tag(before.meta().describe(wanted.name(), ""), wanted.tags()),
                        pool.id(),
                        wanted.adminStateUp(),
                        before.address(),
                        before.port(),
                        wanted.weight(),
                        wanted.subnetId()));
    }

    private PoolMember write(Plan plan, PoolMember before, PoolMember after) {
        if (after.equals(before)) {
            return before;
        }
        PoolMember touched = after.withMeta(stamp.touch(after.meta()));
        plan.update(before, touched);
        return touched;
    }

    private static void requireRoom(World world, Pool pool, int more) {
        if (more > 0 && world.memberCountOf(pool.id()) + more > MOST_OF_POOL) {
            throw Problem.OCTAVIA_VALIDATION.with("a pool has at most " + MOST_OF_POOL + " members");
        }
    }

    private static void check(World world, Caller caller, Pool pool, NewPoolMember wanted) {
        IpAddress address = wanted.address();
        Optional<LoadBalancer> owner = world.loadBalancer(pool.loadBalancerId());
        if (owner.filter(of -> of.address().family() != address.family()).isPresent()) {
            throw Problem.OCTAVIA_VALIDATION.with("address: is of another family than the load balancer's");
        }
        if (owner.filter(of -> of.address().equals(address)).isPresent()) {
            throw Problem.OCTAVIA_VALIDATION.with("address: is the load balancer's own");
        }
        if (address.isMulticast() || address.isUnspecified() || address.isLoopback() || address.isLinkLocal()) {
            throw Problem.OCTAVIA_VALIDATION.with("address: " + address + " is not an address of a host");
        }
        if (wanted.subnetId().isPresent()) {
            Subnet subnet = Access.subnet(world, caller, wanted.subnetId().get());
            if (!subnet.cidr().contains(address)) {
                throw Problem.OCTAVIA_VALIDATION.with("address: " + address + " is not on subnet " + subnet.id());
            }
        }
    }
}
