package io.weft.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What makes a port its node's own: the node itself, not a guest of it, is behind the port. Said by the member
 * {@value #KEY} of {@code binding:profile}, which orchestrators alone may write: whoever could say it of a port of his own
 * would have joined the node to his network.
 *
 * @param nodePorts which connections to the node's own addresses are handed to the network; empty for none
 */
public record HostAccess(Optional<NodePorts> nodePorts) {
    /** The member of the profile: an object, empty but for {@code node_ports}. */
    public static final String KEY = "weft:host";

    private static final String FIELD = "binding:profile." + KEY;
    private static final String NODE_PORTS = "node_ports";
    private static final String RANGE = "range";
    private static final String ADDRESSES = "addresses";

    /**
     * Connections to these TCP and UDP ports at any address of the node go to a virtual address of the network, at the same
     * port.
     *
     * @param first the first port, 1 to 65535
     * @param last the last port
     * @param addresses the virtual address, one of each family at most, and at least one
     */
    public record NodePorts(int first, int last, List<IpAddress> addresses) {
        public NodePorts {
            addresses = List.copyOf(addresses);
            Rules.range(FIELD + "." + NODE_PORTS + "." + RANGE, first, 1, 65535);
            Rules.range(FIELD + "." + NODE_PORTS + "." + RANGE, last, first, 65535);
            Rules.require(
                    FIELD + "." + NODE_PORTS + "." + ADDRESSES,
                    !addresses.isEmpty()
                            && addresses.stream()
                                            .map(IpAddress::family)
                                            .distinct()
                                            .count()
                                    == addresses.size(),
                    "must be one address, or one of each family");
        }

        /** {@code FIRST-LAST}. */
        public String range() {
            return first + "-" + last;
        }

        /**
         * Reads {@code FIRST-LAST}.
         *
         * @throws InvalidException when it is no such range
         */
        public static NodePorts of(String range, List<IpAddress> addresses) {
            String[] ends = range.split("-", -1);
            try {
                if (ends.length == 2) {
                    return new NodePorts(
                            Integer.parseInt(ends[0].strip()), Integer.parseInt(ends[1].strip()), addresses);
                }
            } catch (NumberFormatException e) {
                // No number is no range either.
            }
            throw new InvalidException(
                    FIELD + "." + NODE_PORTS + "." + RANGE, "'" + range + "' is no range of ports, as in 30000-32767");
        }

        /** As the profile has it. */
        public Map<String, Object> written() {
            return Map.of(
                    RANGE,
                    range(),
                    ADDRESSES,
                    addresses.stream().map(IpAddress::toString).toList());
        }
    }

    /** As the profile has it. */
    public Map<String, Object> written() {
        return Map.of(
                KEY,
                nodePorts
                        .<Map<String, Object>>map(ports -> Map.of(NODE_PORTS, ports.written()))
                        .orElse(Map.of()));
    }

    /**
     * What a profile says of it; empty when the port is a workload's.
     *
     * @throws InvalidException naming the member that makes no sense
     */
    public static Optional<HostAccess> of(Map<String, Object> profile) {
        if (!profile.containsKey(KEY)) {
            return Optional.empty();
        }
        Map<?, ?> host = object(FIELD, profile.get(KEY), Set.of(NODE_PORTS));
        if (!host.containsKey(NODE_PORTS)) {
            return Optional.of(new HostAccess(Optional.empty()));
        }
        String field = FIELD + "." + NODE_PORTS;
        Map<?, ?> ports = object(field, host.get(NODE_PORTS), Set.of(RANGE, ADDRESSES));
        if (!(ports.get(RANGE) instanceof String range)) {
            throw new InvalidException(field + "." + RANGE, "must be text, as in 30000-32767");
        }
        if (!(ports.get(ADDRESSES) instanceof List<?> addresses)) {
            throw new InvalidException(field + "." + ADDRESSES, "must be a list of addresses");
        }
        return Optional.of(new HostAccess(Optional.of(NodePorts.of(
                range,
                addresses.stream()
                        .map(address -> address(field + "." + ADDRESSES, address))
                        .toList()))));
    }

    private static Map<?, ?> object(String field, @Nullable Object value, Set<String> members) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new InvalidException(field, "must be an object");
        }
        for (Object member : map.keySet()) {
            Rules.require(field, members.contains(member), "has no member '" + member + "'");
        }
        return map;
    }

    private static IpAddress address(String field, @Nullable Object value) {
        try {
            return IpAddress.parse(String.valueOf(value));
        } catch (InvalidException e) {
            throw new InvalidException(field, "'" + value + "' is not an address");
        }
    }
}
