package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.transaction.Transactor;
import io.weft.model.Resource;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** The labels of resources (Neutron API v2.0, standard-attr-tag). */
public final class Tags {
    private final Transactor transactor;
    private final Stamp stamp;

    Tags(Transactor transactor, Stamp stamp) {
        this.transactor = transactor;
        this.stamp = stamp;
    }

    /** The resource has these tags and no others. */
    public Resource replace(Caller caller, Resource.Kind kind, UUID id, List<String> tags) {
        return change(caller, kind, id, present -> tags);
    }

    /** The resource has these tags too. */
    public Resource addAll(Caller caller, Resource.Kind kind, UUID id, List<String> tags) {
        return change(caller, kind, id, present -> {
            List<String> all = new ArrayList<>(present);
            all.addAll(tags);
            return all;
        });
    }

    /** The resource has this tag too. */
    public Resource add(Caller caller, Resource.Kind kind, UUID id, String tag) {
        return addAll(caller, kind, id, List.of(tag));
    }

    /**
     * The resource has this tag no more.
     *
     * @throws io.weft.domain.error.DomainException {@link Problem#TAG_NOT_FOUND} when it does not have it
     */
    public Resource remove(Caller caller, Resource.Kind kind, UUID id, String tag) {
        return change(caller, kind, id, present -> {
            if (!present.contains(tag)) {
                throw Problem.TAG_NOT_FOUND.with(tag);
            }
            return present.stream().filter(t -> !t.equals(tag)).toList();
        });
    }

    /** The resource has no tags. */
    public Resource removeAll(Caller caller, Resource.Kind kind, UUID id) {
        return replace(caller, kind, id, List.of());
    }

    private Resource change(Caller caller, Resource.Kind kind, UUID id, UnaryOperator<List<String>> tags) {
        return transactor.run(plan -> {
            Resource before = find(plan.world(), caller, kind, id);
            Resource after = before.withMeta(
                    Stamp.tag(before.meta(), tags.apply(before.meta().tags())));
            if (after.equals(before)) {
                return before;
            }
            Resource touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(before, touched);
            return touched;
        });
    }

    private static Resource find(World world, Caller caller, Resource.Kind kind, UUID id) {
        return switch (kind) {
            case NETWORK -> Access.network(world, caller, id);
            case SUBNET -> Access.subnet(world, caller, id);
            case PORT -> Access.port(world, caller, id);
            case ROUTER -> Access.router(world, caller, id);
            case FLOATING_IP -> Access.floatingIp(world, caller, id);
            case SECURITY_GROUP -> Access.securityGroup(world, caller, id);
            case SECURITY_GROUP_RULE -> Access.securityGroupRule(world, caller, id);
            case ADDRESS_GROUP -> Access.addressGroup(world, caller, id);
            case QOS_POLICY -> Access.qosPolicy(world, caller, id);
            case SUBNET_POOL -> Access.subnetPool(world, caller, id);
            case TRUNK -> Access.trunk(world, caller, id);
            case ADDRESS_SCOPE -> Access.addressScope(world, caller, id);
            case LOAD_BALANCER -> Access.loadBalancer(world, caller, id);
            case LISTENER -> Access.listener(world, caller, id);
            case POOL -> Access.pool(world, caller, id);
            case POOL_MEMBER ->
                world.poolMember(id)
                        .map(member -> Access.poolMember(world, caller, member.poolId(), id))
                        .orElseThrow(() -> Problem.OCTAVIA_NOT_FOUND.with("Member", id));
            case DEFAULT_RULES -> throw Problem.DEFAULT_SECURITY_GROUP_RULE_NOT_FOUND.with(id);
            case FLAVOR -> throw Problem.FLAVOR_NOT_FOUND.with(id);
            case SERVICE_PROFILE -> throw Problem.SERVICE_PROFILE_NOT_FOUND.with(id);
            case NODE -> throw Problem.NODE_NOT_FOUND.with(id);
        };
    }
}
