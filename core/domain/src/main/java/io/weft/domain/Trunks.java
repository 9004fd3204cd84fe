package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Trunk;
import io.weft.model.Trunk.Subport;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Trunks (Neutron API v2.0, Trunk networking). A port is in one trunk at most, as its parent or as a subport, and is not
 * removed while it is. A subport lives where the parent lives ({@link TrunkPorts}).
 */
public final class Trunks {
    /** The most subports; bounds what a move of the parent writes. */
    private static final int MOST = 1000;

    private final Transactor transactor;
    private final Supplier<World> world;
    private final TrunkPorts ports;
    private final Stamp stamp;

    Trunks(Transactor transactor, Supplier<World> world, TrunkPorts ports, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.ports = ports;
        this.stamp = stamp;
    }

    /** Makes a trunk. */
    public Trunk create(Caller caller, NewTrunk wanted) {
        return create(caller, List.of(wanted)).getFirst();
    }

    /** Makes trunks, all or none. */
    public List<Trunk> create(Caller caller, List<NewTrunk> wanted) {
        return transactor.run(plan -> {
            List<Trunk> made = new ArrayList<>(wanted.size());
            for (NewTrunk one : wanted) {
                UUID id = Stamp.newId();
                Port parent = parent(plan, caller, one.portId());
                List<Subport> subports = add(plan, caller, id, parent, List.of(), one.subports());
                plan.takeOr(Layout.trunked(parent.id()), id, Problem.PARENT_PORT_IN_USE.with(parent.id()));
                plan.requireUnchanged(parent);
                Trunk trunk = new Trunk(
                        stamp.create(id, one.project(), one.name(), one.description(), List.of()),
                        parent.id(),
                        one.adminStateUp(),
                        subports);
                plan.requireWriter(WriterFormat.TRUNKS);
                plan.create(trunk);
                plan.count(trunk.project(), QuotaResource.TRUNK, 1);
                made.add(trunk);
            }
            return made;
        });
    }

    /** Changes a trunk's own attributes. */
    public Trunk update(Caller caller, UUID id, TrunkUpdate update) {
        return transactor.run(plan -> {
            Trunk before = Access.trunk(plan.world(), caller, id);
            Access.requireRevision(before, update.expectedRevision());
            return write(
                    plan,
                    before,
                    new Trunk(
                            stamp.describe(before, update.name(), update.description()),
                            before.portId(),
                            update.adminStateUp().orElse(before.adminStateUp()),
                            before.subports()));
        });
    }

    /** Puts ports behind tags. */
    public Trunk addSubports(Caller caller, UUID id, List<SubportRequest> requests) {
        return transactor.run(plan -> {
            Trunk before = Access.trunk(plan.world(), caller, id);
            Port parent =
                    plan.world().port(before.portId()).orElseThrow(() -> Problem.PORT_NOT_FOUND.with(before.portId()));
            List<Subport> subports = new ArrayList<>(before.subports());
            subports.addAll(add(plan, caller, id, parent, before.subports(), requests));
            requireManaged(before);
            plan.requireUnchanged(parent);
            return write(plan, before, before.withSubports(subports));
        });
    }

    /** Takes ports from behind their tags; each lives nowhere then. */
    public Trunk removeSubports(Caller caller, UUID id, List<UUID> portIds) {
        return transactor.run(plan -> {
            Trunk before = Access.trunk(plan.world(), caller, id);
            requireManaged(before);
            List<Subport> left = new ArrayList<>(before.subports());
            for (UUID portId : portIds) {
                if (!left.removeIf(subport -> subport.portId().equals(portId))) {
                    throw Problem.SUBPORT_NOT_FOUND.with(id, portId);
                }
                ports.leave(plan, portId);
            }
            return write(plan, before, before.withSubports(left));
        });
    }

    /** Removes a trunk; its ports stay. */
    public void delete(Caller caller, UUID id) {
        delete(caller, id, OptionalLong.empty());
    }

    /** The same, if it has this revision number. */
    public void delete(Caller caller, UUID id, OptionalLong expectedRevision) {
        transactor.run(plan -> {
            Trunk trunk = Access.trunk(plan.world(), caller, id);
            Access.requireRevision(trunk, expectedRevision);
            requireManaged(trunk);
            trunk.subports().forEach(subport -> ports.leave(plan, subport.portId()));
            plan.release(Layout.trunked(trunk.portId()));
            plan.delete(trunk);
            plan.count(trunk.project(), QuotaResource.TRUNK, -1);
            return id;
        });
    }

