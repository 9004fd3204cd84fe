package io.weft.domain;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.domain.ipam.Pools;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.MacAddress;
import io.weft.model.Subnet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Works out the addresses of one port within a plan, and takes them. It relies on the subnets of the network as the view
 * has them, which it requires: whoever adds or changes one meanwhile makes the attempt repeat. New addresses are of subnets
 * that serve the port's device owner.
 */
final class PortAddresses {
    /** Those for services of the port go first, as in Neutron. */
    private static final Comparator<Subnet> ORDER = Comparator.comparing(
                    (Subnet subnet) -> subnet.serviceTypes().isEmpty())
            .thenComparing(subnet -> subnet.meta().createdAt())
            .thenComparing(Subnet::id);

    private final Plan plan;
    private final UUID networkId;
    private final UUID portId;
    private final String deviceOwner;
    private final List<Subnet> all;
    private final List<Subnet> subnets;

    PortAddresses(Plan plan, UUID networkId, UUID portId, String deviceOwner) {
        this.plan = plan;
        this.networkId = networkId;
        this.portId = portId;
        this.deviceOwner = deviceOwner;
        all = plan.world().subnetsOf(networkId);
        subnets = new ArrayList<>(all);
        subnets.removeIf(subnet -> !subnet.serves(deviceOwner));
        if (subnets.size() > 1) {
            subnets.sort(ORDER);
        }
        plan.requireNoneWritten(Layout.subnets(networkId));
    }

    /** One IPv4 address and one IPv6 address that are chosen. */
    List<FixedIp> takeDefaults() {
        requireService();
        List<FixedIp> taken = new ArrayList<>(2);
        for (IpFamily family : IpFamily.values()) {
            List<Subnet> candidates = subnets.stream()
                    .filter(s -> s.family() == family && !s.isAutoAddressed())
                    .toList();
            if (!candidates.isEmpty()) {
                taken.add(takeAny(candidates));
            }
        }
        return taken;
    }

    /** The addresses that follow from the MAC, on the subnets where the port has none yet. */
    List<FixedIp> takeAutomatic(MacAddress mac, List<FixedIp> present) {
        List<FixedIp> taken = new ArrayList<>(0);
        for (Subnet subnet : subnets) {
            boolean has = present.stream().anyMatch(ip -> ip.subnetId().equals(subnet.id()));
            if (subnet.isAutoAddressed() && !has) {
                taken.add(take(subnet, mac.eui64Address(subnet.cidr())));
            }
        }
        return taken;
    }

    /**
     * The addresses asked for. Those on subnets where addresses follow from the MAC are left to
     * {@link #takeAutomatic}, unless the port is a router's.
     */
    List<FixedIp> takeRequested(List<FixedIpRequest> requests, MacAddress mac, boolean router) {
        if (!requests.isEmpty()) {
            requireService();
        }
        List<FixedIp> taken = new ArrayList<>(requests.size());
        // Those that ask for an address go first, lest it be chosen for one that does not.
        for (FixedIpRequest request : requests) {
            if (request.address().isPresent()) {
                IpAddress address = request.address().get();
                Subnet subnet = subnetOf(request, address);
                if (subnet.isAutoAddressed() && !router) {
                    if (!address.equals(mac.eui64Address(subnet.cidr()))) {
                        throw Problem.ALLOCATION_ON_AUTO_ADDRESS_SUBNET.with(address, subnet.id());
                    }
                    continue;
                }
                taken.add(take(subnet, address));
            }
        }
        for (FixedIpRequest request : requests) {
            if (request.address().isEmpty()) {
                Subnet subnet = serving(request.subnetId()
                        .orElseThrow(
                                () -> Problem.INVALID_INPUT.with("IP allocation requires subnet_id or ip_address")));
                if (!subnet.isAutoAddressed() || router) {
                    taken.add(takeAny(List.of(subnet)));
                }
            }
        }
        return taken;
    }

    /** A network that has subnets has one for the port. */
    private void requireService() {
        if (subnets.isEmpty() && !all.isEmpty()) {
            throw Problem.IP_ADDRESS_GENERATION_FAILURE_NO_MATCHING_SUBNET.with(networkId, deviceOwner);
        }
    }

    private Subnet subnetOf(FixedIpRequest request, IpAddress address) {
        if (request.subnetId().isEmpty()) {
            return subnets.stream()
                    .filter(s -> s.cidr().contains(address))
                    .findFirst()
                    .map(s -> checked(s, address))
                    .orElseThrow(() -> Problem.INVALID_IP_FOR_NETWORK.with(address));
        }
        return checked(serving(request.subnetId().get()), address);
    }

    private static Subnet checked(Subnet subnet, IpAddress address) {
        if (!Pools.isHost(subnet.cidr(), address)) {
            throw Problem.INVALID_IP_FOR_SUBNET.with(address);
        }
        return subnet;
    }

    /** The subnet with this id, which must be of this network. */
    Subnet subnet(UUID id) {
        return with(id, all);
    }

    /** The same; it must serve the port besides. */
    private Subnet serving(UUID id) {
        return with(id, subnets);
    }

    private Subnet with(UUID id, List<Subnet> among) {
        return among.stream().filter(s -> s.id().equals(id)).findFirst().orElseThrow(() -> notHere(id));
    }

    private DomainException notHere(UUID subnetId) {
        return plan.world().subnet(subnetId).isEmpty()
                ? Problem.SUBNET_NOT_FOUND.with(subnetId)
                : Problem.INVALID_INPUT.with("Failed to create port on network " + networkId
                        + ", because fixed_ips included invalid subnet " + subnetId);
    }

    /** A free address of the first subnet that has one. */
    private FixedIp takeAny(List<Subnet> candidates) {
        for (Subnet subnet : candidates) {
            Optional<IpAddress> address =
                    plan.chooseAddress(subnet.id(), subnet.allocationPools(), ThreadLocalRandom.current());
            if (address.isPresent()) {
                plan.requireExists(Layout.record(subnet));
                plan.take(Layout.address(subnet.id(), address.get()), portId);
                return new FixedIp(subnet.id(), address.get());
            }
        }
        throw Problem.IP_ADDRESS_GENERATION_FAILURE.with(networkId);
    }

    /** This address of this subnet, which must serve the port, or the answer that another port has it. */
    FixedIp takeServed(UUID subnetId, IpAddress address) {
        return take(serving(subnetId), address);
    }

    private FixedIp take(Subnet subnet, IpAddress address) {
        plan.requireExists(Layout.record(subnet));
        plan.takeOr(
                Layout.address(subnet.id(), address),
                portId,
                Problem.IP_ADDRESS_ALREADY_ALLOCATED.with(address, subnet.id()));
        plan.markAddress(subnet.id(), address);
        return new FixedIp(subnet.id(), address);
    }
}
