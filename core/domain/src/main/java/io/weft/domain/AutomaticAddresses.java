package io.weft.domain;

import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Subnet;
import io.weft.model.World;
import io.weft.store.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Gives the ports of a network their addresses on subnets where these follow from the MAC, and takes them away. On other
 * subnets of external networks it gives one to the gateways of routers that have none of the family, as Neutron does. Up to
 * {@value #FEW} ports are part of the subnet's own transaction.
 */
final class AutomaticAddresses {
    private static final int FEW = 256;
    private static final int PATIENCE = 5;

    private final Transactor transactor;
    private final Stamp stamp;

    AutomaticAddresses(Transactor transactor, Stamp stamp) {
        this.transactor = transactor;
        this.stamp = stamp;
    }

    /** Within the plan that makes subnets: gives addresses on them to the ports there are, if these are few. */
    void addToFewPorts(Plan plan, List<Subnet> made) {
        if (plan.attempt() >= PATIENCE) {
            // Ports come and go too fast; they get their addresses afterwards.
            return;
        }
        Map<UUID, Port> before = new HashMap<>();
        Map<UUID, Port> after = new HashMap<>();
        for (Subnet subnet : made) {
            if (!concerns(plan.world(), subnet) || plan.world().portCountOf(subnet.networkId()) > FEW) {
                continue;
            }
            plan.requireNoneWritten(Layout.macs(subnet.networkId()));
            for (Port port : plan.world().portsOf(subnet.networkId())) {
                Port present = after.getOrDefault(port.id(), port);
                address(plan, present, subnet).ifPresent(ip -> {
                    before.put(port.id(), port);
                    after.put(port.id(), with(present, ip));
                });
            }
        }
        write(plan, before, after);
    }

    private static boolean concerns(World world, Subnet subnet) {
        return subnet.isAutoAddressed()
                || world.network(subnet.networkId()).filter(Network::external).isPresent();
    }

    /** What a port gets of a subnet, which is taken for it; empty when it gets nothing. */
    private static Optional<FixedIp> address(Plan plan, Port port, Subnet subnet) {
        Optional<IpAddress> address = Optional.empty();
        if (subnet.isAutoAddressed()) {
            address = follows(port, subnet) && !has(port, subnet.id())
                    ? Optional.of(port.mac().eui64Address(subnet.cidr()))
                    : Optional.empty();
        } else if (lacks(plan.world(), port, subnet)) {
            address = plan.chooseAddress(subnet.id(), subnet.allocationPools(), ThreadLocalRandom.current());
        }
        address.ifPresent(found -> plan.take(Layout.address(subnet.id(), found), port.id()));
        return address.map(found -> new FixedIp(subnet.id(), found));
    }

    /** A gateway without an address of the family, whose router has nothing of the block on another side. */
    private static boolean lacks(World world, Port port, Subnet subnet) {
        return port.isRouterGateway()
                && subnet.serves(port.deviceOwner())
                && port.fixedIps().stream().noneMatch(ip -> ip.address().family() == subnet.family())
                && world.interfacesOf(UUID.fromString(port.deviceId())).stream()
                        .flatMap(face -> face.fixedIps().stream())
                        .flatMap(ip -> world.subnet(ip.subnetId()).stream())
                        .noneMatch(inside -> inside.cidr().overlaps(subnet.cidr()));
    }

    /** Gives addresses on a subnet to the ports that have none yet; new ports see the subnet by themselves. */
    void addToRest(World now, Subnet subnet) {
        if (!concerns(now, subnet)) {
            return;
        }
        while (transactor.run(plan -> addToSome(plan, subnet))) {
            // Until none is left.
        }
    }

    private boolean addToSome(Plan plan, Subnet subnet) {
        World world = plan.world();
        if (world.subnet(subnet.id()).isEmpty()) {
            return false;
        }
        Map<UUID, Port> before = new HashMap<>();
        Map<UUID, Port> after = new HashMap<>();
        for (Port port : world.portsOf(subnet.networkId())) {
            if (after.size() < FEW) {
                address(plan, port, subnet).ifPresent(ip -> {
                    before.put(port.id(), port);
                    after.put(port.id(), with(port, ip));
                });
            }
        }
        if (!after.isEmpty()) {
            plan.requireExists(Layout.record(subnet));
            write(plan, before, after);
        }
        return after.size() == FEW;
    }

    /** Before a subnet is removed: takes its addresses from ports until few are left. */
    void removeFromMany(UUID subnetId, Consumer<Subnet> check) {
        while (transactor.run(plan -> removeFromSome(plan, subnetId, check))) {
            // Until few are left.
        }
    }

    private boolean removeFromSome(Plan plan, UUID subnetId, Consumer<Subnet> check) {
        Subnet subnet = plan.world().subnet(subnetId).orElse(null);
        if (subnet == null || !subnet.isAutoAddressed()) {
            return false;
        }
        List<Port> ports = plan.world().portsOfSubnet(subnetId);
        if (ports.size() <= FEW) {
            return false;
        }
        check.accept(subnet);
        remove(plan, subnet, ports.subList(0, FEW));
        return true;
    }

    /** Within the plan that removes a subnet: takes its last addresses from ports. */
    void removeFromFewPorts(Plan plan, Subnet subnet) {
        plan.requireNoneWritten(Layout.addresses(subnet.id()));
        remove(plan, subnet, plan.world().portsOfSubnet(subnet.id()));
    }

    private void remove(Plan plan, Subnet subnet, List<Port> ports) {
        for (Port port : ports) {
            List<FixedIp> left = new ArrayList<>();
            for (FixedIp ip : port.fixedIps()) {
                if (ip.subnetId().equals(subnet.id())) {
                    plan.release(Layout.address(subnet.id(), ip.address()));
                } else {
                    left.add(ip);
                }
            }
            plan.update(port, touched(with(port, left)));
        }
    }

    private void write(Plan plan, Map<UUID, Port> before, Map<UUID, Port> after) {
        after.forEach((id, port) -> {
            Port old = before.get(id);
            if (old != null) {
                plan.update(old, touched(port));
            }
            if (port.isRouterGateway()) {
                UUID router = UUID.fromString(port.deviceId());
                plan.requireNoneWritten(Layout.routerInterfaces(router));
                plan.put(Layout.routerInterface(router, id), Bytes.utf8(id.toString()));
            }
        });
    }

    private Port touched(Port port) {
        return port.withMeta(stamp.touch(port.meta()));
    }

    private static Port with(Port port, FixedIp added) {
        List<FixedIp> ips = new ArrayList<>(port.fixedIps());
        ips.add(added);
        return with(port, ips);
    }

    /** Routers' interfaces have the addresses that they were given, and floating IPs just theirs. */
    private static boolean follows(Port port, Subnet subnet) {
        return subnet.serves(port.deviceOwner())
                && !port.isRouterInterface()
                && !port.deviceOwner().equals(Port.FLOATING_IP);
    }

    private static boolean has(Port port, UUID subnetId) {
        return port.fixedIps().stream().anyMatch(ip -> ip.subnetId().equals(subnetId));
    }

    private static Port with(Port port, List<FixedIp> fixedIps) {
        return port.withFixedIps(fixedIps);
    }
}
