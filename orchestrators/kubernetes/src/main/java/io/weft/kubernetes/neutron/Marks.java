package io.weft.kubernetes.neutron;

import io.weft.kubernetes.translate.PortSpec;
import io.weft.kubernetes.translate.Service;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * By what a cluster's objects are found again. Ports, load balancers, listeners and pools have tags. Groups, networks and
 * floating IPs cannot have tags from their first moment, so their description is the mark and the first word of a group's
 * name says which it is.
 *
 * @param cluster the identifier of the cluster
 */
public record Marks(String cluster) {
    /** The longest name and tag, in characters. */
    private static final int LONGEST = 255;

    static final String DEVICE_OWNER = "compute:kubernetes";

    private static final String UID = "weft:kubernetes:uid=";

    static final String HOST_OWNER = "compute:kubernetes-host";

    /** The tag of each port that a node of the cluster itself has. */
    String hostTag() {
        return "weft:kubernetes:hosts-of=" + cluster;
    }

    /** The tag of each of its pods' ports. */
    String tag() {
        return "weft:kubernetes:cluster=" + cluster;
    }

    /** The description of each of its groups and networks. */
    String description() {
        return "Kubernetes cluster " + cluster;
    }

    /** @param more what it has besides */
    List<String> tags(PortSpec spec, List<String> more) {
        return Stream.of(
                        Stream.of(
                                tag(),
                                cut("weft:kubernetes:namespace=" + spec.pod().namespace()),
                                cut("weft:kubernetes:pod=" + spec.pod().name())),
                        spec.interfaceName().map(name -> "weft:kubernetes:interface=" + name).stream(),
                        more.stream())
                .flatMap(tags -> tags)
                .toList();
    }

    List<String> tags(Service service) {
        return List.of(
                tag(),
                cut("weft:kubernetes:namespace=" + service.namespace()),
                cut("weft:kubernetes:service=" + service.name()),
                uid(service.uid()));
    }

    /** The tag of whatever is of the Service with this uid alone. */
    String uid(String uid) {
        return UID + uid;
    }

    /** The uid of the Service that something with these tags is of. */
    static Optional<String> uid(List<String> tags) {
        return tags.stream()
                .filter(tag -> tag.startsWith(UID))
                .map(tag -> tag.substring(UID.length()))
                .findFirst();
    }

    /** The description of a Service's floating IP. */
    String ofService(String uid) {
        return description() + " service " + uid;
    }

    static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }
}
