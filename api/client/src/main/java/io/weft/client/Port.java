package io.weft.client;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A port: https://docs.openstack.org/api-ref/network/v2/#ports.
 *
 * @param status {@code ACTIVE}, {@code DOWN}, {@code BUILD} or {@code ERROR}
 * @param deviceId whose it is, in words of whoever made it
 * @param deviceOwner what kind of user made it
 * @param host the node that the port is bound to; empty for none
 * @param vifType how it is bound; {@code unbound} and {@code binding_failed} are not
 */
public record Port(
        UUID id,
        String name,
        String projectId,
        String description,
        UUID networkId,
        boolean adminStateUp,
        String status,
        MacAddress macAddress,
        List<FixedIp> fixedIps,
        String deviceId,
        String deviceOwner,
        List<UUID> securityGroups,
        boolean portSecurityEnabled,
        @JsonProperty("binding:host_id") String host,
        @JsonProperty("binding:vif_type") String vifType,
        Optional<UUID> qosPolicyId,
        String dnsName,
        List<String> tags,
        long revisionNumber) {
    /** An address of the port. */
    public record FixedIp(UUID subnetId, IpAddress ipAddress) {}
}
