package io.weft.domain;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.model.FixedIp;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.LoadBalancer;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Subnet;
import io.weft.model.World;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The ports whose addresses load balancers have. Such a port is on no node; as long as there is the load balancer it keeps its
 * addresses, its MAC and its user, and is not removed.
 */
final class VipPorts {
    private final PortMaker maker;
    private final FloatingTargets targets;
    private final Stamp stamp;

    VipPorts(PortMaker maker, FloatingTargets targets, Stamp stamp) {
        this.maker = maker;
        this.targets = targets;
        this.stamp = stamp;
    }

    /**
     * What a load balancer got.
     *
     * @param port the port
     * @param fixedIp the address of that port that it is reached at
     * @param own whether the port was made for it
     */
    record Vip(Port port, FixedIp fixedIp, boolean own) {}

    /** Makes a port for a load balancer, or gives it one that is there. */
    Vip take(Plan plan, Caller caller, UUID loadBalancer, NewLoadBalancer wanted) {
        return wanted.vip().portId().isPresent()
                ? adopt(plan, caller, loadBalancer, wanted.vip())
                : make(plan, caller, loadBalancer, wanted);
    }

    private Vip make(Plan plan, Caller caller, UUID loadBalancer, NewLoadBalancer wanted) {
        Subnet subnet = subnet(plan.world(), caller, wanted.vip());
        Network network = Ports.useNetwork(plan, caller, subnet.networkId());
        requireTenantNetwork(network);
        wanted.vip().address().ifPresent(address -> requireOn(subnet, address));
        FixedIpRequest request =
                new FixedIpRequest(Optional.of(subnet.id()), wanted.vip().address());
        Port port = maker.create(
                plan,
                caller,
                network,
                NewPort.of(wanted.project(), network.id())
                        .withName("octavia-lb-" + loadBalancer)
                        .withDevice(LoadBalancer.deviceId(loadBalancer), LoadBalancer.PORT_OWNER)
                        .withPortSecurity(false)
                        .withFixedIps(request));
        FixedIp fixed = port.fixedIps().stream()
                .filter(ip -> ip.subnetId().equals(subnet.id()))
                .findFirst()
                .orElseThrow();
        return new Vip(port, fixed, true);
    }

    private static Subnet subnet(World world, Caller caller, VipChoice vip) {
        if (vip.subnetId().isPresent()) {
            Subnet subnet = Access.subnet(world, caller, vip.subnetId().get());
            if (vip.networkId().isPresent() && !vip.networkId().get().equals(subnet.networkId())) {
                throw invalid("vip_subnet_id", "is not a subnet of vip_network_id");
            }
            return subnet;
        }
        UUID networkId = vip.networkId()
                .orElseThrow(() -> Problem.OCTAVIA_VALIDATION.with(
                        "VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id"));
        Access.network(world, caller, networkId);
        return world.subnetsOf(networkId).stream()
                .filter(subnet -> vip.address().map(subnet.cidr()::contains).orElse(true))
                .min(Comparator.<Subnet, Boolean>comparing(subnet -> subnet.family() != IpFamily.IPV4)
                        .thenComparing(Subnet::id))
                .orElseThrow(() -> invalid("vip_network_id", "has no subnet for the load balancer's address"));
    }

    /** A port that somebody made. Its owner gives it away, so it must be free. */
    private Vip adopt(Plan plan, Caller caller, UUID loadBalancer, VipChoice vip) {
        UUID id = vip.portId().orElseThrow();
        Port port = Access.port(plan.world(), caller, id);
        if (!port.deviceId().isEmpty()
                || !port.deviceOwner().isEmpty()
                || port.binding().isBound()
                || !port.extras().waitingBindings().isEmpty()) {
            throw invalid("vip_port_id", "port " + id + " is used by another");
        }
        for (FloatingIp floatingIp : plan.world().floatingIpsOfPort(id)) {
            if (!floatingIp.forwardings().isEmpty()) {
                throw invalid("vip_port_id", "floating IP " + floatingIp.id() + " forwards ports to port " + id);
            }
            plan.requireWriter(WriterFormat.FLOATING_LOAD_BALANCERS);
        }
        plan.requireNoneWritten(Layout.floatingTargets(id));
        TrunkPorts.requireFree(plan, id);
        requireTenantNetwork(Ports.useNetwork(plan, caller, port.networkId()));
        List<FixedIp> fitting = port.fixedIps().stream()
                .filter(ip -> vip.address().map(ip.address()::equals).orElse(true))
                .filter(ip -> vip.subnetId().map(ip.subnetId()::equals).orElse(true))
                .toList();
        if (fitting.size() != 1) {
            throw invalid(
                    "vip_port_id",
                    "port " + id + " has " + fitting.size() + " such addresses; name one of them as vip_address");
        }
        if (vip.networkId().isPresent() && !vip.networkId().get().equals(port.networkId())) {
            throw invalid("vip_port_id", "is not on vip_network_id");
        }
        Port taken = port.withDevice(LoadBalancer.deviceId(loadBalancer), LoadBalancer.PORT_OWNER);
        plan.update(port, taken.withMeta(stamp.touch(taken.meta())));
        return new Vip(taken, fitting.getFirst(), false);
    }

    /** A load balancer goes: so does the port that was made for it, which floating IPs lead to no more; another is nobody's again. */
    void leave(Plan plan, LoadBalancer loadBalancer) {
        plan.world().port(loadBalancer.portId()).ifPresent(port -> {
            if (loadBalancer.portIsOwn()) {
                targets.leave(plan, port);
                maker.delete(plan, port);
            } else {
                Port free = port.withDevice("", "");
                plan.update(port, free.withMeta(stamp.touch(free.meta())));
            }
        });
    }

    /** A port whose address no load balancer has. That none comes to have it is seen by the port's record. */
    static void requireFree(World world, UUID portId) {
        world.loadBalancerOfPort(portId).ifPresent(owner -> {
            throw Problem.PORT_OWNED.with(portId, "has the address of load balancer " + owner.id());
        });
    }

    /** What a load balancer needs of its port stays. */
    static void requireStays(World world, Port before, Port after) {
        boolean same = after.deviceId().equals(before.deviceId())
                && after.deviceOwner().equals(before.deviceOwner())
                && after.mac().equals(before.mac())
                && after.fixedIps().equals(before.fixedIps())
                && after.binding().host().equals(before.binding().host());
        if (!same) {
            world.loadBalancerOfPort(before.id()).ifPresent(owner -> {
                throw Problem.INVALID_INPUT.with("Port " + before.id() + " has the address of load balancer "
                        + owner.id()
                        + "; its mac_address, fixed_ips, device_id, device_owner and binding:host_id cannot be"
                        + " changed");
            });
        }
    }

    /** Nodes hand out connections where they begin, and none begins on a network that the vRouter does not carry. */
    private static void requireTenantNetwork(Network network) {
        if (network.external() || network.physicalNetwork().isPresent()) {
            throw invalid(
                    "vip_network_id", "network " + network.id() + " is external; connections from it are not balanced");
        }
    }

    private static void requireOn(Subnet subnet, IpAddress address) {
        if (!subnet.cidr().contains(address)) {
            throw invalid("vip_address", "is not on subnet " + subnet.id());
        }
    }

    private static DomainException invalid(String field, String rule) {
        return Problem.OCTAVIA_VALIDATION.with(field + ": " + rule);
    }
}
