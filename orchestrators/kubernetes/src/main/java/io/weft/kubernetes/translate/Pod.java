package io.weft.kubernetes.translate;

import java.util.Map;
import java.util.Optional;

/**
 * What the network needs to know of a pod.
 *
 * @param uid the object's
 * @param deviceId the identifier by which its node's runtime knows it
 * @param node where it was scheduled; empty before that
 * @param hostNetwork it uses its node's own network
 * @param finished it has ended and will not run again
 * @param ports the names of its containers' ports
 */
public record Pod(
        String namespace,
        String name,
        String uid,
        String deviceId,
        Optional<String> node,
        Map<String, String> labels,
        Map<String, String> annotations,
        boolean hostNetwork,
        boolean finished,
        Map<NamedPort, Integer> ports) {
    public Pod {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        ports = Map.copyOf(ports);
    }

    /** {@code NAMESPACE/NAME}. */
    public String key() {
        return namespace + "/" + name;
    }

    /** Whether it has an address of its own in the network. */
    public boolean networked() {
        return !hostNetwork && !finished && node.isPresent();
    }
}
