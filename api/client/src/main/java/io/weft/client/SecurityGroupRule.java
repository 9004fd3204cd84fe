package io.weft.client;

import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A rule that lets traffic through: https://docs.openstack.org/api-ref/network/v2/#security-group-rules-security-group-rules.
 *
 * @param direction {@code ingress} or {@code egress}
 * @param ethertype {@code IPv4} or {@code IPv6}
 * @param protocol a name or a number; empty for any
 * @param portRangeMin the first port, or the type of ICMP
 * @param portRangeMax the last port, or the code of ICMP
 */
public record SecurityGroupRule(
        UUID id,
        String projectId,
        String description,
        UUID securityGroupId,
        String direction,
        String ethertype,
        Optional<String> protocol,
        Optional<Integer> portRangeMin,
        Optional<Integer> portRangeMax,
        Optional<IpPrefix> remoteIpPrefix,
        Optional<UUID> remoteGroupId,
        Optional<UUID> remoteAddressGroupId,
        List<String> tags,
        long revisionNumber) {}
