package io.weft.kubernetes.neutron;

import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Port;
import io.weft.client.Query;
import io.weft.client.Trunk;
import io.weft.client.Trunks;
import io.weft.kubernetes.translate.ClusterNode;
import io.weft.kubernetes.translate.HostSpec;
import io.weft.kubernetes.translate.RefusedException;
import io.weft.model.IpAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The trunks of nodes that are virtual machines: a node's trunk is the one whose parent port has an address of the node, or is
 * named by the node. Nothing of a node is made or removed. Any number of threads.
 */
public final class TrunkKeeper implements NodeKeeper {
    /** How often somebody else may be first to take a VLAN id. */
    private static final int MOST_ATTEMPTS = 20;

    private final NeutronClient neutron;
    /** By uid. */
    private final Map<String, ClusterNode> nodes = new HashMap<>();
    /** By the node's name, as they were when they were seen last. */
    private final Map<String, Trunk> trunks = new HashMap<>();
    /** By trunk, the VLAN id that was taken last: one that was given back lately comes last. */
    private final Map<UUID, Integer> lastVlans = new HashMap<>();

    public TrunkKeeper(NeutronClient neutron) {
        this.neutron = neutron;
    }

    @Override
    public synchronized void load() {
        nodes.clear();
        trunks.clear();
    }

    @Override
    public synchronized Set<String> nodes() {
        return Set.copyOf(nodes.keySet());
    }

    @Override
    public synchronized void refresh(String node) {
        Optional.ofNullable(nodes.get(node)).map(ClusterNode::name).ifPresent(trunks::remove);
    }

    /**
     * The node's trunk is known.
     *
     * @throws NotYetException when there is none, or several might be the one
     * @throws RefusedException when the node names what is no port's id
     */
    @Override
    public void ensure(HostSpec spec) {
        ClusterNode node = spec.node();
        synchronized (this) {
            if (!node.equals(nodes.put(node.uid(), node))) {
                trunks.remove(node.name());
            }
        }
        of(node.name());
    }

    @Override
    public synchronized void remove(String node) {
        Optional.ofNullable(nodes.remove(node)).map(ClusterNode::name).ifPresent(trunks::remove);
    }

    private synchronized Optional<Trunk> seen(String node) {
        return Optional.ofNullable(trunks.get(node));
    }

    private synchronized ClusterNode node(String name) {
        return nodes.values().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NotYetException("the node " + name + " is not known yet"));
    }

    /** The trunk of a node. */
    private Trunk of(String node) {
        return seen(node).orElseGet(() -> keep(node, find(node(node))));
    }

    private Trunk find(ClusterNode node) {
        List<UUID> parents =
                node.parentPort().map(TrunkKeeper::port).map(List::of).orElseGet(() -> ports(node));
        Query query = Query.ALL;
        for (UUID parent : parents) {
            query = query.and("port_id", parent);
        }
        List<Trunk> found = parents.isEmpty() ? List.of() : neutron.trunks().list(query);
        if (found.size() == 1) {
            return found.getFirst();
        }
        String parent = node.parentPort()
                .map(id -> "port " + id)
                .orElseGet(() -> "a port with an address of the node, " + node.addresses() + ",");
        throw new NotYetException(
                found.isEmpty()
                        ? "no trunk of the project has " + parent + " as its parent"
                        : "several trunks have " + parent
                                + " as their parent: name the port in the annotation weft.io/parent-port");
    }

    private static UUID port(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("annotation weft.io/parent-port: is no port's id");
        }
    }

    private List<UUID> ports(ClusterNode node) {
        Query query = Query.ALL;
        for (IpAddress address : node.addresses()) {
            query = query.withAddress(address);
        }
        return node.addresses().isEmpty()
                ? List.of()
                : neutron.ports().list(query).stream().map(Port::id).toList();
    }

    /** Of several answers the newest counts. */
    private synchronized Trunk keep(String node, Trunk trunk) {
        for (Map.Entry<String, Trunk> other : trunks.entrySet()) {
            if (other.getValue().id().equals(trunk.id()) && !other.getKey().equals(node)) {
                throw new NotYetException("trunk " + trunk.id() + " is that of the node " + other.getKey());
            }
        }
        return trunks.merge(
                node,
                trunk,
                (old, now) -> old.id().equals(now.id()) && old.revisionNumber() > now.revisionNumber() ? old : now);
    }

    private synchronized void forget(String node) {
        trunks.remove(node);
    }

    private synchronized int nextVlan(Trunk trunk) {
        int last = lastVlans.computeIfAbsent(
                trunk.id(), _ -> ThreadLocalRandom.current().nextInt(Trunk.MAX_VLAN));
        int next = trunk.freeVlan(last)
                .orElseThrow(() -> new NotYetException("all VLAN ids of trunk " + trunk.id() + " are taken"));
        lastVlans.put(trunk.id(), next);
        return next;
    }

    /**
     * The port is a subport of the node's trunk, and of no other.
     *
     * @throws NeutronException when it is not and does not become one: it is another's, or the trunk is disabled
     */
    void join(String node, Port seen) {
        UUID port = seen.id();
        if (seen.deviceOwner().equals(Trunk.SUBPORT_OWNER)
                && !seen.deviceId().equals(of(node).id().toString())) {
            leave(port);
        }
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            Trunk trunk = of(node);
            if (trunk.vlan(port).isPresent()) {
                return;
            }
            try {
                keep(node, neutron.trunks().addSubport(trunk.id(), port, nextVlan(trunk)));
                return;
            } catch (NeutronException e) {
                forget(node);
                if (!e.conflict() || of(node).vlan(port).isEmpty() && !e.type().equals(Trunks.DUPLICATE_SUBPORT)) {
                    throw e;
                }
            }
        }
        throw new NotYetException("no VLAN id of the trunk of node " + node + " was free for long enough");
    }

    /** The port is a subport of no trunk; it may be gone. */
    void leave(UUID port) {
        neutron.ports()
                .find(port)
                .filter(seen -> seen.deviceOwner().equals(Trunk.SUBPORT_OWNER))
                .ifPresent(seen -> neutron.trunks().removeSubport(UUID.fromString(seen.deviceId()), port));
    }
}