    /** The trunk, if the caller may see it. */
    public Trunk show(Caller caller, UUID id) {
        return Access.trunk(world.get(), caller, id);
    }

    private Trunk write(Plan plan, Trunk before, Trunk after) {
        if (after.equals(before)) {
            return before;
        }
        Trunk touched = after.withMeta(stamp.touch(after.meta()));
        plan.update(before, touched);
        return touched;
    }

    private static void requireManaged(Trunk trunk) {
        if (!trunk.adminStateUp()) {
            throw Problem.TRUNK_DISABLED.with(trunk.id());
        }
    }

    private static Port usable(Plan plan, Caller caller, UUID id) {
        Port port = Access.port(plan.world(), caller, id);
        if (plan.world().trunkOfSubport(id).isPresent()) {
            throw Problem.TRUNK_PORT_IN_USE.with(id);
        }
        if (plan.world().trunkOfParent(id).isPresent()) {
            throw Problem.PARENT_PORT_IN_USE.with(id);
        }
        return port;
    }

    private static Port parent(Plan plan, Caller caller, UUID id) {
        Port port = usable(plan, caller, id);
        VipPorts.requireFree(plan.world(), id);
        if (port.isServed()) {
            throw Problem.PARENT_PORT_IN_USE.with(id);
        }
        return port;
    }

    /** Takes ports for a trunk and has them live where its parent lives. */
    private List<Subport> add(
            Plan plan, Caller caller, UUID trunk, Port parent, List<Subport> present, List<SubportRequest> requests) {
        if (present.size() + requests.size() > MOST) {
            throw Problem.INVALID_INPUT.with("a trunk has at most " + MOST + " subports");
        }
        int mtu = plan.world()
                .network(parent.networkId())
                .map(Network::mtu)
                .orElseThrow(() -> Problem.NETWORK_NOT_FOUND.with(parent.networkId()));
        List<Subport> added = new ArrayList<>(requests.size());
        for (SubportRequest request : requests) {
            if (request.portId().equals(parent.id())) {
                throw Problem.PARENT_PORT_IN_USE.with(request.portId());
            }
            Port port = usable(plan, caller, request.portId());
            Network network = plan.world()
                    .network(port.networkId())
                    .orElseThrow(() -> Problem.NETWORK_NOT_FOUND.with(port.networkId()));
            if (network.mtu() > mtu) {
                throw Problem.SUBPORT_MTU_GREATER_THAN_TRUNK_PORT_MTU.with(network.mtu(), port.id(), mtu, parent.id());
            }
            Subport subport = subport(request, network);
            if (!port.deviceId().isEmpty()) {
                throw Problem.PORT_IN_USE.with(port.id(), port.networkId(), port.deviceId());
            }
            if (has(present, subport.vlan()) || has(added, subport.vlan())) {
                throw Problem.DUPLICATE_SUBPORT.with("vlan", subport.vlan(), trunk);
            }
            if (network.external()) {
                throw Problem.INVALID_INPUT.with("sub_ports: port " + port.id() + " is on network " + network.id()
                        + ", which is external; ports of workloads are not carried by physical networks");
            }
            plan.takeOr(Layout.trunked(port.id()), trunk, Problem.TRUNK_PORT_IN_USE.with(port.id()));
            ports.join(plan, port, trunk, parent);
            added.add(subport);
        }
        return added;
    }

    private static boolean has(List<Subport> subports, int vlan) {
        return subports.stream().anyMatch(subport -> subport.vlan() == vlan);
    }

    /** Only networks that are VLANs have an id that can be inherited; none of these is one. */
    private static Subport subport(SubportRequest request, Network network) {
        String type = network.physicalNetwork().isPresent() ? "flat" : "vxlan";
        int vlan = request.vlan()
                .orElseThrow(() -> Problem.INVALID_INPUT.with("Unknown segmentation_type '" + type + "'"));
        if (vlan < Subport.MIN_VLAN || vlan > Subport.MAX_VLAN) {
            throw Problem.INVALID_INPUT.with("Segmentation ID '" + vlan + "' is not in range");
        }
        return new Subport(request.portId(), vlan);
    }
}
