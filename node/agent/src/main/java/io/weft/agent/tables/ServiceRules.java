package io.weft.agent.tables;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.protocol.LocalPort;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.ServiceFact;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.AddressOwner;
import io.weft.vrouter.AllowedCallerKey;
import io.weft.vrouter.Listener;
import io.weft.vrouter.ListenerKey;
import io.weft.vrouter.MacKey;
import io.weft.vrouter.Place;
import io.weft.vrouter.Pool;
import io.weft.vrouter.PoolKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What services contribute to the tables. */
final class ServiceRules {
    private static final IpAddress NOBODY = IpAddress.ofIpv6(0, 0);

    private final State state;
    private final DesiredTables tables;

    ServiceRules(State state, DesiredTables tables) {
        this.state = state;
        this.tables = tables;
    }

    /** Where a service is reached; listeners of one load balancer say the same of their addresses. */
    void service(UUID networkId, UUID id, Rules.Sink sink) {
        NetworkState network = state.networks.get(networkId);
        NetworkFact fact = network == null ? null : network.fact;
        Optional<ServiceFact> found = state.balanced.service(networkId, id);
        if (network == null || fact == null || found.isEmpty()) {
            return;
        }
        ServiceFact service = found.get();
        int vni = fact.vni();
        sink.entry(tables.macs(), new MacKey(vni, service.mac()), Place.virtual());
        for (IpAddress address : service.addresses()) {
            sink.entry(
                    tables.addresses(), new AddressKey(vni, address), new AddressOwner(service.mac(), Place.virtual()));
            for (RouterInterface face : network.interfaces.values()) {
                RouterState router = state.routers.get(face.routerId());
                if (router != null && face.adminUp() && router.forwards()) {
                    state.domain(router)
                            .ifPresent(domain ->
                                    sink.entry(tables.virtualAddresses(), new AddressKey(domain, address), vni));
                }
            }
            listen(
                    tables,
                    new ListenerKey(vni, address, service.protocol(), service.port()),
                    service,
                    service.callers().atVirtualAddress(),
                    gateway(network, address),
                    sink);
        }
    }

    /**
     * Where a service listens, if it takes calls.
     *
     * @param callers who may call it there; empty for everyone
     */
    static void listen(
            DesiredTables tables,
            ListenerKey key,
            ServiceFact service,
            List<IpPrefix> callers,
            IpAddress gateway,
            Rules.Sink sink) {
        if (service.nodeHealth().isPresent()) {
            return;
        }
        sink.entry(
                tables.listeners(),
                key,
                new Listener(service.poolId(), service.affinity(), !callers.isEmpty(), gateway));
        callers.forEach(each -> sink.entry(tables.allowedCallers(), new AllowedCallerKey(key, each), 1));
    }

    /** The router by which members elsewhere are reached from a virtual address: that of its subnet. */
    private static IpAddress gateway(NetworkState network, IpAddress address) {
        return network.subnets.values().stream()
                .filter(subnet -> subnet.cidr().contains(address))
                .flatMap(subnet -> subnet.gateway().stream())
                .min(IpAddress::compareTo)
                .orElse(NOBODY);
    }

    /** The addresses of this node's ports on these networks, and on those that routers join to them. */
    private Set<IpAddress> addressesHere(Set<UUID> networks) {
        return state.localPorts.values().stream()
                .filter(port -> networks.stream()
                        .anyMatch(network ->
                                state.connectivity.of(network).networks.contains(port.networkId())))
                .flatMap(port -> port.addresses().stream())
                .map(LocalPort.LocalAddress::address)
                .collect(Collectors.toSet());
    }

    /** The members of a pool. */
    void pool(UUID id, Rules.Sink sink) {
        Optional<Set<IpAddress>> near = state.balanced.nearbyFrom(id).map(this::addressesHere);
        for (IpFamily family : IpFamily.values()) {
            if (state.balanced.beyond(id, family) > 0) {
                state.problems.add("pool " + id + " has more than " + Pool.MEMBERS + " members of " + family);
            }
            Predicate<IpAddress> takes = near.filter(here -> state.balanced.keepsTo(id, family, here))
                    .<Predicate<IpAddress>>map(here -> here::contains)
                    .orElse(_ -> true);
            Pool pool = state.balanced.members(id, family, takes);
            if (!pool.members().isEmpty()) {
                sink.entry(tables.pools(), new PoolKey(id, family), pool);
            }
        }
    }
}
