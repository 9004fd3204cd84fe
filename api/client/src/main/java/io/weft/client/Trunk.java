package io.weft.client;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A trunk: https://docs.openstack.org/api-ref/network/v2/#trunk-networking.
 *
 * @param portId the parent port
 * @param status {@code ACTIVE}, {@code DOWN}, {@code BUILD}, {@code DEGRADED} or {@code ERROR}
 * @param subPorts the ports behind tags of the parent's device
 */
public record Trunk(
        UUID id,
        String name,
        String projectId,
        String description,
        UUID portId,
        boolean adminStateUp,
        String status,
        List<SubPort> subPorts,
        List<String> tags,
        long revisionNumber) {
    /** The largest VLAN id; the smallest is 1. */
    public static final int MAX_VLAN = 4094;

    /**
     * A port behind a tag.
     *
     * @param segmentationType {@code vlan} is one of its own
     * @param segmentationId the VLAN id
     */
    public record SubPort(UUID portId, String segmentationType, int segmentationId) {}

    /** The VLAN id behind which a port is; empty when it is no subport of this trunk. */
    public Optional<Integer> vlan(UUID port) {
        return subPorts.stream()
                .filter(subport -> subport.portId().equals(port))
                .map(SubPort::segmentationId)
                .findFirst();
    }
}
