package io.weft.client;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
    /** The {@code device_owner} of subports, whose {@code device_id} is the trunk. */
    public static final String SUBPORT_OWNER = "trunk:subport";

    /** The largest VLAN id; the smallest is 1. */
    public static final int MAX_VLAN = 4094;

    /**
     * A port behind a tag.
     *
     * @param segmentationType {@code vlan} is one of its own
     * @param segmentationId the VLAN id
     */
    public record SubPort(UUID portId, String segmentationType, int segmentationId) {}

    /** The first VLAN id after this one that no subport has; from the largest one it goes on with 1. Empty when all are taken. */
    public Optional<Integer> freeVlan(int after) {
        Set<Integer> taken = subPorts.stream().map(SubPort::segmentationId).collect(Collectors.toSet());
        return IntStream.range(after, after + MAX_VLAN)
                .map(each -> each % MAX_VLAN + 1)
                .filter(each -> !taken.contains(each))
                .boxed()
                .findFirst();
    }

    /** The VLAN id behind which a port is; empty when it is no subport of this trunk. */
    public Optional<Integer> vlan(UUID port) {
        return subPorts.stream()
                .filter(subport -> subport.portId().equals(port))
                .map(SubPort::segmentationId)
                .findFirst();
    }
}
