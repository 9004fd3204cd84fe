package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.model.Binding;
import io.weft.model.Port;
import io.weft.model.Trunk;
import io.weft.model.World;
import java.util.Optional;
import java.util.UUID;

/**
 * What ports have of their trunks, and trunks of their ports: a subport belongs to its trunk, lives where the parent lives,
 * and moves with it; neither is removed.
 */
final class TrunkPorts {
    private final Stamp stamp;

    TrunkPorts(Stamp stamp) {
        this.stamp = stamp;
    }

    /** A port becomes a trunk's subport. That the parent does not move meanwhile is the caller's to require. */
    void join(Plan plan, Port port, UUID trunk, Port parent) {
        write(
                plan,
                port,
                trunk.toString(),
                Trunk.SUBPORT_OWNER,
                parent.binding().host());
    }

    /** A subport is one no more. */
    void leave(Plan plan, UUID portId) {
        Port port = plan.world().port(portId).orElseThrow(() -> Problem.PORT_NOT_FOUND.with(portId));
        plan.release(Layout.trunked(portId));
        write(plan, port, "", "", "");
    }

    private void write(Plan plan, Port before, String device, String owner, String host) {
        Port after = before.withDevice(device, owner).withBinding(at(before.binding(), host));
        plan.update(before, after.withMeta(stamp.touch(after.meta())));
        if (Ports.isTakenFromItsNode(before, after)) {
            plan.release(Layout.up(before.id()));
        }
    }

    private static Binding at(Binding binding, String host) {
        Binding moved = new Binding(host, binding.vnicType(), binding.profile());
        return moved.equals(Binding.NONE) ? Binding.NONE : moved;
    }

    /** A port lives elsewhere than before: so do the subports behind it. */
    void follow(Plan plan, Port before, Port after) {
        String host = after.binding().host();
        if (host.equals(before.binding().host())) {
            return;
        }
        // Neither has it become a parent, nor a subport.
        plan.requireUnchanged(Layout.trunked(before.id()));
        World world = plan.world();
        Optional<Trunk> trunk = world.trunkOfParent(before.id());
        if (trunk.isEmpty()) {
            return;
        }
        plan.requireUnchanged(trunk.get());
        for (Trunk.Subport subport : trunk.get().subports()) {
            world.port(subport.portId())
                    .filter(port -> !port.binding().host().equals(host))
                    .ifPresent(port -> write(plan, port, port.deviceId(), port.deviceOwner(), host));
        }
    }

    /** A port that is in no trunk, and comes into none meanwhile. */
    static void requireFree(Plan plan, UUID portId) {
        plan.world().trunkOfSubport(portId).ifPresent(trunk -> {
            throw Problem.PORT_IN_USE_AS_SUBPORT.with(portId, trunk.id());
        });
        plan.world().trunkOfParent(portId).ifPresent(trunk -> {
            throw Problem.PORT_IN_USE_AS_TRUNK_PARENT.with(portId, trunk.id());
        });
        plan.requireUnchanged(Layout.trunked(portId));
    }

    /** What a subport has of its trunk is changed by what is done to the trunk and to its parent. */
    static void requireSubportStays(World world, Port before, Port after) {
        boolean same = after.deviceId().equals(before.deviceId())
                && after.deviceOwner().equals(before.deviceOwner())
                && after.binding().host().equals(before.binding().host());
        if (!same) {
            world.trunkOfSubport(before.id()).ifPresent(trunk -> {
                throw Problem.INVALID_INPUT.with("Port " + before.id() + " is a subport of trunk " + trunk.id()
                        + "; its device_id, device_owner and binding:host_id cannot be changed");
            });
        }
    }
}
