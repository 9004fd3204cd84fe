package io.weft.kubernetes.translate;

import io.weft.model.IpAddress;
import java.util.List;
import java.util.Map;

/**
 * What the network needs to know of a node.
 *
 * @param uid the object's
 * @param host what Weft calls it
 * @param addresses by which others of the cluster speak to it: its addresses of type InternalIP
 * @param outside its other addresses, which often are those of a translation outside
 */
public record ClusterNode(
        String name,
        String uid,
        String host,
        Map<String, String> labels,
        List<IpAddress> addresses,
        List<IpAddress> outside) {
    public ClusterNode {
        labels = Map.copyOf(labels);
        outside = List.copyOf(outside);
        addresses = List.copyOf(addresses);
    }
}
