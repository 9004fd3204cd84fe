package io.weft.reference;

import io.weft.model.IpAddress;
import io.weft.model.LoadBalancer;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.Subnet;
import io.weft.model.World;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Load balancers: whose address a packet is sent to, and who may get it. */
final class Balancing {
    private final World world;

    Balancing(World world) {
        this.world = world;
    }

    /** The load balancer that has the MAC on a network. */
    Optional<LoadBalancer> onLink(UUID networkId, Packet packet) {
        return world.portsOf(networkId).stream()
                .filter(port -> port.mac().equals(packet.destinationMac()))
                .flatMap(port -> world.loadBalancerOfPort(port.id()).stream())
                .findFirst();
    }

    /** The load balancer that has the address on a network. */
    Optional<LoadBalancer> at(UUID networkId, IpAddress address) {
        return world.loadBalancers().stream()
                .filter(each ->
                        each.networkId().equals(networkId) && each.address().equals(address))
                .findFirst();
    }

    /** The load balancer that has the address on one of the networks of a router. */
    Optional<LoadBalancer> behind(Port face, IpAddress address) {
        return world.interfacesOf(UUID.fromString(face.deviceId())).stream()
                .filter(Port::adminStateUp)
                .flatMap(each -> at(each.networkId(), address).stream())
                .findFirst();
    }

    /** Who may get what is sent there, the first of its connection. */
    List<PoolMember> members(LoadBalancer balancer, Packet packet) {
        if (!balancer.adminStateUp() || !packet.destination().equals(balancer.address())) {
            return List.of();
        }
        Transport transport = packet.transport();
        return world.listenersOf(balancer.id()).stream()
                .filter(listener -> listener.adminStateUp()
                        && listener.protocol().number() == transport.protocol()
                        && listener.port() == transport.destinationPort())
                .flatMap(listener -> listener.defaultPool().stream())
                .flatMap(pool -> world.pool(pool).stream())
                .filter(Pool::adminStateUp)
                .flatMap(pool -> world.membersOf(pool.id()).stream())
                .filter(member -> member.adminStateUp()
                        && member.weight() > 0
                        && member.address().family() == balancer.address().family())
                .toList();
    }

    /** By whom members elsewhere are reached from the load balancer's own network. */
    Optional<IpAddress> gateway(LoadBalancer balancer) {
        return world.subnet(balancer.subnetId()).flatMap(Subnet::gateway);
    }
}
