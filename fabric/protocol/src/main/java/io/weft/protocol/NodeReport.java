package io.weft.protocol;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a node says of itself.
 *
 * @param revision the store revision that is in force on it; 0 before the first
 * @param agentVersion its build
 * @param full whether {@code ports} are all of its ports; otherwise those that changed since its last report
 * @param ports the states of ports
 * @param problems what is wrong with the node, for people; empty when it is well
 * @param counters totals since the agent's start, by name
 */
public record NodeReport(
        long revision,
        String agentVersion,
        boolean full,
        List<PortReport> ports,
        List<String> problems,
        Map<String, Long> counters) {
    public NodeReport {
        ports = List.copyOf(ports);
        problems = List.copyOf(problems);
        counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
    }
}
