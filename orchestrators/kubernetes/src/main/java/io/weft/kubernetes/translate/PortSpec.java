package io.weft.kubernetes.translate;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A pod's port that shall be.
 *
 * @param interfaceName of a further interface; empty for the pod's own
 * @param before devices whose ports have to be there first
 * @param host the node's name in Weft
 * @param addresses which it shall have; empty for any
 * @param mac which it shall have; empty for any
 * @param groups ids of its security groups
 */
public record PortSpec(
        Pod pod,
        Optional<String> interfaceName,
        List<String> before,
        String host,
        Place place,
        List<IpAddress> addresses,
        Optional<MacAddress> mac,
        Set<String> groups) {
    public PortSpec {
        before = List.copyOf(before);
        addresses = List.copyOf(addresses);
        groups = Set.copyOf(groups);
    }

    /** What the port is known by, to the pod's node too. */
    public String device() {
        return interfaceName.map(name -> device(pod, name)).orElse(pod.deviceId());
    }

    /** What the port of a further interface is known by. */
    public static String device(Pod pod, String interfaceName) {
        return pod.deviceId() + ":" + interfaceName;
    }
}
