package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.Binding;
import io.weft.model.Node;
import io.weft.model.Port;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The bindings of ports that machines move with (Neutron API v2.0, Port bindings): one is active, as the port's own, and
 * others wait on the nodes where the port may live next. Nodes hear of the active one alone; activating another is binding
 * the port there. For administrators.
 */
public final class PortBindings {
    /** The most that wait; bounds the port's record. A machine moves to one node at a time. */
    private static final int MOST = 4;

    private final Transactor transactor;
    private final Supplier<World> world;
    private final TrunkPorts trunks;
    private final Stamp stamp;

    PortBindings(Transactor transactor, Supplier<World> world, TrunkPorts trunks, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.trunks = trunks;
        this.stamp = stamp;
    }

    /** Adds a binding that waits. Its node must be known. */
    public Port create(Caller caller, UUID portId, Binding wanted) {
        return change(caller, portId, plan -> before -> {
            if (before.binding(wanted.host()).isPresent()) {
                throw Problem.PORT_BINDING_ALREADY_EXISTS.with(portId, wanted.host());
            }
            requireNode(plan, before, wanted.host());
            plan.world()
                    .network(before.networkId())
                    .ifPresent(network -> ExternalNetworks.requireForPorts(caller, network, wanted));
            List<Binding> waiting = new ArrayList<>(before.extras().waitingBindings());
            if (waiting.size() == MOST) {
                throw Problem.INVALID_INPUT.with("a port has at most " + MOST + " inactive bindings");
            }
            waiting.add(wanted);
            return withWaiting(before, waiting);
        });
    }

    /**
     * Changes how the port is plugged on a node.
     *
     * @param vnicType how the workload wants it plugged there; what is empty stays
     * @param profile what the orchestrator keeps with it
     */
    public Port update(
            Caller caller, UUID portId, String host, Optional<String> vnicType, Optional<Map<String, Object>> profile) {
        return change(caller, portId, plan -> before -> {
            Binding old = find(before, host);
            Binding changed = new Binding(host, vnicType.orElse(old.vnicType()), profile.orElse(old.profile()));
            return isActive(before, host)
                    ? before.withBinding(changed)
                    : withWaiting(
                            before,
                            before.extras().waitingBindings().stream()
                                    .map(binding -> binding.host().equals(host) ? changed : binding)
                                    .toList());
        });
    }

    /** Binds the port where a binding waits; the one that was active waits then. */
    public Port activate(Caller caller, UUID portId, String host) {
        return change(caller, portId, plan -> before -> {
            if (isActive(before, host)) {
                throw Problem.PORT_BINDING_ALREADY_ACTIVE.with(portId, host);
            }
            Binding next = find(before, host);
            requireNode(plan, before, host);
            List<Binding> waiting = without(before, host);
            if (before.binding().isBound()) {
                waiting.add(before.binding());
            }
            return withWaiting(before.withBinding(next), waiting);
        });
    }

    /** Removes a binding; without its active one the port lives nowhere. */
    public void delete(Caller caller, UUID portId, String host) {
        change(caller, portId, plan -> before -> {
            find(before, host);
            return isActive(before, host)
                    ? before.withBinding(Binding.NONE)
                    : withWaiting(before, without(before, host));
        });
    }

    /** The port of a machine, which may move. */
    private static Port movable(Port port) {
        if (!port.deviceOwner().startsWith("compute:") && !port.deviceOwner().startsWith("manila:")) {
            throw Problem.BAD_REQUEST.with(
                    "port",
                    "Invalid port " + port.id() + ". Operation only valid on compute and shared filesystem ports");
        }
        return port;
    }

    /** The port, if the caller may see its bindings. */
    public Port show(Caller caller, UUID portId) {
        return movable(Access.port(world.get(), caller, portId));
    }

    private interface Step {
        UnaryOperator<Port> in(Plan plan);
    }

    private Port change(Caller caller, UUID portId, Step step) {
        return transactor.run(plan -> {
            Port before = movable(Access.port(plan.world(), caller, portId));
            Port after = step.in(plan).apply(before);
            if (after.equals(before)) {
                return before;
            }
            Port touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(before, touched);
            trunks.follow(plan, before, touched);
            if (Ports.isTakenFromItsNode(before, touched)) {
                plan.release(Layout.up(portId));
            }
            return touched;
        });
    }

    private static void requireNode(Plan plan, Port port, String host) {
        Node node = plan.world().node(host).orElseThrow(() -> Problem.PORT_BINDING_ERROR.with(port.id(), host));
        plan.requireExists(Layout.node(node.id()));
    }

    private static boolean isActive(Port port, String host) {
        return port.binding().isBound() && port.binding().host().equals(host);
    }

    private static Binding find(Port port, String host) {
        return port.binding(host).orElseThrow(() -> Problem.PORT_BINDING_NOT_FOUND.with(port.id(), host));
    }

    private static List<Binding> without(Port port, String host) {
        List<Binding> left = new ArrayList<>(port.extras().waitingBindings());
        left.removeIf(binding -> binding.host().equals(host));
        return left;
    }

    private static Port withWaiting(Port port, List<Binding> waiting) {
        return port.withExtras(port.extras().withWaitingBindings(waiting));
    }
}
