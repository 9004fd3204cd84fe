package io.weft.agent.bfd;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.MacAddress;
import java.util.UUID;

/**
 * A router outside that a gateway of this node leads to by default.
 *
 * @param router the router that has the gateway
 * @param gateway the gateway's port
 * @param ifindex this node's device into the external network
 * @param network VNI of the external network
 * @param mac the router's MAC there
 * @param own the router's address there that speaks
 * @param address the router outside
 * @param discriminator the name of the session at this end, the same on all nodes that may be the gateway
 */
public record NextHop(
        UUID router,
        UUID gateway,
        int ifindex,
        int network,
        MacAddress mac,
        IpAddress own,
        IpAddress address,
        int discriminator) {
    /** Of which family's default route it is the next hop. */
    public IpFamily family() {
        return address.family();
    }

    /** How what comes from it is known. */
    Ends ends() {
        return new Ends(ifindex, own, address);
    }

    /**
     * Between whom packets pass.
     *
     * @param ifindex on which device
     * @param own this end
     * @param other the other one
     */
    record Ends(int ifindex, IpAddress own, IpAddress other) {}
}
