package io.weft.agent.attach;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.vrouter.PortCounters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** What attaching needs of the node. Safe for use by several threads; results come from the node's own thread. */
public interface Ports {
    /**
     * A port of this node.
     *
     * @param id the port
     * @param network its network
     * @param mac its MAC
     * @param addresses its addresses
     * @param mtu bytes of an IP packet
     * @param device the device that it has, if any
     * @param state UP, DOWN or ERROR
     * @param detail why it is not up
     * @param counters its packets and why they ended, once it has a device
     */
    record Port(
            UUID id,
            UUID network,
            MacAddress mac,
            List<IpAddress> addresses,
            int mtu,
            Optional<String> device,
            String state,
            String detail,
            Optional<PortCounters> counters) {}

    /** Completes when the port is known to be of this node. */
    CompletableFuture<Port> known(UUID port);

    /** Completes when the port forwards. */
    CompletableFuture<Port> inForce(UUID port);

    /** All ports of this node. */
    CompletableFuture<List<Port>> all();

    /** How the node is. */
    CompletableFuture<Map<String, Object>> status();

    /** Asks the node to look at all devices again now. */
    void refresh();
}
