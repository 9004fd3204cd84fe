package io.weft.model;

import io.vavr.collection.HashMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link World} consists of; immutable. Each part has the resources of some kinds, and indexes that may follow
 * resources of others, so every part hears of every change and takes what concerns it.
 */
record WorldParts(
        NetworkWorld networks,
        PortWorld ports,
        HashMap<UUID, Router> routers,
        NodeWorld nodes,
        OwnerWorld owners,
        RbacWorld rbac,
        GroupWorld groups,
        ExternalWorld external,
        QosWorld qos,
        PoolWorld pools,
        TrunkWorld trunks,
        LoadBalancerWorld loadBalancers,
        FlavorWorld flavors) {
    static final WorldParts EMPTY = new WorldParts(
            NetworkWorld.EMPTY,
            PortWorld.EMPTY,
            HashMap.empty(),
            NodeWorld.EMPTY,
            OwnerWorld.EMPTY,
            RbacWorld.EMPTY,
            GroupWorld.EMPTY,
            ExternalWorld.EMPTY,
            QosWorld.EMPTY,
            PoolWorld.EMPTY,
            TrunkWorld.EMPTY,
            LoadBalancerWorld.EMPTY,
            FlavorWorld.EMPTY);

    /**
     * The parts after a resource came, changed or went.
     *
     * @param now what the resource is; null when it is no more
     */
    WorldParts changed(Resource.Kind kind, UUID id, @Nullable Resource now) {
        Resource old = byId(kind).get(id).getOrNull();
        return new WorldParts(
                networks.changed(kind, id, old, now),
                ports.changed(kind, id, old, now),
                kind == Resource.Kind.ROUTER ? changedRouters(id, (Router) now) : routers,
                nodes.changed(kind, id, old, now),
                owners.changed(kind, id, old, now),
                rbac.changed(old, now),
                groups.changed(kind, id, old, now),
                external.changed(kind, id, old, now),
                qos.changed(kind, id, old, now),
                pools.changed(kind, id, old, now),
                trunks.changed(kind, id, now),
                loadBalancers.changed(kind, id, now),
                flavors.changed(kind, id, old, now));
    }

    private HashMap<UUID, Router> changedRouters(UUID id, @Nullable Router now) {
        return now == null ? routers.remove(id) : routers.put(id, now);
    }

    /** The resources of a kind. */
    HashMap<UUID, ? extends Resource> byId(Resource.Kind kind) {
        return switch (kind) {
            case NETWORK -> networks.networks();
            case SUBNET -> networks.subnets();
            case PORT -> ports.ports();
            case ROUTER -> routers;
            case FLOATING_IP -> external.floatingIps();
            case SECURITY_GROUP -> groups.groups();
            case SECURITY_GROUP_RULE -> groups.rules();
            case ADDRESS_GROUP -> groups.addressGroups();
            case DEFAULT_RULES -> groups.defaultRules();
            case QOS_POLICY -> qos.policies();
            case SUBNET_POOL -> pools.pools();
            case TRUNK -> trunks.trunks();
            case ADDRESS_SCOPE -> pools.scopes();
            case LOAD_BALANCER -> loadBalancers.loadBalancers();
            case LISTENER -> loadBalancers.listeners();
            case POOL -> loadBalancers.pools();
            case POOL_MEMBER -> loadBalancers.members();
            case FLAVOR -> flavors.flavors();
            case SERVICE_PROFILE -> flavors.profiles();
            case NODE -> nodes.nodes();
        };
    }
}
