package io.weft.model;

import java.util.List;

/**
 * A machine with an agent. Its name is that of its certificate and of {@link Binding#host()}.
 *
 * @param meta what every resource has; the name is unique among nodes and not empty
 * @param tunnelAddresses where it receives VXLAN, at most one of each family; nodes without one carry no tunnel
 * @param physicalNetworks the names of the physical networks that it said it is connected to, sorted
 */
public record Node(Meta meta, List<IpAddress> tunnelAddresses, List<String> physicalNetworks) implements Resource {
    public Node {
        tunnelAddresses = List.copyOf(tunnelAddresses);
        physicalNetworks = physicalNetworks.stream().sorted().distinct().toList();
        physicalNetworks.forEach(Network::checkPhysicalName);
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

    /** A node without physical networks. */
    public Node(Meta meta, List<IpAddress> tunnelAddresses) {
        this(meta, tunnelAddresses, List.of());
    }

    /** Whether it can be the gateway of routers on an external network that this physical network carries. */
    public boolean has(String physicalNetwork) {
        return physicalNetworks.contains(physicalNetwork);
    }

    @Override
    public Node withMeta(Meta newMeta) {
        return new Node(newMeta, tunnelAddresses, physicalNetworks);
    }

    @Override
    public Kind kind() {
        return Kind.NODE;
    }
}
