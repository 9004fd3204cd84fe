package io.weft.protocol;

import java.util.List;

/**
 * What a node says of itself.
 *
 * @param revision the store revision that is in force on it; 0 before the first
 * @param agentVersion its build
 * @param full whether {@code ports} are all of its ports; otherwise those that changed since its last report
 * @param ports the states of ports
 * @param problems what is wrong with the node, for people; empty when it is well
 */
public record NodeReport(
        long revision, String agentVersion, boolean full, List<PortReport> ports, List<String> problems) {
    public NodeReport {
        ports = List.copyOf(ports);
        problems = List.copyOf(problems);
    }
}
