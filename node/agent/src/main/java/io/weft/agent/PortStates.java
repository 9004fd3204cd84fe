package io.weft.agent;

import io.weft.agent.drivers.DeviceDriver;
import io.weft.agent.drivers.TableDrivers;
import io.weft.agent.policy.Policy;
import io.weft.agent.shaping.GuaranteeDriver;
import io.weft.agent.shaping.ShaperDriver;
import io.weft.agent.tables.Fold;
import io.weft.agent.tables.Shaping;
import io.weft.kernel.netlink.Link;
import io.weft.protocol.LocalPort;
import io.weft.protocol.PortReport;
import io.weft.protocol.Trunking;
import io.weft.vrouter.Tag;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How ports are, by what the drivers say of their devices, rules and limits. Owned by the node's thread. */
final class PortStates {
    private final Fold fold;
    private final TableDrivers tables;
    private final DeviceDriver devices;
    private final ShaperDriver shaping;
    private final GuaranteeDriver guarantees;
    private final Function<UUID, @Nullable Link> bound;

    /**
     * States of the ports of a node.
     *
     * @param bound the device that is bound to a port
     */
    PortStates(
            Fold fold,
            TableDrivers tables,
            DeviceDriver devices,
            ShaperDriver shaping,
            GuaranteeDriver guarantees,
            Function<UUID, @Nullable Link> bound) {
        this.fold = fold;
        this.tables = tables;
        this.devices = devices;
        this.shaping = shaping;
        this.guarantees = guarantees;
        this.bound = bound;
    }

    /** How a port is, with the first reason why it is not up. */
    PortReport state(LocalPort port) {
        Link link = link(port);
        if (link == null) {
            return new PortReport(port.portId(), PortReport.State.DOWN, "no device");
        }
        String failure = devices.failures().get(link.index());
        if (failure != null) {
            return new PortReport(port.portId(), PortReport.State.ERROR, failure);
        }
        if (fold.portNumber(port.portId()).isEmpty()) {
            return new PortReport(port.portId(), PortReport.State.ERROR, "not in the tables");
        }
        if (!port.adminUp()) {
            return new PortReport(port.portId(), PortReport.State.DOWN, "administratively down");
        }
        if (!devices.isAttached(link.index())) {
            return new PortReport(port.portId(), PortReport.State.DOWN, "not attached yet");
        }
        int place = place(port, link);
        Optional<String> unlimited = shaping.failure(place).or(() -> shaping.failure(Shaping.ofReceiving(place)));
        if (unlimited.isPresent()) {
            return new PortReport(
                    port.portId(), PortReport.State.ERROR, "its limits cannot be enforced: " + unlimited.get());
        }
        String unguaranteed = guarantees.failures().get(port.portId());
        if (unguaranteed != null) {
            return new PortReport(
                    port.portId(), PortReport.State.ERROR, "its bandwidth cannot be guaranteed: " + unguaranteed);
        }
        Policy.Assignment assignment = fold.policy().assignment(port.portId());
        Optional<String> shut = fold.policy().problem(port.portId()).or(() -> tables.rulesProblem(assignment));
        return shut.map(text -> new PortReport(port.portId(), PortReport.State.ERROR, text))
                .orElseGet(() -> new PortReport(port.portId(), PortReport.State.UP, ""));
    }

    /** The device that a port sends by: its own, or that of its trunk's parent. */
    @Nullable
    Link link(LocalPort port) {
        return bound.apply(port.trunking() instanceof Trunking.Subport subport ? subport.parentId() : port.portId());
    }

    /** What tables have for the port. */
    int place(LocalPort port, Link link) {
        return port.trunking() instanceof Trunking.Subport
                ? fold.portNumber(port.portId()).map(Tag::place).orElse(0)
                : link.index();
    }

    /** Whether packets of a port obey all that is known of it. */
    boolean isInForce(UUID port) {
        Link link = bound.apply(port);
        return tables.isClean() && link != null && devices.isAttached(link.index()) && shaping.isSettled(link.index());
    }
}
