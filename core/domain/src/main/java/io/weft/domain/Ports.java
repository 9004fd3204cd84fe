package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.AddressPair;
import io.weft.model.Binding;
import io.weft.model.FixedIp;
import io.weft.model.MacAddress;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.PortDns;
import io.weft.model.PortExtras;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.model.World;
import io.weft.store.Bytes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Ports (Neutron API v2.0, Ports). Interfaces of routers are made and removed by {@link Routers}. */
public final class Ports {
    private final Transactor transactor;
    private final Supplier<World> world;
    private final PortMaker maker;
    private final PortGroups groups;
    private final FloatingTargets targets;
    private final TrunkPorts trunks;
    private final Stamp stamp;

    Ports(
            Transactor transactor,
            Supplier<World> world,
            PortMaker maker,
            PortGroups groups,
            FloatingTargets targets,
            TrunkPorts trunks,
            Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.maker = maker;
        this.groups = groups;
        this.targets = targets;
        this.trunks = trunks;
        this.stamp = stamp;
    }

    /** Makes a port. */
    public Port create(Caller caller, NewPort wanted) {
        return create(caller, List.of(wanted)).getFirst();
    }

    /** Makes ports, all or none. */
    public List<Port> create(Caller caller, List<NewPort> wanted) {
        for (NewPort one : wanted) {
            requireNotServed(one.deviceOwner());
        }
        return transactor.run(plan -> {
            List<Port> made = new ArrayList<>(wanted.size());
            for (NewPort one : wanted) {
                Network network = useNetwork(plan, caller, one.networkId());
                ExternalNetworks.requireForPorts(caller, network, one.binding());
                made.add(maker.create(plan, caller, network, one));
            }
            return made;
        });
    }

    /** Changes a port. */
    public Port update(Caller caller, UUID id, PortUpdate update) {
        return transactor.run(plan -> {
            Port before = Access.port(plan.world(), caller, id);
            Access.requireRevision(before, update.expectedRevision());
            Optional<Network> network = plan.world().network(before.networkId());
            if (update.binding().filter(Binding::isBound).isPresent()) {
                network.ifPresent(on -> ExternalNetworks.requireForPorts(
                        caller, on, update.binding().get()));
            }
            Port after = change(plan, caller, before, update);
            requireSameSubnets(plan, before, after);
            if (after.equals(before)) {
                return before;
            }
            PortMaker.checkParts(
                    after.fixedIps().size(), after.extraDhcpOptions().size());
            TrunkPorts.requireSubportStays(plan.world(), before, after);
            VipPorts.requireStays(plan.world(), before, after);
            Port touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(before, touched);
            trunks.follow(plan, before, touched);
            targets.leaveLost(plan, before, touched);
            if (isTakenFromItsNode(before, touched)) {
                plan.release(Layout.up(id));
            }
            return touched;
        });
    }

    /** Whether the node that has the port in use cannot go on with that: it begins anew, there or elsewhere. */
    static boolean isTakenFromItsNode(Port before, Port after) {
        boolean sameHost = before.binding().host().equals(after.binding().host());
        return before.binding().isBound() && before.adminStateUp() && !(sameHost && after.adminStateUp());
    }

    /** A MAC for a port that is to have another one than before, whichever. */
    public static MacAddress anyMac() {
        return PortMaker.randomMac();
    }

    /** Says where a port lives; {@link Binding#NONE} unbinds it. */
    public Port bind(Caller caller, UUID id, Binding binding) {
        return update(caller, id, PortUpdate.NONE.withBinding(binding));
    }

    /** Removes a port. */
    public void delete(Caller caller, UUID id) {
        delete(caller, id, OptionalLong.empty());
    }

    /** Removes a port, if the port has this revision number. */
    public void delete(Caller caller, UUID id, OptionalLong expectedRevision) {
        transactor.run(plan -> {
            Port port = Access.port(plan.world(), caller, id);
            Access.requireRevision(port, expectedRevision);
            if (port.isServed()) {
                throw Problem.PORT_OWNED.with(id, "has device owner " + port.deviceOwner());
            }
            VipPorts.requireFree(plan.world(), id);
            TrunkPorts.requireFree(plan, id);
            targets.leave(plan, port);
            maker.delete(plan, port);
            return id;
        });
    }

    /** The port, if the caller may see it. */
    public Port show(Caller caller, UUID id) {
        return Access.port(world.get(), caller, id);
    }

