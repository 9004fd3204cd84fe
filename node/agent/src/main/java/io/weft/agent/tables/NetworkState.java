package io.weft.agent.tables;

import io.weft.model.AddressPair;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.protocol.Endpoint;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.SubnetFact;
import io.weft.responders.NetworkView;
import io.weft.responders.RouterView;
import io.weft.responders.SubnetView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is known of a network, and what follows from it for more than one of its entries. */
final class NetworkState {
    /** How many ports of a network a host has. */
    static final class HostCount {
        int all;
        int unsecured;
        int candidates;
    }

    final UUID id;

    @Nullable
    NetworkFact fact;

    final Map<UUID, SubnetFact> subnets = new HashMap<>();
    final Map<UUID, Endpoint> endpoints = new HashMap<>();
    final Map<String, HostCount> hosts = new HashMap<>();
    final Map<UUID, RouterInterface> interfaces = new HashMap<>();
    final Set<UUID> locals = new HashSet<>();
    final Map<IpPrefix, Integer> sharedPrefixes = new HashMap<>();
    final Map<MacAddress, Integer> sharedMacs = new HashMap<>();
    final FloodSlots flood = new FloodSlots();
    int unsecured;

    private @Nullable NetworkView view;
    private final Map<UUID, SubnetView> subnetViews = new HashMap<>();

    NetworkState(UUID id) {
        this.id = id;
    }

    boolean isEmpty() {
        return fact == null && subnets.isEmpty() && endpoints.isEmpty() && interfaces.isEmpty() && locals.isEmpty();
    }

    /** The address scope of its subnets of a family. They have the same, but for the moment in which that changes. */
    Optional<UUID> addressScope(IpFamily family) {
        return subnets.values().stream()
                .filter(subnet -> subnet.cidr().family() == family)
                .flatMap(subnet -> subnet.addressScope().stream())
                .min(Comparator.naturalOrder());
    }

    /** Whether several ports may own an address. */
    boolean isShared(IpAddress address) {
        if (sharedPrefixes.isEmpty()) {
            return false;
        }
        for (IpPrefix prefix : sharedPrefixes.keySet()) {
            if (prefix.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Counts an endpoint in or out.
     *
     * @param by 1 or -1
     * @return whether what is shared in the network has changed
     */
    boolean count(Endpoint endpoint, int by) {
        HostCount host = hosts.computeIfAbsent(endpoint.host(), h -> new HostCount());
        host.all += by;
        host.unsecured += endpoint.portSecurity() ? 0 : by;
        host.candidates += endpoint.sharedPairs().isEmpty() ? 0 : by;
        unsecured += endpoint.portSecurity() ? 0 : by;
        if (host.all == 0) {
            hosts.remove(endpoint.host());
        }
        boolean changed = false;
        for (AddressPair pair : endpoint.sharedPairs()) {
            changed |= refer(sharedPrefixes, pair.prefix(), by);
            if (!pair.mac().equals(endpoint.mac())) {
                changed |= refer(sharedMacs, pair.mac(), by);
            }
        }
        return changed;
    }

    private static <T> boolean refer(Map<T, Integer> counts, T key, int by) {
        int before = counts.getOrDefault(key, 0);
        if (before + by == 0) {
            counts.remove(key);
        } else {
            counts.put(key, before + by);
        }
        return before == 0 || before + by == 0;
    }

    /** The subnets, interfaces or facts have changed. */
    void forgetViews() {
        view = null;
        subnetViews.clear();
    }

    NetworkView view() {
        NetworkView present = view;
        if (present == null) {
            List<SubnetView> all = subnets.values().stream()
                    .sorted(Comparator.comparing(SubnetFact::cidr).thenComparing(SubnetFact::subnetId))
                    .map(this::subnetView)
                    .toList();
            List<RouterView> routers = new ArrayList<>();
            interfaces.values().stream()
                    .filter(RouterInterface::adminUp)
                    .sorted(Comparator.comparing(RouterInterface::portId))
                    .forEach(i -> routers.add(new RouterView(
                            i.mac(),
                            i.addresses().stream()
                                    .map(RouterInterface.InterfaceAddress::address)
                                    .toList())));
            NetworkFact known = fact;
            present = new NetworkView(known == null ? 1280 : known.mtu(), all, routers);
            view = present;
        }
        return present;
    }

    /** The view of one of its subnets. */
    SubnetView subnetView(SubnetFact subnet) {
        return subnetViews.computeIfAbsent(
                subnet.subnetId(),
                id -> new SubnetView(
                        subnet.cidr(),
                        subnet.gateway(),
                        subnet.dhcp(),
                        subnet.raMode(),
                        subnet.addressMode(),
                        subnet.dnsNameservers(),
                        subnet.hostRoutes()));
    }
}
