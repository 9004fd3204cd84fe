package io.weft.docker.translate;

import io.weft.client.SecurityGroupRuleAttributes;
import io.weft.docker.protocol.Request.PublishedPort;
import io.weft.model.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What {@code --publish} means: which ports of a floating IP lead to which of a container. */
public final class Publishing {
    /** Where a port is taken from when the user leaves it open; an engine's own range on most hosts. */
    private static final int FIRST_OPEN = 32_768;

    private static final int LAST_OPEN = 60_999;
    private static final int TCP = 6;
    private static final int UDP = 17;

    private Publishing() {}

    /**
     * A port to publish.
     *
     * @param hostAddress the floating IP that the user named
     * @param first of the ports of which one is taken
     * @param last of them
     */
    public record Wanted(String protocol, Optional<IpAddress> hostAddress, int containerPort, int first, int last) {}

    /**
     * Reads what an engine asks for.
     *
     * @throws RefusedException for what a floating IP cannot do
     */
    public static List<Wanted> wanted(List<PublishedPort> ports) {
        List<Wanted> wanted = new ArrayList<>();
        for (PublishedPort port : ports) {
            String protocol = switch (port.protocol()) {
                case TCP -> "tcp";
                case UDP -> "udp";
                default ->
                    throw new RefusedException(
                            "TCP and UDP ports can be published, not those of protocol " + port.protocol());
            };
            Optional<IpAddress> address = port.hostAddress().filter(a -> !a.isUnspecified());
            if (address.isPresent() && address.get().isIpv6()) {
                throw new RefusedException("ports are published over IPv4: " + address.get() + " is no floating IP");
            }
            boolean open = port.hostPort() == 0;
            wanted.add(new Wanted(
                    protocol,
                    address,
                    port.containerPort(),
                    open ? FIRST_OPEN : port.hostPort(),
                    open ? LAST_OPEN : port.hostPortEnd()));
        }
        return List.copyOf(wanted);
    }

    /**
     * The port outside.
     *
     * @param used those of the floating IP that lead somewhere, of the same protocol
     * @throws RefusedException when all are used
     */
    public static int choose(Wanted wanted, Collection<Integer> used) {
        for (int port = wanted.first(); port <= wanted.last(); port++) {
            if (!used.contains(port)) {
                return port;
            }
        }
        throw new RefusedException(
                wanted.first() == wanted.last()
                        ? "port " + wanted.first() + " of the floating IP is published already"
                        : "the ports " + wanted.first() + " to " + wanted.last()
                                + " of the floating IP are all published already");
    }

    /** What lets the world reach them. */
    public static List<SecurityGroupRuleAttributes> rules(UUID group, List<Wanted> wanted) {
        return wanted.stream()
                .map(w -> new Inside(w.protocol(), w.containerPort()))
                .distinct()
                .map(inside -> SecurityGroupRuleAttributes.of(group, "ingress", "IPv4")
                        .protocol(inside.protocol())
                        .portRange(inside.port(), inside.port()))
                .toList();
    }

    private record Inside(String protocol, int port) {}
}
