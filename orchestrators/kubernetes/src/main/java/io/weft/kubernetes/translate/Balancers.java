package io.weft.kubernetes.translate;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Makes load balancers of a Service and its slices. */
public final class Balancers {
    /** As many as a pool may have. */
    private static final int MOST_OF_POOL = 256;

    private final Service service;
    private final Collection<Slice> slices;
    private final Set<String> refused;

    private Balancers(Service service, Collection<Slice> slices) {
        this.service = service;
        this.slices = slices;
        this.refused = new LinkedHashSet<>(service.refused());
    }

    /**
     * What a Service shall have.
     *
     * @param slices its own
     * @param nodePorts where all node ports are, an address of each family
     */
    public static ServiceSpec of(Service service, Collection<Slice> slices, Collection<IpAddress> nodePorts) {
        return new Balancers(service, slices).spec(nodePorts);
    }

    private ServiceSpec spec(Collection<IpAddress> nodePorts) {
        List<BalancerSpec> balancers = new ArrayList<>();
        List<Service.Port> onNodes =
                service.ports().stream().filter(port -> port.nodePort() != 0).toList();
        service.addresses()
                .forEach(address -> balancers.add(own(address, service.internal(), floatingCallers(address))));
        Set<IpFamily> families =
                service.addresses().stream().map(IpAddress::family).collect(Collectors.toSet());
        for (IpAddress address : nodePorts) {
            if (families.contains(address.family()) && !(onNodes.isEmpty() && service.healthCheck() == 0)) {
                SortedMap<Front, BalancerSpec.Pool> fronts = new TreeMap<>();
                onNodes.forEach(port -> {
                    Front front = new Front(port.protocol(), port.nodePort());
                    fronts.put(front, pool(port, front, address, service.external()));
                });
                if (service.healthCheck() != 0) {
                    fronts.put(new Front(Protocol.TCP, service.healthCheck()), health(address));
                }
                balancers.add(new BalancerSpec(address, true, List.of(), fronts));
            }
        }
        // Last, as somebody else may have them.
        service.externalIps().forEach(address -> balancers.add(own(address, service.external(), List.of())));
        return new ServiceSpec(service, balancers, List.copyOf(refused));
    }

    /** Floating IPs lead to the IPv4 address. */
    private List<IpPrefix> floatingCallers(IpAddress address) {
        return service.outside()
                .filter(_ -> address.isIpv4())
                .map(Service.Outside::callers)
                .orElse(List.of());
    }

    private BalancerSpec own(IpAddress address, Locality locality, List<IpPrefix> floatingCallers) {
        SortedMap<Front, BalancerSpec.Pool> fronts = new TreeMap<>();
        service.ports().forEach(port -> {
            Front front = new Front(port.protocol(), port.number());
            fronts.put(front, pool(port, front, address, locality));
        });
        return new BalancerSpec(address, false, floatingCallers, fronts);
    }

    private BalancerSpec.Pool pool(Service.Port port, Front front, IpAddress virtual, Locality locality) {
        Map<BalancerSpec.Target, Slice.Endpoint> endpoints = endpoints(port, virtual);
        // Nobody changes the port of an SCTP packet: its checksum would have to be computed anew.
        if (port.protocol() == Protocol.SCTP && endpoints.keySet().removeIf(target -> target.port() != front.port())) {
            refused.add("port " + front.port() + ": SCTP is handed to endpoints at the same port alone");
        }
        // Whoever ends takes calls where nobody else does: on its node, when nodes choose from their own.
        Set<Optional<String>> served = endpoints.values().stream()
                .filter(endpoint -> endpoint.state() == Slice.State.READY)
                .map(endpoint -> place(endpoint, locality))
                .collect(Collectors.toSet());
        Map<BalancerSpec.Target, Integer> weights = new HashMap<>();
        endpoints.forEach((target, endpoint) -> {
            boolean takes = endpoint.state() == Slice.State.READY
                    || endpoint.state() == Slice.State.ENDING && !served.contains(place(endpoint, locality));
            // A client of UDP does not hear that nobody answers any more: it is given another one.
            if (takes || port.protocol() != Protocol.UDP) {
                weights.put(target, takes ? 1 : 0);
            }
        });
        return new BalancerSpec.Pool(service.affinity(), locality, cut(port, weights), Optional.empty());
    }

    /** Of whom nodes tell that they have them: who ends is none of these, also while it takes calls (KEP-1669). */
    private BalancerSpec.Pool health(IpAddress virtual) {
        Map<BalancerSpec.Target, Integer> ready = new HashMap<>();
        service.ports()
                .forEach(port -> endpoints(port, virtual).forEach((target, endpoint) -> {
                    if (endpoint.state() == Slice.State.READY) {
                        ready.put(new BalancerSpec.Target(target.address(), service.healthCheck()), 1);
                    }
                }));
        Map<BalancerSpec.Target, Integer> told = ready.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .limit(MOST_OF_POOL)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return new BalancerSpec.Pool(0, Locality.LOCAL, told, Optional.of(service.key()));
    }

    private static Optional<String> place(Slice.Endpoint endpoint, Locality locality) {
        return locality == Locality.LOCAL ? endpoint.node() : Optional.empty();
    }

    private Map<BalancerSpec.Target, Slice.Endpoint> endpoints(Service.Port port, IpAddress virtual) {
        NamedPort name = new NamedPort(port.name(), port.protocol());
        Map<BalancerSpec.Target, Slice.Endpoint> found = new HashMap<>();
        for (Slice slice : slices) {
            Integer number = slice.ports().get(name);
            if (slice.family() != virtual.family() || number == null) {
                continue;
            }
            slice.endpoints().stream()
                    .filter(Predicate.not(endpoint -> endpoint.address().equals(virtual)))
                    .forEach(endpoint -> found.merge(
                            new BalancerSpec.Target(endpoint.address(), number),
                            endpoint,
                            (one, other) -> one.state().compareTo(other.state()) >= 0 ? one : other));
        }
        return found;
    }

    private Map<BalancerSpec.Target, Integer> cut(Service.Port port, Map<BalancerSpec.Target, Integer> weights) {
        if (weights.size() <= MOST_OF_POOL) {
            return weights;
        }
        long wanted = weights.values().stream().filter(weight -> weight > 0).count();
        if (wanted > MOST_OF_POOL) {
            refused.add("port " + port.number() + ": " + MOST_OF_POOL + " endpoints of " + wanted + " take calls");
        }
        return weights.entrySet().stream()
                .sorted(Map.Entry.<BalancerSpec.Target, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_OF_POOL)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
