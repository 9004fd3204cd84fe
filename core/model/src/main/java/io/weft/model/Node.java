package io.weft.model;

import java.util.List;

/**
 * A machine with an agent. Its name is that of its certificate and of {@link Binding#host()}.
 *
 * @param meta what every resource has; the name is unique among nodes and not empty
 * @param tunnelAddresses where it receives VXLAN, at most one of each family; nodes without one carry no tunnel
 */
public record Node(Meta meta, List<IpAddress> tunnelAddresses) implements Resource {
    public Node {
        tunnelAddresses = List.copyOf(tunnelAddresses);
        Rules.require("host", !meta.name().isEmpty(), "must not be empty");
        long families =
                tunnelAddresses.stream().map(IpAddress::family).distinct().count();
        Rules.require(
                "tunnel_addresses", families == tunnelAddresses.size(), "must have at most one address of each family");
        for (IpAddress address : tunnelAddresses) {
            Rules.require(
                    "tunnel_addresses",
                    !address.isUnspecified() && !address.isMulticast() && !address.isLoopback(),
                    address + " is not a unicast address of the underlay");
        }
    }

    @Override
    public Node withMeta(Meta newMeta) {
        return new Node(newMeta, tunnelAddresses);
    }

    @Override
    public Kind kind() {
        return Kind.NODE;
    }
}
