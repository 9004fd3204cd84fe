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
 * @param physicalNetworks the names of the physical networks that it is connected to, sorted, at most
 *     {@link #MAX_PHYSICAL_NETWORKS} of 1 to {@link #MAX_PHYSICAL_NAME} characters; empty when they are as reported before
 */
public record NodeReport(
        long revision,
        String agentVersion,
        boolean full,
        List<PortReport> ports,
        List<String> problems,
        Optional<List<AddressClaim>> claims,
        Optional<List<String>> physicalNetworks) {
    /** How many claims a report has at most; readers drop the rest. */
    public static final int MAX_CLAIMS = 256;

    /** How many physical networks a node has at most; readers refuse more. */
    public static final int MAX_PHYSICAL_NETWORKS = 64;

    /** The longest name of a physical network, in characters (Neutron's limit). */
    public static final int MAX_PHYSICAL_NAME = 64;

    public NodeReport {
        ports = List.copyOf(ports);
        problems = List.copyOf(problems);
        claims = claims.map(all -> List.copyOf(all.subList(0, Math.min(MAX_CLAIMS, all.size()))));
        physicalNetworks =
                physicalNetworks.map(names -> names.stream().sorted().distinct().toList());
        physicalNetworks.ifPresent(NodeReport::check);
    }

    private static void check(List<String> names) {
        if (names.size() > MAX_PHYSICAL_NETWORKS) {
            throw new IllegalArgumentException(
                    "a node has at most " + MAX_PHYSICAL_NETWORKS + " physical networks, not " + names.size());
        }
        for (String name : names) {
            if (name.isEmpty() || name.length() > MAX_PHYSICAL_NAME) {
                throw new IllegalArgumentException(
                        "the name of a physical network has 1 to " + MAX_PHYSICAL_NAME + " characters");
            }
        }
    }

    /** A report that says nothing new of physical networks. */
    public NodeReport(
            long revision,
            String agentVersion,
            boolean full,
            List<PortReport> ports,
            List<String> problems,
            Optional<List<AddressClaim>> claims) {
        this(revision, agentVersion, full, ports, problems, claims, Optional.empty());
    }

    /** A report that says nothing new of claims and physical networks. */
    public NodeReport(long revision, String agentVersion, boolean full, List<PortReport> ports, List<String> problems) {
        this(revision, agentVersion, full, ports, problems, Optional.empty());
    }
}
