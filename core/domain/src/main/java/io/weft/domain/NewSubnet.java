package io.weft.domain;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.IpRange;
import io.weft.model.Ipv6Mode;
import io.weft.model.Route;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A subnet to be made.
 *
 * @param project its owner
 * @param networkId its network
 * @param name its name
 * @param description its description
 * @param tags its tags
 * @param cidr its addresses, or where they come from
 * @param gateway its gateway
 * @param allocationPools its pools; every host but the gateway when empty
 * @param dnsNameservers told to the hosts
 * @param hostRoutes told to the hosts
 * @param dhcpEnabled whether DHCP and router advertisements are answered
 * @param raMode who advertises, in IPv6
 * @param addressMode how hosts get addresses, in IPv6
 * @param serviceTypes the device owners whose ports get addresses of it; all do when empty
 */
public record NewSubnet(
        String project,
        UUID networkId,
        String name,
        String description,
        List<String> tags,
        CidrChoice cidr,
        GatewayChoice gateway,
        Optional<List<IpRange>> allocationPools,
        List<IpAddress> dnsNameservers,
        List<Route> hostRoutes,
        boolean dhcpEnabled,
        Ipv6Mode raMode,
        Ipv6Mode addressMode,
        List<String> serviceTypes) {
    /** A subnet with Neutron's defaults. */
    public static NewSubnet of(String project, UUID networkId, String cidr) {
        return of(project, networkId, new CidrChoice.Given(IpPrefix.parse(cidr)));
    }

    /** A subnet with Neutron's defaults and these addresses. */
    public static NewSubnet of(String project, UUID networkId, CidrChoice cidr) {
        return new NewSubnet(
                project,
                networkId,
                "",
                "",
                List.of(),
                cidr,
                new GatewayChoice.Default(),
                Optional.empty(),
                List.of(),
                List.of(),
                true,
                Ipv6Mode.NONE,
                Ipv6Mode.NONE,
                List.of());
    }

    /** The same with this name. */
    public NewSubnet withName(String newName) {
        return new NewSubnet(
                project,
                networkId,
                newName,
                description,
                tags,
                cidr,
                gateway,
                allocationPools,
                dnsNameservers,
                hostRoutes,
                dhcpEnabled,
                raMode,
                addressMode,
                serviceTypes);
    }

    /** The same with this mode for advertisements and addresses. */
    public NewSubnet withMode(Ipv6Mode mode) {
        return new NewSubnet(
                project,
                networkId,
                name,
                description,
                tags,
                cidr,
                gateway,
                allocationPools,
                dnsNameservers,
                hostRoutes,
                dhcpEnabled,
                mode,
                mode,
                serviceTypes);
    }

    /** The same with these pools. */
    public NewSubnet withPools(IpRange... pools) {
        return new NewSubnet(
                project,
                networkId,
                name,
                description,
                tags,
                cidr,
                gateway,
                Optional.of(List.of(pools)),
                dnsNameservers,
                hostRoutes,
                dhcpEnabled,
                raMode,
                addressMode,
                serviceTypes);
    }

    /** The same with this gateway. */
    public NewSubnet withGateway(GatewayChoice newGateway) {
        return new NewSubnet(
                project,
                networkId,
                name,
                description,
                tags,
                cidr,
                newGateway,
                allocationPools,
                dnsNameservers,
                hostRoutes,
                dhcpEnabled,
                raMode,
                addressMode,
                serviceTypes);
    }

    /** The same for ports of these device owners. */
    public NewSubnet withServiceTypes(String... types) {
        return new NewSubnet(
                project,
                networkId,
                name,
                description,
                tags,
                cidr,
                gateway,
                allocationPools,
                dnsNameservers,
                hostRoutes,
                dhcpEnabled,
                raMode,
                addressMode,
                List.of(types));
    }
}
