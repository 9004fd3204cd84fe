package io.weft.kubernetes.translate;

import io.weft.model.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the network needs to know of a node.
 *
 * @param uid the object's
 * @param host what Weft calls it
 * @param addresses by which others of the cluster speak to it: its addresses of type InternalIP
 * @param outside its other addresses, which often are those of a translation outside
 * @param parentPort of a virtual machine: the id of its port that is a trunk's parent, as somebody wrote it; empty for the one
 *     that has an address of the node
 */
public record ClusterNode(
        String name,
        String uid,
        String host,
        Map<String, String> labels,
        List<IpAddress> addresses,
        List<IpAddress> outside,
        Optional<String> parentPort) {
    public ClusterNode {
        labels = Map.copyOf(labels);
        outside = List.copyOf(outside);
        addresses = List.copyOf(addresses);
    }
}