    /** The ports that the caller may see, in no order. */
    public List<Port> list(Caller caller) {
        World now = world.get();
        if (caller.admin()) {
            return List.copyOf(now.ports());
        }
        Set<UUID> known = new HashSet<>();
        List<Port> seen = new ArrayList<>(now.portsOfProject(caller.project()));
        seen.forEach(port -> known.add(port.id()));
        for (Network network : now.networksOfProject(caller.project())) {
            for (Port port : now.portsOf(network.id())) {
                if (known.add(port.id())) {
                    seen.add(port);
                }
            }
        }
        return seen;
    }

    /** The network, which the caller may put ports on. */
    static Network useNetwork(Plan plan, Caller caller, UUID id) {
        Network network = Access.network(plan.world(), caller, id);
        if (caller.owns(network.project())) {
            plan.requireExists(Layout.record(network));
        } else {
            // It is the sharing that lets the caller in.
            plan.requireUnchanged(network);
        }
        return network;
    }

    private PortDns changeName(Port before, PortUpdate update) {
        PortDns after = new PortDns(
                update.dnsName().orElse(before.dns().name()),
                update.dnsDomain().orElse(before.dns().domain()));
        if (after.equals(before.dns())) {
            return before.dns();
        }
        maker.checkName(after);
        return after;
    }

    private Port change(Plan plan, Caller caller, Port before, PortUpdate update) {
        MacAddress mac = update.mac().orElse(before.mac());
        boolean newMac = !mac.equals(before.mac());
        if (newMac) {
            changeMac(plan, before, mac);
        }
        if (before.isServed()) {
            requireServedStays(before, update);
        } else {
            update.deviceOwner().ifPresent(Ports::requireNotServed);
        }
        boolean portSecurity = update.portSecurityEnabled().orElse(before.portSecurityEnabled());
        List<AddressPair> pairs = update.allowedAddressPairs()
                .map(requests -> maker.addressPairs(requests, mac))
                .orElse(before.allowedAddressPairs());
        if (!portSecurity && !pairs.isEmpty()) {
            throw Problem.ADDRESS_PAIRS_NEED_PORT_SECURITY.with();
        }
        Binding binding = update.binding().orElse(before.binding());
        return new Port(
                stamp.describe(before, update.name(), update.description()),
                before.networkId(),
                update.adminStateUp().orElse(before.adminStateUp()),
                mac,
                newMac || update.fixedIps().isPresent()
                        ? changeAddresses(
                                plan,
                                before,
                                update.fixedIps(),
                                mac,
                                update.deviceOwner().orElse(before.deviceOwner()))
                        : before.fixedIps(),
                update.deviceId().orElse(before.deviceId()),
                update.deviceOwner().orElse(before.deviceOwner()),
                pairs,
                portSecurity,
                groups.ofChanged(plan, caller, before, update.securityGroups(), portSecurity),
                update.extraDhcpOptions().orElse(before.extraDhcpOptions()),
                binding,
                changeName(before, update),
                QosUse.ofChanged(plan, caller, before.qosPolicy(), update.qosPolicy()),
                changeExtras(before.extras(), update, binding));
    }

    /** A port that is bound where a binding waited has that binding no more. */
    private static PortExtras changeExtras(PortExtras before, PortUpdate update, Binding binding) {
        return before.withNumaAffinityPolicy(update.numaAffinityPolicy().orElse(before.numaAffinityPolicy()))
                .withWaitingBindings(before.waitingBindings().stream()
                        .filter(waiting -> !waiting.host().equals(binding.host()))
                        .toList());
    }

    private static void changeMac(Plan plan, Port before, MacAddress mac) {
        if (before.binding().isBound()) {
            throw Problem.PORT_BOUND.with(before.id(), "ovs", before.mac(), mac);
        }
        plan.takeOr(
                Layout.mac(before.networkId(), mac),
                before.id(),
                Problem.MAC_ADDRESS_IN_USE.with(before.networkId(), mac));
        plan.release(Layout.mac(before.networkId(), before.mac()));
    }

