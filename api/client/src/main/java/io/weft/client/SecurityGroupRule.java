package io.weft.client;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A rule for traffic: https://docs.openstack.org/api-ref/network/v2/#security-group-rules-security-group-rules.
 *
 * @param direction {@code ingress} or {@code egress}
 * @param ethertype {@code IPv4} or {@code IPv6}
 * @param protocol a name or a number; empty for any
 * @param portRangeMin the first port, or the type of ICMP
 * @param portRangeMax the last port, or the code of ICMP
 * @param action {@code allow}, {@code deny} or {@code pass}; empty of servers without tiers, whose rules allow
 * @param position in the group, lower ones first; empty of servers without tiers
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
        @JsonProperty("weft:action") Optional<String> action,
        @JsonProperty("weft:position") Optional<Integer> position,
        List<String> tags,
        long revisionNumber) {}
