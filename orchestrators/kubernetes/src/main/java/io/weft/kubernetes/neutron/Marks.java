package io.weft.kubernetes.neutron;

import io.weft.kubernetes.translate.Pod;
import java.util.List;

/**
 * By what a cluster's objects are found again. Ports have tags. Groups and networks cannot have tags from their first
 * moment, so their description is the mark and the first word of a group's name says which it is.
 *
 * @param cluster the identifier of the cluster
 */
public record Marks(String cluster) {
    /** The longest name and tag, in characters. */
    private static final int LONGEST = 255;

    static final String DEVICE_OWNER = "compute:kubernetes";

    /** The tag of each of the cluster's ports. */
    String tag() {
        return "weft:kubernetes:cluster=" + cluster;
    }

    /** The description of each of its groups and networks. */
    String description() {
        return "Kubernetes cluster " + cluster;
    }

    List<String> tags(Pod pod) {
        return List.of(
                tag(), cut("weft:kubernetes:namespace=" + pod.namespace()), cut("weft:kubernetes:pod=" + pod.name()));
    }

    static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }
}