    private static void requireServedStays(Port port, PortUpdate update) {
        boolean sameDevice =
                update.deviceId().filter(d -> !d.equals(port.deviceId())).isEmpty();
        boolean sameOwner =
                update.deviceOwner().filter(o -> !o.equals(port.deviceOwner())).isEmpty();
        if (!sameDevice || !sameOwner) {
            throw Problem.INVALID_INPUT.with("Port " + port.id() + " is the " + port.deviceOwner() + " of "
                    + port.deviceId() + "; its device_id and device_owner cannot be changed");
        }
        if (update.fixedIps().isPresent() && !port.isRouterInterface()) {
            throw Problem.IP_ADDRESS_CHANGE_NOT_ALLOWED.with(port.id());
        }
        if (update.qosPolicy().flatMap(QosChoice::policyId).isPresent()) {
            throw Problem.INVALID_INPUT.with("qos_policy_id of port " + port.id() + ", a " + port.deviceOwner()
                    + ", cannot be set: only what workloads send and receive is limited");
        }
        if (!port.isRouterInterface()
                && update.binding().filter(Binding::isBound).isPresent()) {
            throw Problem.INVALID_INPUT.with("binding:host_id of port " + port.id() + ", a " + port.deviceOwner()
                    + ", cannot be set: nodes with its physical network serve it");
        }
    }

    /**
     * An interface of a router may have other addresses of its subnets; which subnets these are is said by what is done to
     * the router. No static route leads to the interface itself.
     */
    private static void requireSameSubnets(Plan plan, Port before, Port after) {
        if (!before.isRouterInterface() || after.fixedIps().equals(before.fixedIps())) {
            return;
        }
        Router router = plan.world()
                .router(UUID.fromString(before.deviceId()))
                .orElseThrow(() -> Problem.ROUTER_NOT_FOUND.with(before.deviceId()));
        if (!subnets(before).equals(subnets(after))
                || after.fixedIps().size() != before.fixedIps().size()
                || after.fixedIps().stream()
                        .anyMatch(ip -> router.routes().stream()
                                .anyMatch(route -> route.nexthop().equals(ip.address())))) {
            throw Problem.IP_ADDRESS_CHANGE_NOT_ALLOWED.with(before.id());
        }
        plan.requireUnchanged(router);
        plan.put(
                Layout.routerInterface(router.id(), before.id()),
                Bytes.utf8(before.id().toString()));
    }

    private static Set<UUID> subnets(Port port) {
        return port.fixedIps().stream().map(FixedIp::subnetId).collect(Collectors.toSet());
    }

    /**
     * Keeps what is asked for again, takes what is new, releases what is not wanted any more.
     *
     * @param deviceOwner what the port's device owner will be, by which new addresses are chosen
     */
    static List<FixedIp> changeAddresses(
            Plan plan, Port before, Optional<List<FixedIpRequest>> requests, MacAddress mac, String deviceOwner) {
        PortAddresses addresses = new PortAddresses(plan, before.networkId(), before.id(), deviceOwner);
        List<FixedIp> left = new ArrayList<>(before.fixedIps());
        Set<FixedIp> kept = new LinkedHashSet<>();
        for (FixedIp ip : before.fixedIps()) {
            Subnet subnet = addresses.subnet(ip.subnetId());
            boolean automatic = subnet.isAutoAddressed() && !before.isRouterInterface();
            if (automatic ? ip.address().equals(mac.eui64Address(subnet.cidr())) : requests.isEmpty()) {
                kept.add(ip);
                left.remove(ip);
            }
        }
        List<FixedIpRequest> fresh = new ArrayList<>();
        for (FixedIpRequest request : requests.orElse(List.of())) {
            Optional<FixedIp> match =
                    left.stream().filter(ip -> matches(request, ip)).findFirst();
            if (match.isPresent()) {
                kept.add(match.get());
                left.remove(match.get());
            } else if (kept.stream().noneMatch(ip -> request.address().isPresent() && matches(request, ip))) {
                fresh.add(request);
            }
        }
        List<FixedIp> after = new ArrayList<>(kept);
        after.addAll(addresses.takeRequested(fresh, mac, before.isRouterInterface()));
        if (!before.isRouterInterface()) {
            after.addAll(addresses.takeAutomatic(mac, after));
        }
        for (FixedIp ip : left) {
            plan.release(Layout.address(ip.subnetId(), ip.address()));
        }
        return after;
    }

    private static boolean matches(FixedIpRequest request, FixedIp ip) {
        return request.subnetId().map(ip.subnetId()::equals).orElse(true)
                && request.address().map(ip.address()::equals).orElse(true);
    }

    private static void requireNotServed(String deviceOwner) {
        if (Port.isServed(deviceOwner)) {
            throw Problem.INVALID_INPUT.with(
                    "device_owner " + deviceOwner + " is set by what is done to routers and floating IPs");
        }
    }
}
