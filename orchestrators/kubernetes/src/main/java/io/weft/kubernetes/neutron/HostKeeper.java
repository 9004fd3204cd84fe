package io.weft.kubernetes.neutron;

import io.weft.client.NeutronClient;
import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Query;
import io.weft.client.Router;
import io.weft.client.Subnet;
import io.weft.client.Subnet.HostRoute;
import io.weft.kubernetes.translate.HostSpec;
import io.weft.kubernetes.translate.Place;
import io.weft.kubernetes.translate.RefusedException;
import io.weft.model.HostAccess;
import io.weft.model.HostAccess.NodePorts;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The ports of the cluster's nodes themselves, by the nodes' uids, and the routes that lead to the nodes' addresses by them.
 * Any number of threads, each for another node.
 */
public final class HostKeeper implements NodeKeeper {
    private final NeutronClient neutron;
    private final Marks marks;
    private final GroupKeeper groups;
    private final NetworkKeeper networks;
    private final Optional<String> router;
    private final HostAccess access;
    private final Map<String, Port> known = new ConcurrentHashMap<>();
    /** What was written in this term. */
    private final Map<String, HostSpec> written = new ConcurrentHashMap<>();

    /**
     * @param router the name or id of the router that leads pods to nodes; without one nobody does
     * @param nodePorts what the nodes hand to the network of what comes to them
     */
    public HostKeeper(
            NeutronClient neutron,
            Marks marks,
            GroupKeeper groups,
            NetworkKeeper networks,
            Optional<String> router,
            Optional<NodePorts> nodePorts) {
        this.neutron = neutron;
        this.marks = marks;
        this.groups = groups;
        this.networks = networks;
        this.router = router;
        this.access = new HostAccess(nodePorts);
    }

    /** Of several ports for one node, one is taken and the others are known by names that no node has. */
    @Override
    public void load() {
        known.clear();
        written.clear();
        neutron.ports().list(Query.tagged(marks.hostTag())).stream()
                .sorted(Comparator.comparing(Port::id))
                .forEach(port -> known.merge(port.deviceId(), port, (first, other) -> {
                    known.put(other.deviceId() + " " + other.id(), other);
                    return first;
                }));
    }

    @Override
    public Set<String> nodes() {
        return Set.copyOf(known.keySet());
    }

    @Override
    public void refresh(String node) {
        known.remove(node);
        written.remove(node);
        neutron.ports().list(Query.tagged(marks.hostTag()).and("device_id", node)).stream()
                .min(Comparator.comparing(Port::id))
                .ifPresent(port -> known.put(node, port));
    }

    /**
     * The port is there, bound to its node, and the router leads to the node's addresses by it.
     *
     * @throws RefusedException when the node claims an address of the pods' network
     */
    @Override
    public void ensure(HostSpec spec) {
        if (spec.equals(written.get(spec.node().uid()))) {
            return;
        }
        UUID network = networks.target(new Place.Cluster()).network();
        requireOutside(spec, network);
        PortAttributes wanted = PortAttributes.NONE
                .name(Marks.cut(spec.node().name()))
                .host(spec.node().host())
                .securityGroups(spec.groups().stream().map(this::group).toList())
                .allowedAddressPairs(
                        spec.addresses().stream().map(HostKeeper::alone).toList())
                .with("binding:profile", access.written());
        Port port = known.get(spec.node().uid());
        Port made = port == null
                ? neutron.ports()
                        .create(wanted.with("network_id", network)
                                .deviceId(spec.node().uid())
                                .deviceOwner(Marks.HOST_OWNER)
                                .with("tags", List.of(marks.hostTag())))
                : neutron.ports().update(port.id(), wanted);
        known.put(spec.node().uid(), made);
        lead(made, spec.addresses());
        written.put(spec.node().uid(), spec);
    }

    /** A node that had a pod's address might speak in the pod's name. */
    private void requireOutside(HostSpec spec, UUID network) {
        for (Subnet subnet : neutron.subnets().list(Query.where("network_id", network))) {
            spec.addresses().stream()
                    .filter(subnet.cidr()::contains)
                    .findFirst()
                    .ifPresent(address -> {
                        throw new RefusedException(
                                "address " + address + " of the node is in the pods' subnet " + subnet.cidr());
                    });
        }
    }

    private static IpPrefix alone(IpAddress address) {
        return new IpPrefix(address, address.family().bits());
    }

    /** The router leads to these addresses by the port, and to no others. */
    private void lead(Port port, List<IpAddress> addresses) {
        if (router.isEmpty()) {
            return;
        }
        List<HostRoute> wanted = new ArrayList<>();
        for (IpAddress address : addresses) {
            port.fixedIps().stream()
                    .map(Port.FixedIp::ipAddress)
                    .filter(own -> own.family() == address.family())
                    .findFirst()
                    .ifPresent(own -> wanted.add(new HostRoute(alone(address), own)));
        }
        Router there = neutron.routers().named(router.get());
        List<HostRoute> present = there.routes().stream()
                .filter(route ->
                        port.fixedIps().stream().anyMatch(own -> own.ipAddress().equals(route.nexthop())))
                .toList();
        List<HostRoute> missing =
                wanted.stream().filter(route -> !present.contains(route)).toList();
        List<HostRoute> surplus =
                present.stream().filter(route -> !wanted.contains(route)).toList();
        if (!missing.isEmpty()) {
            neutron.routers().addRoutes(there.id(), missing);
        }
        if (!surplus.isEmpty()) {
            neutron.routers().removeRoutes(there.id(), surplus);
        }
    }

    private UUID group(String id) {
        return groups.uuid(id).orElseThrow(() -> new NotYetException("the security group " + id + " is not there yet"));
    }

    /** The port is gone, and the routes by it. */
    @Override
    public void remove(String node) {
        Port port = known.get(node);
        if (port != null) {
            lead(port, List.of());
            neutron.ports().delete(port.id());
            known.remove(node);
            written.remove(node);
        }
    }
}
