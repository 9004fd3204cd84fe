package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.model.AddressPair;
import io.weft.model.DnsNames;
import io.weft.model.FixedIp;
import io.weft.model.MacAddress;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.PortDns;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Puts ports into plans and takes them out, for tenants and for routers alike. */
final class PortMaker {
    /** The upper half of the MACs that are chosen, as OpenStack's guests have them. */
    private static final long BASE_MAC = 0xfa163e000000L;

    private static final int MACS = 1 << 24;

    /** The most addresses or DHCP options of a port; bounds what a port takes in a transaction. */
    private static final int MAX_PARTS = 64;

    private final Settings settings;
    private final PortGroups groups;
    private final Stamp stamp;

    PortMaker(Settings settings, PortGroups groups, Stamp stamp) {
        this.settings = settings;
        this.groups = groups;
        this.stamp = stamp;
    }

    /** Adds a new port; that its network stays is the caller's to require. */
    Port create(Plan plan, Caller caller, Network network, NewPort wanted) {
        UUID id = Stamp.newId();
        boolean router = wanted.deviceOwner().equals(Port.ROUTER_INTERFACE);
        PortAddresses addresses = new PortAddresses(plan, network.id(), id, wanted.deviceOwner());
        MacAddress mac;
        List<FixedIp> fixedIps;
        if (wanted.fixedIps().isEmpty()) {
            fixedIps = addresses.takeDefaults();
            mac = takeMac(plan, network.id(), id, wanted, fixedIps);
            fixedIps.addAll(addresses.takeAutomatic(mac, List.of()));
        } else {
            mac = takeMac(plan, network.id(), id, wanted, List.of());
            fixedIps = addresses.takeRequested(wanted.fixedIps().get(), mac, router);
            if (!router) {
                fixedIps.addAll(addresses.takeAutomatic(mac, fixedIps));
            }
        }
        boolean portSecurity = !Port.isTrusted(wanted.deviceOwner())
                && wanted.portSecurityEnabled().orElse(network.portSecurityEnabled());
        List<AddressPair> pairs = addressPairs(wanted.allowedAddressPairs(), mac);
        if (!portSecurity && !pairs.isEmpty()) {
            throw Problem.ADDRESS_PAIRS_NEED_PORT_SECURITY.with();
        }
        checkParts(fixedIps.size(), wanted.extraDhcpOptions().size());
        checkName(wanted.dns());
        Port port = new Port(
                stamp.create(id, wanted.project(), wanted.name(), wanted.description(), wanted.tags()),
                network.id(),
                wanted.adminStateUp(),
                mac,
                fixedIps,
                wanted.deviceId(),
                wanted.deviceOwner(),
                pairs,
                portSecurity,
                groups.ofNew(plan, caller, wanted, portSecurity),
                wanted.extraDhcpOptions(),
                wanted.binding(),
                wanted.dns(),
                QosUse.ofNew(plan, caller, wanted.qosPolicy()),
                wanted.extras()
                        .withUnaddressed(wanted.fixedIps().filter(List::isEmpty).isPresent()));
        plan.create(port);
        plan.count(port.project(), QuotaResource.PORT, 1);
        return port;
    }

    /** A port has its name in the operator's domain. */
    void checkName(PortDns dns) {
        DnsNames.requireIn("dns_name", dns.name(), settings.dnsDomain());
    }

    /** Takes a port out, with all that it has. */
    void delete(Plan plan, Port port) {
        plan.delete(port);
        plan.release(Layout.mac(port.networkId(), port.mac()));
        for (FixedIp ip : port.fixedIps()) {
            plan.release(Layout.address(ip.subnetId(), ip.address()));
        }
        if (port.binding().isBound()) {
            plan.release(Layout.up(port.id()));
        }
        plan.count(port.project(), QuotaResource.PORT, -1);
    }

    /** A port has not too many addresses and options. */
    static void checkParts(int fixedIps, int dhcpOptions) {
        if (fixedIps > MAX_PARTS) {
            throw Problem.INVALID_INPUT.with("Exceeded maximum amount of fixed ips per port");
        }
        if (dhcpOptions > MAX_PARTS) {
            throw Problem.INVALID_INPUT.with("a port has at most " + MAX_PARTS + " extra DHCP options");
        }
    }

    /** The address pairs asked for, with the port's MAC where none is named. */
    List<AddressPair> addressPairs(List<AddressPairRequest> requests, MacAddress mac) {
        if (requests.size() > settings.maxAddressPairs()) {
            throw Problem.ADDRESS_PAIRS_EXHAUSTED.with(settings.maxAddressPairs());
        }
        Set<AddressPair> seen = new HashSet<>();
        List<AddressPair> pairs = new ArrayList<>(requests.size());
        for (AddressPairRequest request : requests) {
            AddressPair pair = new AddressPair(request.prefix(), request.mac().orElse(mac));
            if (!seen.add(pair)) {
                throw Problem.DUPLICATE_ADDRESS_PAIR.with(pair.mac(), pair.prefix());
            }
            pairs.add(pair);
        }
        return pairs;
    }

    /**
     * The MAC asked for, or one that is most likely free. What a port of its own choice has as address, no other port has
     * on that subnet; so a MAC that follows from it is free too, unless its owner's address was changed. A random one
     * would meet another in a network of fifty thousand ports each 335th time.
     */
    private static MacAddress takeMac(Plan plan, UUID networkId, UUID portId, NewPort wanted, List<FixedIp> chosen) {
        if (wanted.mac().isPresent()) {
            MacAddress mac = wanted.mac().get();
            plan.takeOr(Layout.mac(networkId, mac), portId, Problem.MAC_ADDRESS_IN_USE.with(networkId, mac));
            return mac;
        }
        MacAddress mac = chosen.isEmpty() || plan.attempt() > 0 ? randomMac() : macOf(chosen.getFirst());
        while (plan.writes(Layout.mac(networkId, mac))) {
            mac = randomMac();
        }
        plan.take(Layout.mac(networkId, mac), portId);
        return mac;
    }

    static MacAddress randomMac() {
        return new MacAddress(BASE_MAC | ThreadLocalRandom.current().nextInt(MACS));
    }

    /** By the subnet as well: equal addresses of different networks seldom mean equal MACs. */
    private static MacAddress macOf(FixedIp ip) {
        long number = ip.address().low() ^ ip.subnetId().getLeastSignificantBits();
        return new MacAddress(BASE_MAC | (number & MACS - 1));
    }
}
