package io.weft.domain;

import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.FixedIp;
import io.weft.model.Port;
import io.weft.model.Subnet;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Gives the ports of a network their addresses on subnets where these follow from the MAC, and takes them away. Up to
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
            if (!subnet.isAutoAddressed() || plan.world().portCountOf(subnet.networkId()) > FEW) {
                continue;
            }
            plan.requireNoneWritten(Layout.macs(subnet.networkId()));
            for (Port port : plan.world().portsOf(subnet.networkId())) {
                if (follows(port, subnet)) {
                    before.put(port.id(), port);
                    after.merge(port.id(), with(plan, port, subnet), (known, fresh) -> with(known, last(fresh)));
                }
            }
        }
        write(plan, before, after);
    }

    /** Gives addresses on a subnet to the ports that have none yet; new ports see the subnet by themselves. */
    void addToRest(Subnet subnet) {
        if (!subnet.isAutoAddressed()) {
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
        List<Port> lacking = world.portsOf(subnet.networkId()).stream()
                .filter(port -> follows(port, subnet) && !has(port, subnet.id()))
                .limit(FEW)
                .toList();
        Map<UUID, Port> before = new HashMap<>();
        Map<UUID, Port> after = new HashMap<>();
        for (Port port : lacking) {
            before.put(port.id(), port);
            after.put(port.id(), with(plan, port, subnet));
        }
        if (!lacking.isEmpty()) {
            plan.requireExists(Layout.record(subnet));
            write(plan, before, after);
        }
        return lacking.size() == FEW;
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
        });
    }

    private Port touched(Port port) {
        return port.withMeta(stamp.touch(port.meta()));
    }

    private static Port with(Plan plan, Port port, Subnet subnet) {
        FixedIp ip = new FixedIp(subnet.id(), port.mac().eui64Address(subnet.cidr()));
        plan.take(Layout.address(subnet.id(), ip.address()), port.id());
        return with(port, ip);
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

    private static FixedIp last(Port port) {
        return port.fixedIps().getLast();
    }

    private static boolean has(Port port, UUID subnetId) {
        return port.fixedIps().stream().anyMatch(ip -> ip.subnetId().equals(subnetId));
    }

    private static Port with(Port port, List<FixedIp> fixedIps) {
        return port.withFixedIps(fixedIps);
    }
}
