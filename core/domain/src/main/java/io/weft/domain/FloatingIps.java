package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.FixedIp;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Subnet;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Floating IPs (Neutron API v2.0, Floating IPs). The address is that of a port of nobody's on the external network, which
 * comes and goes with the floating IP.
 */
public final class FloatingIps {
    private static final String RESOURCE = "floatingip";

    private final Transactor transactor;
    private final Supplier<World> world;
    private final Settings settings;
    private final PortMaker maker;
    private final FloatingTargets targets;
    private final Stamp stamp;

    FloatingIps(
            Transactor transactor,
            Supplier<World> world,
            Settings settings,
            PortMaker maker,
            FloatingTargets targets,
            Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.settings = settings;
        this.maker = maker;
        this.targets = targets;
        this.stamp = stamp;
    }

    /** Makes a floating IP. */
    public FloatingIp create(Caller caller, NewFloatingIp wanted) {
        ExternalNetworks.requireServed(settings, "floating_network_id");
        if (wanted.fixedAddress().isPresent() && wanted.portId().isEmpty()) {
            throw Problem.BAD_REQUEST.with(RESOURCE, "fixed_ip_address cannot be specified without a port_id");
        }
        return transactor.run(plan -> {
            UUID id = Stamp.newId();
            Port port = port(plan, caller, id, wanted);
            FloatingIp free = new FloatingIp(
                    stamp.create(id, wanted.project(), "", wanted.description(), wanted.tags()),
                    wanted.networkId(),
                    port.id(),
                    port.fixedIps().getFirst().address(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    QosUse.ofNewOutside(plan, caller, wanted.qosPolicy()));
            FloatingIp made = wanted.portId().isEmpty()
                    ? free
                    : lead(
                            plan,
                            caller,
                            free,
                            new FloatingIpUpdate.Target.ToPort(wanted.portId().get(), wanted.fixedAddress()));
            plan.create(made);
            FloatingTargets.keep(plan, Optional.empty(), Optional.of(made));
            plan.count(made.project(), QuotaResource.FLOATING_IP, 1);
            return made;
        });
    }

    /** Changes a floating IP: what it leads to, its QoS policy, or its description. */
    public FloatingIp update(Caller caller, UUID id, FloatingIpUpdate update) {
        return transactor.run(plan -> {
            FloatingIp before = Access.floatingIp(plan.world(), caller, id);
            Access.requireRevision(before, update.expectedRevision());
            FloatingIp described = before.withMeta(stamp.describe(before, Optional.empty(), update.description()))
                    .withQosPolicy(QosUse.ofChangedOutside(plan, caller, before.qosPolicy(), update.qosPolicy()));
            FloatingIp after = update.target()
                    .map(target -> switch (target) {
                        case FloatingIpUpdate.Target.Nothing _ ->
                            before.fixed().isPresent() ? described.free() : described;
                        case FloatingIpUpdate.Target.ToPort to -> lead(plan, caller, described, to);
                    })
                    .orElse(described);
            return after.equals(before) ? before : targets.write(plan, before, after);
        });
    }

    /** Removes a floating IP that forwards no ports; the port it leads to it does no more. */
    public void delete(Caller caller, UUID id) {
        delete(caller, id, OptionalLong.empty());
    }

    /** Removes a floating IP, if it has this revision number. */
    public void delete(Caller caller, UUID id, OptionalLong expectedRevision) {
        transactor.run(plan -> {
            FloatingIp floatingIp = Access.floatingIp(plan.world(), caller, id);
            Access.requireRevision(floatingIp, expectedRevision);
            if (!floatingIp.forwardings().isEmpty()) {
                throw Problem.FLOATING_IP_IN_USE_BY_PORT_FORWARDING.with(floatingIp.id());
            }
            plan.delete(floatingIp);
            FloatingTargets.keep(plan, Optional.of(floatingIp), Optional.empty());
            maker.delete(
                    plan,
                    plan.world()
                            .port(floatingIp.portId())
                            .orElseThrow(() -> Problem.PORT_NOT_FOUND.with(floatingIp.portId())));
            plan.count(floatingIp.project(), QuotaResource.FLOATING_IP, -1);
            return id;
        });
    }

    /**
     * Removes the floating IPs of a network that lead nowhere, where nothing else is on the network and the caller may remove
     * it: they go before it, each on its own.
     */
    public void deleteUnused(Caller caller, UUID networkId, OptionalLong expectedRevision) {
        World now = world.get();
        Network network = Access.network(now, caller, networkId);
        Access.requireRevision(network, expectedRevision);
        List<FloatingIp> unused = new ArrayList<>();
        for (Port port : now.portsOf(networkId)) {
            Optional<FloatingIp> free = port.deviceOwner().equals(Port.FLOATING_IP)
                    ? now.floatingIp(UUID.fromString(port.deviceId()))
                            .filter(floatingIp -> floatingIp.insidePorts().isEmpty())
                    : Optional.empty();
            if (free.isEmpty()) {
                return;
            }
            unused.add(free.get());
        }
        // What was given a port meanwhile has another revision, and stays.
        unused.forEach(floatingIp -> delete(
                Caller.SYSTEM,
                floatingIp.id(),
                OptionalLong.of(floatingIp.meta().revision())));
    }

    /** The floating IP, if the caller may see it. */
    public FloatingIp show(Caller caller, UUID id) {
        return Access.floatingIp(world.get(), caller, id);
    }

    /** The floating IPs that the caller may see, in no order. */
    public List<FloatingIp> list(Caller caller) {
        World now = world.get();
        return caller.admin() ? List.copyOf(now.floatingIps()) : now.floatingIpsOfProject(caller.project());
    }

    /** The port that holds the address, with this alone. */
    private Port port(Plan plan, Caller caller, UUID id, NewFloatingIp wanted) {
        Network network = Access.network(plan.world(), caller, wanted.networkId());
        if (!network.external()) {
            throw Problem.BAD_REQUEST.with(RESOURCE, "Network " + network.id() + " is not a valid external network");
        }
        plan.requireUnchanged(network);
        NewPort port = NewPort.of("", network.id())
                .withDevice(id.toString(), Port.FLOATING_IP)
                .withPortSecurity(false)
                .withFixedIps(request(plan, network, wanted));
        return maker.create(plan, caller, network, port);
    }

    /** Which address: the one asked for, or any of the subnet asked for, or of the first that has one left. */
    private static FixedIpRequest request(Plan plan, Network network, NewFloatingIp wanted) {
        wanted.address().ifPresent(address -> requireIpv4(address, address));
        if (wanted.address().isPresent() || wanted.subnetId().isPresent()) {
            wanted.subnetId()
                    .flatMap(plan.world()::subnet)
                    .ifPresent(subnet -> requireIpv4(subnet.cidr().address(), subnet.id()));
            return new FixedIpRequest(wanted.subnetId(), wanted.address());
        }
        List<Subnet> subnets = plan.world().subnetsOf(network.id()).stream()
                .filter(subnet -> subnet.family() == IpFamily.IPV4)
                .sorted(Comparator.comparing((Subnet s) -> s.meta().createdAt()).thenComparing(Subnet::id))
                .toList();
        if (subnets.isEmpty()) {
            throw Problem.BAD_REQUEST.with(RESOURCE, "Network " + network.id() + " does not contain any IPv4 subnet");
        }
        Subnet roomy = subnets.stream()
                .filter(subnet -> plan.hasFreeAddress(subnet.id(), subnet.allocationPools()))
                .findFirst()
                .orElse(subnets.getFirst());
        return new FixedIpRequest(Optional.of(roomy.id()), Optional.empty());
    }

    private static void requireIpv4(IpAddress address, Object named) {
        if (!address.isIpv4()) {
            throw Problem.BAD_REQUEST.with(RESOURCE, named + " is not IPv4; floating IPs are");
        }
    }

    /** The floating IP as it is when it leads there. */
    private static FloatingIp lead(
            Plan plan, Caller caller, FloatingIp floatingIp, FloatingIpUpdate.Target.ToPort target) {
        if (!floatingIp.forwardings().isEmpty()) {
            throw Problem.FLOATING_IP_IN_USE_BY_PORT_FORWARDING.with(floatingIp.id());
        }
        Port port = Access.port(plan.world(), caller, target.portId());
        if (!caller.admin() && !port.project().equals(floatingIp.project())) {
            throw Problem.BAD_REQUEST.with(
                    RESOURCE,
                    "Cannot process floating IP association with Port " + port.id()
                            + ", since that port is owned by a different tenant");
        }
        requireWorkload(RESOURCE, port);
        IpAddress inside = inside(port, target.fixedAddress());
        UUID router = FloatingTargets.requireReach(plan, floatingIp.networkId(), port, inside);
        if (plan.world().loadBalancerOfPort(port.id()).isPresent()) {
            plan.requireWriter(WriterFormat.FLOATING_LOAD_BALANCERS);
        }
        plan.requireNoneWritten(Layout.floatingTargets(port.id()));
        for (FloatingIp other : plan.world().floatingIpsOfPort(port.id())) {
            boolean same = other.fixed()
                    .filter(fixed ->
                            fixed.portId().equals(port.id()) && fixed.address().equals(inside))
                    .isPresent();
            // Behind one router it is stood for on one network alone: answers leave by that one.
            boolean contends = other.networkId().equals(floatingIp.networkId())
                    || other.routerId().equals(Optional.of(router));
            if (same && !other.id().equals(floatingIp.id()) && contends) {
                throw Problem.FLOATING_IP_PORT_ALREADY_ASSOCIATED.with(
                        floatingIp.address(), floatingIp.id(), port.id(), inside, other.networkId());
            }
            if (other.forwardings().stream()
                    .anyMatch(f -> f.portId().equals(port.id()) && f.address().equals(inside))) {
                throw Problem.PORT_HAS_PORT_FORWARDING.with(port.id());
            }
        }
        return floatingIp.withFixed(router, new FloatingIp.Fixed(port.id(), inside));
    }

    /** What is the network's own is no workload. */
    static void requireWorkload(String resource, Port port) {
        if (port.isServed()) {
            throw Problem.BAD_REQUEST.with(
                    resource,
                    "Port " + port.id() + " has device owner " + port.deviceOwner() + " and is no workload's");
        }
    }

    private static IpAddress inside(Port port, Optional<IpAddress> asked) {
        if (asked.isPresent()) {
            if (!asked.get().isIpv4()) {
                throw Problem.BAD_REQUEST.with(
                        RESOURCE,
                        "Cannot process floating IP association with " + asked.get()
                                + ", since that is not an IPv4 address");
            }
            return asked.get();
        }
        List<IpAddress> ipv4 = port.fixedIps().stream()
                .map(FixedIp::address)
                .filter(IpAddress::isIpv4)
                .toList();
        if (ipv4.isEmpty()) {
            throw Problem.BAD_REQUEST.with(
                    RESOURCE, "Cannot add floating IP to port " + port.id() + " that has no fixed IPv4 addresses");
        }
        if (ipv4.size() > 1) {
            throw Problem.BAD_REQUEST.with(
                    RESOURCE,
                    "Port " + port.id() + " has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address"
                            + " when assigning a floating IP");
        }
        return ipv4.getFirst();
    }
}
