package io.weft.protocol;

import java.util.List;
import java.util.Optional;

/**
 * What a node says of itself.
 *
 * @param revision the store revision that is in force on it; 0 before the first
 * @param agentVersion its build
 * @param full whether {@code ports} are all of its ports; otherwise those that changed since its last report
 * @param ports the states of ports
 * @param problems what is wrong with the node, for people; empty when it is well
 * @param claims all shared addresses that its ports hold, at most {@link #MAX_CLAIMS}; empty when they are as reported
 *     before
 */
public record NodeReport(
        long revision,
        String agentVersion,
        boolean full,
        List<PortReport> ports,
        List<String> problems,
        Optional<List<AddressClaim>> claims) {
    /** How many claims a report has at most; readers drop the rest. */
    public static final int MAX_CLAIMS = 256;

    public NodeReport {
        ports = List.copyOf(ports);
        problems = List.copyOf(problems);
        claims = claims.map(all -> List.copyOf(all.subList(0, Math.min(MAX_CLAIMS, all.size()))));
    }

    /** A report that says nothing new of claims. */
    public NodeReport(long revision, String agentVersion, boolean full, List<PortReport> ports, List<String> problems) {
        this(revision, agentVersion, full, ports, problems, Optional.empty());
    }
}
