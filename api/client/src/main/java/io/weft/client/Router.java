package io.weft.client;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A router: https://docs.openstack.org/api-ref/network/v2/#routers-routers.
 *
 * @param externalGatewayInfo its first way out
 */
public record Router(
        UUID id,
        String name,
        String projectId,
        String description,
        boolean adminStateUp,
        Optional<Gateway> externalGatewayInfo,
        List<Subnet.HostRoute> routes,
        List<String> tags,
        long revisionNumber) {
    /** Where a router leaves to, and with which addresses. */
    public record Gateway(UUID networkId, boolean enableSnat, List<Port.FixedIp> externalFixedIps) {}
}
