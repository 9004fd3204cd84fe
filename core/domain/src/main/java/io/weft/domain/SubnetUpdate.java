package io.weft.domain;

import io.weft.model.IpAddress;
import io.weft.model.IpRange;
import io.weft.model.Route;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What changes of a subnet; what is empty stays.
 *
 * @param name its name
 * @param description its description
 * @param gateway its gateway
 * @param allocationPools its pools
 * @param dnsNameservers told to the hosts
 * @param hostRoutes told to the hosts
 * @param dhcpEnabled whether DHCP and router advertisements are answered
 * @param serviceTypes the device owners whose ports get addresses of it; ports keep those that they have
 * @param expectedRevision the revision number that it must have
 */
public record SubnetUpdate(
        Optional<String> name,
        Optional<String> description,
        Optional<GatewayChoice> gateway,
        Optional<List<IpRange>> allocationPools,
        Optional<List<IpAddress>> dnsNameservers,
        Optional<List<Route>> hostRoutes,
        Optional<Boolean> dhcpEnabled,
        Optional<List<String>> serviceTypes,
        OptionalLong expectedRevision) {
    /** Nothing changes. */
    public static final SubnetUpdate NONE = new SubnetUpdate(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty());

    /** The same with this gateway. */
    public SubnetUpdate withGateway(GatewayChoice newGateway) {
        return new SubnetUpdate(
                name,
                description,
                Optional.of(newGateway),
                allocationPools,
                dnsNameservers,
                hostRoutes,
                dhcpEnabled,
                serviceTypes,
                expectedRevision);
    }

    /** The same with these pools. */
    public SubnetUpdate withPools(List<IpRange> pools) {
        return new SubnetUpdate(
                name,
                description,
                gateway,
                Optional.of(pools),
                dnsNameservers,
                hostRoutes,
                dhcpEnabled,
                serviceTypes,
                expectedRevision);
    }

    /** The same for ports of these device owners. */
    public SubnetUpdate withServiceTypes(List<String> types) {
        return new SubnetUpdate(
                name,
                description,
                gateway,
                allocationPools,
                dnsNameservers,
                hostRoutes,
                dhcpEnabled,
                Optional.of(types),
                expectedRevision);
    }
}
