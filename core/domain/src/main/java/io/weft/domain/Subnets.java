package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.ipam.Pools;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.IpRange;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Subnet;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Subnets (Neutron API v2.0, Subnets). Where addresses follow from MACs, the ports of the network get and lose theirs
 * with the subnet: in its own transaction while they are few, and in steps, each complete in itself, when they are many.
 */
public final class Subnets {
    private final Transactor transactor;
    private final Supplier<World> world;
    private final Settings settings;
    private final AutomaticAddresses automatic;
    private final Stamp stamp;

    Subnets(Transactor transactor, Supplier<World> world, Settings settings, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.settings = settings;
        this.stamp = stamp;
        automatic = new AutomaticAddresses(transactor, stamp);
    }

    /** Makes a subnet. */
    public Subnet create(Caller caller, NewSubnet wanted) {
        return create(caller, List.of(wanted)).getFirst();
    }

    /** Makes subnets, all or none. */
    public List<Subnet> create(Caller caller, List<NewSubnet> wanted) {
        for (NewSubnet one : wanted) {
            SubnetRules.checkServiceTypes(one.serviceTypes());
            checkLists(
                    "new subnet", one.dnsNameservers().size(), one.hostRoutes().size());
        }
        List<Subnet> made = transactor.run(plan -> {
            List<Subnet> subnets = new ArrayList<>(wanted.size());
            for (NewSubnet one : wanted) {
                subnets.add(create(plan, caller, one, subnets));
            }
            automatic.addToFewPorts(plan, subnets);
            subnets.stream().map(Subnet::networkId).distinct().forEach(id -> touchNetwork(plan, id));
            return subnets;
        });
        made.forEach(subnet -> automatic.addToRest(world.get(), subnet));
        return made;
    }

    /**
     * Within a plan: makes a subnet; ports that are to get addresses of it, and its network, are the caller's to change.
     *
     * @param sameRequest what the plan made already
     */
    Subnet create(Plan plan, Caller caller, NewSubnet wanted, List<Subnet> sameRequest) {
        PoolSpace.Taken taken = PoolSpace.take(plan, caller, wanted, sameRequest);
        IpPrefix cidr = taken.cidr();
        SubnetRules.check(wanted, cidr);
        Network network = Access.network(plan.world(), caller, wanted.networkId());
        if (cidr.address().isIpv6()) {
            SubnetRules.checkIpv6Mtu(network);
            plan.requireUnchanged(network);
        } else {
            plan.requireExists(Layout.record(network));
        }
        plan.requireNoneWritten(Layout.subnets(network.id()));
        List<Subnet> others = new ArrayList<>(plan.world().subnetsOf(network.id()));
        sameRequest.stream().filter(s -> s.networkId().equals(network.id())).forEach(others::add);
        for (Subnet other : others) {
            if (other.cidr().overlaps(cidr)) {
                throw Problem.INVALID_INPUT.with("Requested subnet with cidr: " + cidr + " for network: " + network.id()
                        + " overlaps with another subnet");
            }
        }
        PoolSpace.requireOnePool(taken, others);
        Optional<IpAddress> gateway = SubnetRules.gateway(cidr, wanted.gateway());
        List<IpRange> pools = wanted.allocationPools().orElseGet(() -> Pools.defaultPools(cidr, gateway));
        Pools.check(cidr, pools);
        Pools.checkGateway(cidr, gateway, pools);
        Subnet subnet = new Subnet(
                stamp.create(Stamp.newId(), wanted.project(), wanted.name(), wanted.description(), wanted.tags()),
                network.id(),
                cidr,
                gateway,
                pools,
                wanted.dnsNameservers(),
                wanted.hostRoutes(),
                wanted.dhcpEnabled(),
                wanted.raMode(),
                wanted.addressMode(),
                wanted.serviceTypes(),
                taken.poolId());
        plan.create(subnet);
        plan.count(subnet.project(), QuotaResource.SUBNET, 1);
        return subnet;
    }

    /** A change of a subnet counts as one of its network (Neutron's revision numbers). */
    private void touchNetwork(Plan plan, UUID networkId) {
        plan.world()
                .network(networkId)
                .ifPresent(network -> plan.update(network, network.withMeta(stamp.touch(network.meta()))));
    }

