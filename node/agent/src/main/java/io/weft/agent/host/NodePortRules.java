package io.weft.agent.host;

import io.weft.agent.tables.HostPort;
import io.weft.model.HostAccess.NodePorts;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The rules of nftables that hand connections to the node's own addresses to the network: as many as there are families,
 * however many services there are; and one that leaves to the node what it answers itself. What comes back finds its way by the
 * kernel's own connection tracking.
 */
final class NodePortRules {
    /** The table that is Weft's, and nobody else's. */
    static final String TABLE = "inet weft-node-ports";

    private NodePortRules() {}

    /** Takes the table away; it need not be there. */
    static String none() {
        return "table " + TABLE + "\ndelete table " + TABLE + "\n";
    }

    /** Replaces the table in one step, or takes it away where the port has no node ports. */
    static String of(HostPort port) {
        List<String> to = new ArrayList<>();
        List<String> from = new ArrayList<>();
        for (IpAddress virtual : port.nodePorts().map(NodePorts::addresses).orElse(List.of())) {
            Optional<IpAddress> own = port.address(virtual.family());
            if (own.isPresent()) {
                boolean ipv4 = virtual.family() == IpFamily.IPV4;
                String family = ipv4 ? "ip" : "ip6";
                // The kernel leads nothing from ::1 elsewhere.
                to.add("    meta nfproto " + (ipv4 ? "ipv4" : "ipv6 ip6 daddr != ::1")
                        + " fib daddr type local meta l4proto { tcp, udp } th dport "
                        + port.nodePorts().orElseThrow().range() + " dnat " + family + " to " + virtual);
                from.add("    meta nfproto " + (ipv4 ? "ipv4" : "ipv6") + " oifname \"" + HostDriver.DEVICE
                        + "\" ct status dnat snat " + family + " to " + own.get());
            }
        }
        if (to.isEmpty()) {
            return none();
        }
        if (!port.healthChecks().isEmpty()) {
            to.addFirst("    fib daddr type local tcp dport { "
                    + port.healthChecks().stream()
                            .map(check -> Integer.toString(check.port()))
                            .collect(Collectors.joining(", "))
                    + " } accept");
        }
        return none() + "table " + TABLE + " {\n"
                + chain("prerouting", -100, to)
                + chain("output", -100, to)
                + chain("postrouting", 100, from)
                + "}\n";
    }

    private static String chain(String hook, int priority, List<String> rules) {
        return "  chain " + hook + " {\n    type nat hook " + hook + " priority " + priority + "; policy accept;\n"
                + String.join("\n", rules) + "\n  }\n";
    }
}
