package io.weft.domain;

import io.weft.domain.replica.AddressClaim;
import io.weft.domain.replica.PortReport;
import java.util.List;
import java.util.Optional;

/**
 * What a node says of itself.
 *
 * @param host the node's name
 * @param revision the revision that it has in force
 * @param version of its agent
 * @param full whether {@code ports} are all its ports, and not just those that changed
 * @param ports what it says of its ports
 * @param problems what is wrong on the node, for people
 * @param claims all shared addresses that its ports hold; empty when they are as it said before
 */
public record NodeReport(
        String host,
        long revision,
        String version,
        boolean full,
        List<PortReport> ports,
        List<String> problems,
        Optional<List<AddressClaim>> claims) {
    public NodeReport {
        ports = List.copyOf(ports);
        problems = List.copyOf(problems);
        claims = claims.map(List::copyOf);
    }

    /** A report that says nothing new of claims. */
    public NodeReport(
            String host, long revision, String version, boolean full, List<PortReport> ports, List<String> problems) {
        this(host, revision, version, full, ports, problems, Optional.empty());
    }
}
