package io.weft.kubernetes.translate;

import io.weft.model.IpAddress;
import java.util.List;
import java.util.Set;

/**
 * A pod's port that shall be.
 *
 * @param host the node's name in Weft
 * @param addresses which it shall have; empty for any
 * @param groups ids of its security groups
 */
public record PortSpec(Pod pod, String host, Place place, List<IpAddress> addresses, Set<String> groups) {
    public PortSpec {
        addresses = List.copyOf(addresses);
        groups = Set.copyOf(groups);
    }
}
