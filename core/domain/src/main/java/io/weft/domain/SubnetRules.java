package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.ipam.Pools;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.Network;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The rules of a subnet that need nothing but what was asked for, and the block that it gets. */
final class SubnetRules {
    private static final int MIN_IPV6_MTU = 1280;

    /** A first letter of {@code compute:} is enough for Neutron. */
    private static final Pattern SERVICE_TYPE = Pattern.compile("network:|neutron:|[comptue:]");

    private SubnetRules() {}

    /**
     * Service types are device owners. Which ones is Neutron's rule as its clients find it: those that begin with
     * {@code network:} or {@code neutron:}, or like one of a compute service.
     */
    static void checkServiceTypes(List<String> types) {
        for (String type : types) {
            if (!SERVICE_TYPE.matcher(type).lookingAt()) {
                throw Problem.INVALID_SUBNET_SERVICE_TYPE.with(type);
            }
        }
    }

    static void check(NewSubnet wanted, IpPrefix cidr) {
        if (cidr.length() == 0) {
            throw Problem.INVALID_INPUT.with("0 is not allowed as CIDR prefix length");
        }
        if (cidr.address().isMulticast()) {
            throw Problem.INVALID_INPUT.with("Multicast IP subnet is not supported if enable_dhcp is True");
        }
        if (cidr.address().isLoopback()
                || (cidr.family() == IpFamily.IPV4 && cidr.address().low() >>> 24 == 127)) {
            throw Problem.INVALID_INPUT.with("Loopback IP subnet is not supported if enable_dhcp is True");
        }
        checkModes(wanted, cidr);
        checkDhcp(cidr, wanted.dhcpEnabled(), wanted.raMode(), wanted.addressMode());
    }

    private static void checkModes(NewSubnet wanted, IpPrefix cidr) {
        Ipv6Mode ra = wanted.raMode();
        Ipv6Mode address = wanted.addressMode();
        if (ra == Ipv6Mode.NONE && address == Ipv6Mode.NONE) {
            return;
        }
        if (cidr.family() == IpFamily.IPV4) {
            throw Problem.INVALID_INPUT.with("ipv6_ra_mode and ipv6_address_mode are not valid for an IPv4 subnet");
        }
        if (ra != Ipv6Mode.NONE && address != Ipv6Mode.NONE && ra != address) {
            throw Problem.INVALID_INPUT.with("ipv6_ra_mode set to '" + ra.text() + "' with ipv6_address_mode set to '"
                    + address.text() + "' is not valid. If both attributes are set, they must be the same value");
        }
        if ((ra.isAutoAddressed() || address.isAutoAddressed()) && cidr.length() != 64) {
            throw Problem.INVALID_INPUT.with("Invalid CIDR " + cidr
                    + " for IPv6 address mode. Addresses in the EUI-64 format require the prefix to be /64");
        }
    }

    static void checkDhcp(IpPrefix cidr, boolean dhcp, Ipv6Mode ra, Ipv6Mode address) {
        if (!dhcp && (ra != Ipv6Mode.NONE || address != Ipv6Mode.NONE)) {
            throw Problem.INVALID_INPUT.with(
                    "ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False");
        }
        if (dhcp && cidr.family().bits() - cidr.length() < 2) {
            throw Problem.INVALID_INPUT.with(
                    "Subnet has a prefix length that is incompatible with DHCP service enabled");
        }
    }

    static void checkIpv6Mtu(Network network) {
        if (network.mtu() < MIN_IPV6_MTU) {
            throw Problem.INVALID_INPUT.with(
                    "IPv6 needs an MTU of at least " + MIN_IPV6_MTU + ", the network has " + network.mtu());
        }
    }

    static Optional<IpAddress> gateway(IpPrefix cidr, GatewayChoice choice) {
        return switch (choice) {
            case GatewayChoice.Default() -> Pools.defaultGateway(cidr);
            case GatewayChoice.None() -> Optional.empty();
            case GatewayChoice.At(IpAddress address) -> Optional.of(address);
        };
    }
}
