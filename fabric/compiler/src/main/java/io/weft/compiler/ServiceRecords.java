package io.weft.compiler;

import io.weft.compiler.Records.Filed;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.MemberLocality;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.World;
import io.weft.protocol.ServiceFact;
import io.weft.protocol.ServiceMember;
import io.weft.protocol.Topic;
import java.util.List;
import java.util.Optional;

/** The records that come of load balancers: a service for each listener, and members for themselves. */
final class ServiceRecords {
    private ServiceRecords() {}

    /** A listener that is out of service, or whose load balancer, port or pool is, is one without members. */
    static List<Filed> listener(World world, Listener listener) {
        Optional<LoadBalancer> owner = world.loadBalancer(listener.loadBalancerId());
        Optional<Port> port = owner.flatMap(of -> world.port(of.portId()));
        if (owner.isEmpty() || port.isEmpty()) {
            return List.of();
        }
        Optional<Pool> pool = listener.defaultPool()
                .flatMap(world::pool)
                .filter(Pool::adminStateUp)
                .filter(_ -> listener.adminStateUp()
                        && owner.get().adminStateUp()
                        && port.get().adminStateUp());
        ServiceFact service = new ServiceFact(
                listener.id(),
                owner.get().networkId(),
                port.get().id(),
                port.get().mac(),
                List.of(owner.get().address()),
                listener.protocol().number(),
                listener.port(),
                pool.map(Pool::id),
                pool.map(Pool::affinity).orElse(0),
                pool.map(Pool::locality).orElse(MemberLocality.ANY),
                listener.callers(),
                listener.nodeHealth());
        return List.of(new Filed(Topic.network(owner.get().networkId()), service));
    }

    static List<Filed> member(World world, PoolMember member) {
        if (!member.adminStateUp()) {
            return List.of();
        }
        return world.pool(member.poolId())
                .flatMap(pool -> world.loadBalancer(pool.loadBalancerId()))
                .map(owner -> List.of(new Filed(
                        Topic.network(owner.networkId()),
                        new ServiceMember(
                                member.id(), member.poolId(), member.address(), member.port(), member.weight()))))
                .orElse(List.of());
    }
}
