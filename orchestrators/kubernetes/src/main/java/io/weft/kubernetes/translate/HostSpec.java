package io.weft.kubernetes.translate;

import io.weft.model.IpAddress;
import java.util.List;
import java.util.Set;

/**
 * The port that a node itself shall have.
 *
 * @param addresses of the node that nobody else claims
 * @param groups ids of its security groups
 */
public record HostSpec(ClusterNode node, List<IpAddress> addresses, Set<String> groups) {
    public HostSpec {
        addresses = List.copyOf(addresses);
        groups = Set.copyOf(groups);
    }
}
