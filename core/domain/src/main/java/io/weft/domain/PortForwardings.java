package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.FloatingIp;
import io.weft.model.Port;
import io.weft.model.PortForwarding;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Port forwardings (Neutron API v2.0, Floating IP port forwarding). They are parts of the floating IP's record. */
public final class PortForwardings {
    private static final String RESOURCE = "port_forwarding";

    /** How many a floating IP has at most; bounds its record. */
    private static final int MOST = 128;

    private final Transactor transactor;
    private final Supplier<World> world;
    private final FloatingTargets targets;

    PortForwardings(Transactor transactor, Supplier<World> world, FloatingTargets targets) {
        this.transactor = transactor;
        this.world = world;
        this.targets = targets;
    }

    /** Forwards ports of a floating IP. */
    public PortForwarding create(Caller caller, UUID floatingIpId, NewPortForwarding wanted) {
        return transactor.run(plan -> {
            FloatingIp before = Access.floatingIp(plan.world(), caller, floatingIpId);
            if (before.forwardings().size() >= MOST) {
                throw Problem.INVALID_INPUT.with("a floating IP has at most " + MOST + " port forwardings");
            }
            PortForwarding made = new PortForwarding(
                    Stamp.newId(),
                    wanted.description(),
                    wanted.protocol(),
                    wanted.external(),
                    wanted.portId(),
                    wanted.address(),
                    wanted.internal());
            add(plan, caller, before, before.forwardings(), made);
            return made;
        });
    }

    /** Changes a port forwarding. */
    public PortForwarding update(Caller caller, UUID floatingIpId, UUID id, PortForwardingUpdate update) {
        return transactor.run(plan -> {
            FloatingIp before = Access.floatingIp(plan.world(), caller, floatingIpId);
            PortForwarding old = find(before, id);
            PortForwarding changed = new PortForwarding(
                    id,
                    update.description().orElse(old.description()),
                    update.protocol().orElse(old.protocol()),
                    update.external().orElse(old.external()),
                    update.portId().orElse(old.portId()),
                    update.address().orElse(old.address()),
                    update.internal().orElse(old.internal()));
            if (changed.equals(old)) {
                return old;
            }
            add(plan, caller, before, without(before, id), changed);
            return changed;
        });
    }

    /** Removes a port forwarding. */
    public void delete(Caller caller, UUID floatingIpId, UUID id) {
        transactor.run(plan -> {
            FloatingIp before = Access.floatingIp(plan.world(), caller, floatingIpId);
            find(before, id);
            targets.write(plan, before, before.withForwardings(before.routerId().orElseThrow(), without(before, id)));
            return id;
        });
    }

    /** A port forwarding of a floating IP that the caller may see. */
    public PortForwarding show(Caller caller, UUID floatingIpId, UUID id) {
        return find(Access.floatingIp(world.get(), caller, floatingIpId), id);
    }

    /** The port forwardings of a floating IP that the caller may see. */
    public List<PortForwarding> list(Caller caller, UUID floatingIpId) {
        return Access.floatingIp(world.get(), caller, floatingIpId).forwardings();
    }

    private static PortForwarding find(FloatingIp floatingIp, UUID id) {
        return floatingIp.forwardings().stream()
                .filter(f -> f.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Problem.PORT_FORWARDING_NOT_FOUND.with(id));
    }

    private static List<PortForwarding> without(FloatingIp floatingIp, UUID id) {
        return floatingIp.forwardings().stream().filter(f -> !f.id().equals(id)).toList();
    }

    private void add(Plan plan, Caller caller, FloatingIp before, List<PortForwarding> others, PortForwarding added) {
        before.fixed().ifPresent(fixed -> {
            throw Problem.FLOATING_IP_PORT_ALREADY_ASSOCIATED.with(
                    before.address(), before.id(), fixed.portId(), fixed.address(), before.networkId());
        });
        requireDifferent(others, added);
        Port port = Access.port(plan.world(), caller, added.portId());
        if (!caller.admin() && !port.project().equals(before.project())) {
            throw Problem.BAD_REQUEST.with(RESOURCE, "Port " + port.id() + " is owned by a different tenant");
        }
        FloatingIps.requireWorkload(RESOURCE, port);
        plan.world().loadBalancerOfPort(port.id()).ifPresent(owner -> {
            throw Problem.BAD_REQUEST.with(
                    RESOURCE,
                    "internal_port_id: port " + port.id() + " has the address of load balancer " + owner.id()
                            + ", whose listeners say what is forwarded; a floating IP may lead to it as a whole");
        });
        UUID router = FloatingTargets.requireReach(plan, before.networkId(), port, added.address());
        if (!others.isEmpty() && !before.routerId().orElseThrow().equals(router)) {
            throw Problem.BAD_REQUEST.with(
                    RESOURCE,
                    "The Floating IP " + before.id() + " had been set on router "
                            + before.routerId().get() + ", the internal Neutron port " + port.id()
                            + " can not be reached by it");
        }
        plan.requireNoneWritten(Layout.floatingTargets(port.id()));
        for (FloatingIp other : plan.world().floatingIpsOfPort(port.id())) {
            other.fixed().filter(f -> f.address().equals(added.address())).ifPresent(fixed -> {
                throw Problem.PORT_HAS_BINDING_FLOATING_IP.with(
                        before.address(), before.id(), port.id(), fixed.address());
            });
            // Answers of a port inside leave by one network alone.
            boolean contends = other.routerId().equals(Optional.of(router))
                    && !other.networkId().equals(before.networkId());
            if (contends) {
                other.forwardings().stream()
                        .filter(f -> isSameInside(f, added))
                        .findFirst()
                        .ifPresent(f -> {
                            throw Problem.BAD_REQUEST.with(
                                    RESOURCE,
                                    "internal_port " + f.internal() + " of " + f.address()
                                            + " is forwarded from external network " + other.networkId()
                                            + " already; behind one router it is from one external network alone");
                        });
            }
        }
        List<PortForwarding> all = new ArrayList<>(others);
        all.add(added);
        targets.write(plan, before, before.withForwardings(router, all));
    }

    /** No port outside leads to two places, and no port inside is led to by two of one floating IP. */
    private static void requireDifferent(List<PortForwarding> others, PortForwarding added) {
        for (PortForwarding other : others) {
            boolean sameProtocol = other.protocol().number() == added.protocol().number();
            if (sameProtocol && other.external().overlaps(added.external())) {
                throw duplicate("external_port", other.external());
            }
            if (isSameInside(other, added)) {
                throw duplicate("internal_port", other.internal());
            }
        }
    }

    private static boolean isSameInside(PortForwarding one, PortForwarding other) {
        return one.protocol().number() == other.protocol().number()
                && one.portId().equals(other.portId())
                && one.address().equals(other.address())
                && one.internal().overlaps(other.internal());
    }

    private static RuntimeException duplicate(String field, Object value) {
        return Problem.BAD_REQUEST.with(
                RESOURCE,
                "A duplicate port forwarding entry with same attributes already exists, conflicting values are {'"
                        + field + "': '" + value + "'}");
    }
}
