package io.weft.client;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A security group: https://docs.openstack.org/api-ref/network/v2/#security-groups-security-groups.
 *
 * @param tier {@code admin}, {@code normal} or {@code baseline}; empty of servers without tiers
 * @param priority in the tier, lower ones first; empty of servers without tiers
 */
public record SecurityGroup(
        UUID id,
        String name,
        String projectId,
        String description,
        boolean stateful,
        @JsonProperty("weft:tier") Optional<String> tier,
        @JsonProperty("weft:priority") Optional<Integer> priority,
        List<SecurityGroupRule> securityGroupRules,
        List<String> tags,
        long revisionNumber) {}
