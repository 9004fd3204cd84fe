package io.weft.client;

import java.util.List;
import java.util.UUID;

/**
 * A security group: https://docs.openstack.org/api-ref/network/v2/#security-groups-security-groups.
 */
public record SecurityGroup(
        UUID id,
        String name,
        String projectId,
        String description,
        boolean stateful,
        List<SecurityGroupRule> securityGroupRules,
        List<String> tags,
        long revisionNumber) {}