    /** Changes a subnet. */
    public Subnet update(Caller caller, UUID id, SubnetUpdate update) {
        checkLists(
                id.toString(),
                update.dnsNameservers().map(List::size).orElse(0),
                update.hostRoutes().map(List::size).orElse(0));
        update.serviceTypes().ifPresent(SubnetRules::checkServiceTypes);
        return transactor.run(plan -> {
            Subnet before = Access.subnet(plan.world(), caller, id);
            Access.requireRevision(before, update.expectedRevision());
            Optional<IpAddress> gateway = update.gateway()
                    .map(choice -> SubnetRules.gateway(before.cidr(), choice))
                    .orElse(before.gateway());
            List<IpRange> pools = update.allocationPools().orElse(before.allocationPools());
            if (!gateway.equals(before.gateway())) {
                requireGatewayUnused(plan, before);
            }
            Pools.check(before.cidr(), pools);
            Pools.checkGateway(before.cidr(), gateway, pools);
            Subnet after = new Subnet(
                    stamp.describe(before, update.name(), update.description()),
                    before.networkId(),
                    before.cidr(),
                    gateway,
                    pools,
                    update.dnsNameservers().orElse(before.dnsNameservers()),
                    update.hostRoutes().orElse(before.hostRoutes()),
                    update.dhcpEnabled().orElse(before.dhcpEnabled()),
                    before.raMode(),
                    before.addressMode(),
                    update.serviceTypes().orElse(before.serviceTypes()),
                    before.subnetPool());
            SubnetRules.checkDhcp(after.cidr(), after.dhcpEnabled(), after.raMode(), after.addressMode());
            if (after.equals(before)) {
                return before;
            }
            Subnet touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(before, touched);
            touchNetwork(plan, before.networkId());
            return touched;
        });
    }

    /** Removes a subnet that no port has an address of; those that follow from MACs go with it. */
    public void delete(Caller caller, UUID id) {
        delete(caller, id, OptionalLong.empty());
    }

    /** Removes a subnet that no port has an address of; those that follow from MACs go with it, if the subnet has this revision number. */
    public void delete(Caller caller, UUID id, OptionalLong expectedRevision) {
        automatic.removeFromMany(id, subnet -> {
            requireDeletable(world.get(), Access.subnet(world.get(), caller, id));
            Access.requireRevision(subnet, expectedRevision);
        });
        transactor.run(plan -> {
            Subnet subnet = Access.subnet(plan.world(), caller, id);
            requireDeletable(plan.world(), subnet);
            Access.requireRevision(subnet, expectedRevision);
            if (subnet.isAutoAddressed()) {
                automatic.removeFromFewPorts(plan, subnet);
            } else {
                plan.requireEmpty(Layout.addresses(id));
            }
            plan.delete(subnet);
            plan.count(subnet.project(), QuotaResource.SUBNET, -1);
            touchNetwork(plan, subnet.networkId());
            return id;
        });
    }

    /** The subnet, if the caller may see it. */
    public Subnet show(Caller caller, UUID id) {
        return Access.subnet(world.get(), caller, id);
    }

    /** The subnets that the caller may see, in no order. */
    public List<Subnet> list(Caller caller) {
        World now = world.get();
        if (caller.admin()) {
            return List.copyOf(now.subnets());
        }
        Map<UUID, Subnet> seen = new LinkedHashMap<>();
        now.subnetsOfProject(caller.project()).forEach(s -> seen.put(s.id(), s));
        for (List<Network> networks :
                List.of(now.networksOfProject(caller.project()), now.networksSharedWith(caller.project()))) {
            networks.forEach(n -> now.subnetsOf(n.id()).forEach(s -> seen.put(s.id(), s)));
        }
        return List.copyOf(seen.values());
    }

    private static void requireDeletable(World world, Subnet subnet) {
        List<Port> users = world.portsOfSubnet(subnet.id());
        boolean used = subnet.isAutoAddressed() ? users.stream().anyMatch(Port::isRouterInterface) : !users.isEmpty();
        if (used) {
            throw Problem.SUBNET_IN_USE.with(subnet.id(), "One or more ports have an IP allocation from this subnet");
        }
    }

    private static void requireGatewayUnused(Plan plan, Subnet subnet) {
        if (subnet.gateway().isEmpty()) {
            return;
        }
        IpAddress gateway = subnet.gateway().get();
        plan.requireUnchanged(Layout.address(subnet.id(), gateway));
        for (Port port : plan.world().portsOfSubnet(subnet.id())) {
            if (port.isRouterInterface()
                    && port.fixedIps().stream()
                            .anyMatch(ip -> ip.subnetId().equals(subnet.id())
                                    && ip.address().equals(gateway))) {
                throw Problem.GATEWAY_IP_IN_USE.with(gateway, port.id());
            }
        }
    }

    private void checkLists(String id, int nameservers, int hostRoutes) {
        if (nameservers > settings.maxNameservers()) {
            throw Problem.DNS_NAME_SERVERS_EXHAUSTED.with(id, settings.maxNameservers());
        }
        if (hostRoutes > settings.maxHostRoutes()) {
            throw Problem.HOST_ROUTES_EXHAUSTED.with(id, settings.maxHostRoutes());
        }
    }
}
