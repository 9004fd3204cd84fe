package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.model.AddressGroup;
import io.weft.model.AddressScope;
import io.weft.model.FloatingIp;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.Network;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.QosPolicy;
import io.weft.model.Resource;
import io.weft.model.Router;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Shareable;
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import io.weft.model.Trunk;
import io.weft.model.World;
import java.util.OptionalLong;
import java.util.UUID;

/** Who sees and changes what: owners their own, others what is shared with them, owners of networks the ports there. */
final class Access {
    private Access() {}

    static boolean sees(World world, Caller caller, Resource resource) {
        if (caller.owns(resource.project())) {
            return true;
        }
        return switch (resource) {
            case Network network -> network.isSharedWith(caller.project()) || network.isExternalFor(caller.project());
            case Shareable object -> object.isSharedWith(caller.project());
            case Subnet subnet ->
                world.network(subnet.networkId())
                        .filter(n -> n.isSharedWith(caller.project()) || caller.owns(n.project()))
                        .isPresent();
            case Port port ->
                world.network(port.networkId())
                        .filter(n -> caller.owns(n.project()))
                        .isPresent();
            case SecurityGroupRule rule ->
                world.securityGroup(rule.groupId())
                        .filter(g -> caller.owns(g.project()))
                        .isPresent();
            default -> false;
        };
    }

    static Network network(World world, Caller caller, UUID id) {
        return world.network(id)
                .filter(n -> sees(world, caller, n))
                .orElseThrow(() -> Problem.NETWORK_NOT_FOUND.with(id));
    }

    static Subnet subnet(World world, Caller caller, UUID id) {
        return world.subnet(id)
                .filter(s -> sees(world, caller, s))
                .orElseThrow(() -> Problem.SUBNET_NOT_FOUND.with(id));
    }

    static Port port(World world, Caller caller, UUID id) {
        return world.port(id).filter(p -> sees(world, caller, p)).orElseThrow(() -> Problem.PORT_NOT_FOUND.with(id));
    }

    static Router router(World world, Caller caller, UUID id) {
        return world.router(id)
                .filter(r -> sees(world, caller, r))
                .orElseThrow(() -> Problem.ROUTER_NOT_FOUND.with(id));
    }

    static FloatingIp floatingIp(World world, Caller caller, UUID id) {
        return world.floatingIp(id)
                .filter(f -> sees(world, caller, f))
                .orElseThrow(() -> Problem.FLOATING_IP_NOT_FOUND.with(id));
    }

    static SecurityGroup securityGroup(World world, Caller caller, UUID id) {
        return world.securityGroup(id)
                .filter(g -> sees(world, caller, g))
                .orElseThrow(() -> Problem.SECURITY_GROUP_NOT_FOUND.with(id));
    }

    static SecurityGroupRule securityGroupRule(World world, Caller caller, UUID id) {
        return world.securityGroupRule(id)
                .filter(r -> sees(world, caller, r))
                .orElseThrow(() -> Problem.SECURITY_GROUP_RULE_NOT_FOUND.with(id));
    }

    static AddressGroup addressGroup(World world, Caller caller, UUID id) {
        return world.addressGroup(id)
                .filter(g -> sees(world, caller, g))
                .orElseThrow(() -> Problem.ADDRESS_GROUP_NOT_FOUND.with(id));
    }

    static QosPolicy qosPolicy(World world, Caller caller, UUID id) {
        return world.qosPolicy(id)
                .filter(p -> sees(world, caller, p))
                .orElseThrow(() -> Problem.QOS_POLICY_NOT_FOUND.with(id));
    }

    /** What RBAC policies of this kind are about. */
    static Shareable shareable(World world, Caller caller, Resource.Kind kind, UUID id) {
        return switch (kind) {
            case NETWORK -> network(world, caller, id);
            case SECURITY_GROUP -> securityGroup(world, caller, id);
            case ADDRESS_GROUP -> addressGroup(world, caller, id);
            case QOS_POLICY -> qosPolicy(world, caller, id);
            case SUBNET_POOL -> subnetPool(world, caller, id);
            case ADDRESS_SCOPE -> addressScope(world, caller, id);
            case SUBNET,
                    PORT,
                    ROUTER,
                    FLOATING_IP,
                    SECURITY_GROUP_RULE,
                    DEFAULT_RULES,
                    TRUNK,
                    LOAD_BALANCER,
                    LISTENER,
                    POOL,
                    POOL_MEMBER,
                    FLAVOR,
                    SERVICE_PROFILE,
                    NODE -> throw Problem.INVALID_INPUT.with("'" + kind + "' is not a valid RBAC object type");
        };
    }

    static AddressScope addressScope(World world, Caller caller, UUID id) {
        return world.addressScope(id)
                .filter(s -> sees(world, caller, s))
                .orElseThrow(() -> Problem.ADDRESS_SCOPE_NOT_FOUND.with(id));
    }

    static SubnetPool subnetPool(World world, Caller caller, UUID id) {
        return world.subnetPool(id)
                .filter(p -> sees(world, caller, p))
                .orElseThrow(() -> Problem.SUBNET_POOL_NOT_FOUND.with(id));
    }

    static Trunk trunk(World world, Caller caller, UUID id) {
        return world.trunk(id).filter(t -> sees(world, caller, t)).orElseThrow(() -> Problem.TRUNK_NOT_FOUND.with(id));
    }

    static LoadBalancer loadBalancer(World world, Caller caller, UUID id) {
        return world.loadBalancer(id)
                .filter(l -> sees(world, caller, l))
                .orElseThrow(() -> Problem.OCTAVIA_NOT_FOUND.with("Load Balancer", id));
    }

    static Listener listener(World world, Caller caller, UUID id) {
        return world.listener(id)
                .filter(l -> sees(world, caller, l))
                .orElseThrow(() -> Problem.OCTAVIA_NOT_FOUND.with("Listener", id));
    }

    static Pool pool(World world, Caller caller, UUID id) {
        return world.pool(id)
                .filter(p -> sees(world, caller, p))
                .orElseThrow(() -> Problem.OCTAVIA_NOT_FOUND.with("Pool", id));
    }

    static PoolMember poolMember(World world, Caller caller, UUID poolId, UUID id) {
        return world.poolMember(id)
                .filter(m -> m.poolId().equals(poolId) && sees(world, caller, m))
                .orElseThrow(() -> Problem.OCTAVIA_NOT_FOUND.with("Member", id));
    }

    /** The resource has the revision number that the caller expects. */
    static void requireRevision(Resource resource, OptionalLong expected) {
        if (expected.isPresent() && expected.getAsLong() != resource.meta().revision()) {
            throw Problem.REVISION_MISMATCH.with(
                    expected.getAsLong(), resource.meta().revision());
        }
    }
}
