package io.weft.agent.tables;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.vrouter.MacKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A router's gateway as those see it who watch which node it is on: the nodes that may be it, and those with ports behind the
 * router.
 *
 * @param routerId the router
 * @param gatewayId the gateway's port
 * @param transitVni the VNI on which the others send to the gateway; its name among nodes
 * @param hosts the nodes that may be the gateway, ranked
 * @param peers the tunnel addresses of all nodes that watch it together with this one
 * @param network VNI of the external network
 * @param mac the router's MAC there, which is that of no one else
 * @param address one of its addresses there
 * @param device this node's way into that network, when it is among the hosts and has one
 * @param nextHops the routers outside that its default routes lead to, when they are to be watched; one of a family
 */
public record WatchedGateway(
        UUID routerId,
        UUID gatewayId,
        int transitVni,
        List<String> hosts,
        Map<String, List<IpAddress>> peers,
        int network,
        MacAddress mac,
        IpAddress address,
        Optional<PhysicalDevice> device,
        List<Outside> nextHops) {
    /**
     * A router outside.
     *
     * @param own the address in whose name it is spoken to
     * @param address its own
     */
    public record Outside(IpAddress own, IpAddress address) {}

    public WatchedGateway {
        hosts = List.copyOf(hosts);
        peers = Map.copyOf(peers);
        nextHops = List.copyOf(nextHops);
    }

    /** Whether this node could be the gateway now. */
    public boolean isAble() {
        return device.filter(PhysicalDevice::carrier).isPresent();
    }

    /** What the router's interface outside is called in the tables. */
    public MacKey name() {
        return new MacKey(network, mac);
    }
}
