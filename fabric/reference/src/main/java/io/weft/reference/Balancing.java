package io.weft.reference;

import io.weft.model.IpAddress;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.Subnet;
import io.weft.model.World;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

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

    /**
     * Who may get what is sent there, the first of its connection.
     *
     * @param host the caller's node
     */
    List<PoolMember> members(LoadBalancer balancer, Packet packet, String host) {
        return packet.destination().equals(balancer.address())
                ? members(
                        balancer,
                        packet.transport(),
                        host,
                        listener -> listener.callers().byVirtualAddress(packet.source()))
                : List.of();
    }

    /** The same of what is sent to a floating address that stands for the load balancer's. */
    List<PoolMember> outside(LoadBalancer balancer, OutsidePacket packet, String host) {
        return members(
                balancer,
                packet.transport(),
                host,
                listener -> listener.callers().byFloatingIp(packet.source()));
    }

    private List<PoolMember> members(
            LoadBalancer balancer, Transport transport, String host, Predicate<Listener> mayCall) {
        if (!balancer.adminStateUp()) {
            return List.of();
        }
        return world.listenersOf(balancer.id()).stream()
                .filter(listener -> listener.adminStateUp()
                        && listener.protocol().number() == transport.protocol()
                        && listener.port() == transport.destinationPort())
                .filter(listener -> listener.nodeHealth().isEmpty())
                .filter(mayCall)
                .flatMap(listener -> listener.defaultPool().stream())
                .flatMap(pool -> world.pool(pool).stream())
                .filter(Pool::adminStateUp)
                .flatMap(pool -> members(balancer, pool, host).stream())
                .toList();
    }

    private List<PoolMember> members(LoadBalancer balancer, Pool pool, String host) {
        List<PoolMember> all = world.membersOf(pool.id()).stream()
                .filter(member -> member.adminStateUp()
                        && member.weight() > 0
                        && member.address().family() == balancer.address().family())
                .toList();
        List<PoolMember> near = all.stream()
                .filter(member -> isOn(host, balancer.networkId(), member))
                .toList();
        return switch (pool.locality()) {
            case ANY -> all;
            case LOCAL -> near;
            case PREFER_LOCAL -> near.isEmpty() ? all : near;
        };
    }

    /** Whether a member's address is that of a port of the node, on this network or one that routers join to it. */
    private boolean isOn(String host, UUID networkId, PoolMember member) {
        return joined(networkId).stream()
                .flatMap(network -> world.portsOf(network).stream())
                .anyMatch(port -> port.binding().isBound()
                        && port.binding().host().equals(host)
                        && !port.isServed()
                        && Forwarding.hasFixedIp(port, member.address()));
    }

    /** The network, and all that routers join to it. */
    private Set<UUID> joined(UUID networkId) {
        Set<UUID> joined = new LinkedHashSet<>(Set.of(networkId));
        Deque<UUID> more = new ArrayDeque<>(joined);
        while (!more.isEmpty()) {
            world.portsOf(more.pop()).stream()
                    .filter(Port::isRouterInterface)
                    .flatMap(face -> world.interfacesOf(UUID.fromString(face.deviceId())).stream())
                    .map(Port::networkId)
                    .filter(joined::add)
                    .forEach(more::add);
        }
        return joined;
    }

    /** By whom members elsewhere are reached from the load balancer's own network. */
    Optional<IpAddress> gateway(LoadBalancer balancer) {
        return world.subnet(balancer.subnetId()).flatMap(Subnet::gateway);
    }
}
