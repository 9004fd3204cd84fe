package io.weft.client;

import java.util.List;
import java.util.UUID;

/**
 * A QoS policy: https://docs.openstack.org/api-ref/network/v2/#qos-policies-qos.
 */
public record QosPolicy(
        UUID id,
        String name,
        String projectId,
        String description,
        boolean shared,
        boolean isDefault,
        List<String> tags,
        long revisionNumber) {}
