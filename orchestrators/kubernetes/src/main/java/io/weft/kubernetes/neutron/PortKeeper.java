package io.weft.kubernetes.neutron;

import io.weft.client.AddressWish;
import io.weft.client.NeutronClient;
import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Query;
import io.weft.kubernetes.translate.GroupKey;
import io.weft.kubernetes.translate.Place;
import io.weft.kubernetes.translate.PortSpec;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The cluster's ports as Neutron has them, by device. Any number of threads, each for another device. */
public final class PortKeeper {
    private final NeutronClient neutron;
    private final Marks marks;
    private final GroupKeeper groups;
    private final NetworkKeeper networks;
    private final Placement placement;
    private final Map<String, Port> known = new ConcurrentHashMap<>();
    /** The devices whose ports were seen to be where their pods are. */
    private final Set<String> placed = ConcurrentHashMap.newKeySet();

    public PortKeeper(
            NeutronClient neutron, Marks marks, GroupKeeper groups, NetworkKeeper networks, Placement placement) {
        this.neutron = neutron;
        this.marks = marks;
        this.groups = groups;
        this.networks = networks;
        this.placement = placement;
    }

    /** Reads all ports. Of several for one device, one is taken and the others are known by names that no pod has. */
    public void load() {
        known.clear();
        placed.clear();
        neutron.ports().list(Query.tagged(marks.tag())).stream()
                .sorted(Comparator.comparing(Port::id))
                .forEach(port -> known.merge(placement.device(port), port, (first, other) -> {
                    known.put(placement.device(other) + " " + other.id(), other);
                    return first;
                }));
    }

    /** The devices of all that are there. */
    public Set<String> devices() {
        return Set.copyOf(known.keySet());
    }

    /** Whether a port of the network is there. */
    public boolean uses(UUID network) {
        return known.values().stream().anyMatch(port -> port.networkId().equals(network));
    }

    /** Reads one port again, of which it is not known what became. */
    public void refresh(String device) {
        known.remove(device);
        placed.remove(device);
        neutron.ports().list(placement.madeFor(device)).stream()
                .filter(port -> placement.device(port).equals(device))
                .min(Comparator.comparing(Port::id))
                .ifPresent(port -> known.put(device, port));
    }

    /**
     * A port that is there joins the groups that rules name it by, and leaves none: so that those whom other pods' new rules
     * let in are known before the rules are in force.
     */
    public void join(PortSpec spec) {
        Port port = known.get(spec.device());
        if (port == null) {
            return;
        }
        Set<UUID> joined = new HashSet<>(port.securityGroups());
        spec.groups().stream().filter(GroupKey.Peers::isId).map(this::group).forEach(joined::add);
        Set<UUID> wanted = groups(spec);
        if (joined.size() > port.securityGroups().size() && !joined.equals(wanted)) {
            update(spec, port, PortAttributes.NONE.securityGroups(List.copyOf(joined)));
        }
    }

    /**
     * The port is there, at its node, in its groups. One that is on another network by now stays there: so does its
     * pod. A pod that runs has none of a network that nobody knows.
     */
    public void ensure(PortSpec spec) {
        Port port = known.get(spec.device());
        Set<UUID> wanted = groups(spec);
        if (port == null) {
            boolean runs = known.containsKey(spec.pod().deviceId());
            if (!(runs && spec.place() instanceof Place.Unknown)) {
                place(create(spec, wanted), spec);
            }
            return;
        }
        PortAttributes changes = placement.changes(port, spec);
        if (!Set.copyOf(port.securityGroups()).equals(wanted)) {
            changes = changes.securityGroups(List.copyOf(wanted));
        }
        if (!changes.isEmpty()) {
            update(spec, port, changes);
        }
        place(port, spec);
    }

    private void place(Port port, PortSpec spec) {
        placement.placed(port, spec);
        placed.add(spec.device());
    }

    private Port create(PortSpec spec, Set<UUID> wanted) {
        spec.before().stream()
                .filter(device -> !placed.contains(device))
                .findFirst()
                .ifPresent(device -> {
                    throw new NotYetException("the port of " + device + " is not there yet");
                });
        NetworkKeeper.Target target = networks.target(spec.place());
        PortAttributes port = PortAttributes.on(target.network())
                .name(Marks.cut(spec.pod().key()
                        + spec.interfaceName().map(name -> ":" + name).orElse("")))
                .securityGroups(List.copyOf(wanted));
        List<AddressWish> wishes = spec.addresses().isEmpty()
                ? target.subnets().stream().map(AddressWish::from).toList()
                : spec.addresses().stream().map(AddressWish::of).toList();
        if (!wishes.isEmpty()) {
            port = port.fixedIps(wishes);
        }
        if (spec.mac().isPresent()) {
            port = port.macAddress(spec.mac().get());
        }
        Port made = neutron.ports().create(placement.marked(port, spec));
        known.put(spec.device(), made);
        return made;
    }

    private void update(PortSpec spec, Port port, PortAttributes changes) {
        known.put(spec.device(), neutron.ports().update(port.id(), changes));
    }

    private Set<UUID> groups(PortSpec spec) {
        Set<UUID> wanted = new HashSet<>();
        spec.groups().forEach(id -> wanted.add(group(id)));
        return wanted;
    }

    private UUID group(String id) {
        return groups.uuid(id).orElseThrow(() -> new NotYetException("the security group " + id + " is not there yet"));
    }

    /** The port is gone. */
    public void remove(String device) {
        Optional<Port> port = Optional.ofNullable(known.get(device));
        if (port.isPresent()) {
            placement.released(port.get());
            neutron.ports().delete(port.get().id());
            known.remove(device);
            placed.remove(device);
        }
    }
}
