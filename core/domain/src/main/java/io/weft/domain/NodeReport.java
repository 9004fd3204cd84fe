package io.weft.domain;

import io.weft.domain.replica.PortReport;
import java.util.List;

/**
 * What a node says of itself.
 *
 * @param host the node's name
 * @param revision the revision that it has in force
 * @param version of its agent
 * @param full whether {@code ports} are all its ports, and not just those that changed
 * @param ports what it says of its ports
 * @param problems what is wrong on the node, for people
 */
public record NodeReport(
        String host, long revision, String version, boolean full, List<PortReport> ports, List<String> problems) {
    public NodeReport {
        ports = List.copyOf(ports);
        problems = List.copyOf(problems);
    }
}
