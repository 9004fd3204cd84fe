package io.weft.kubernetes.translate;

import io.weft.model.IpAddress;
import java.util.List;

/**
 * What the network needs to know of a node.
 *
 * @param uid the object's
 * @param host what Weft calls it
 * @param addresses by which others of the cluster speak to it: its addresses of type InternalIP
 */
public record ClusterNode(String name, String uid, String host, List<IpAddress> addresses) {
    public ClusterNode {
        addresses = List.copyOf(addresses);
    }
}
