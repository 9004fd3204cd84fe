package io.weft.client;

import io.weft.model.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A floating IP: https://docs.openstack.org/api-ref/network/v2/#floating-ips-floatingips.
 *
 * @param portId the port that has it; empty when it is free
 */
public record FloatingIp(
        UUID id,
        String projectId,
        String description,
        UUID floatingNetworkId,
        IpAddress floatingIpAddress,
        Optional<UUID> portId,
        Optional<IpAddress> fixedIpAddress,
        Optional<UUID> routerId,
        String status,
        List<String> tags,
        long revisionNumber) {}
