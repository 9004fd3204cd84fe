package io.weft.responders;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.List;

/**
 * What the responders need of a network; all of its ports share one view.
 *
 * @param mtu the largest IP packet in bytes
 * @param subnets its subnets
 * @param routers the router interfaces in it
 */
public record NetworkView(int mtu, List<SubnetView> subnets, List<RouterView> routers) {
    /** Who answers where no router's interface can: one locally administered address for all networks and nodes. */
    public static final MacAddress RESPONDER_MAC = new MacAddress(0x025745465401L);

    public NetworkView {
        subnets = List.copyOf(subnets);
        routers = List.copyOf(routers);
    }

    /** The MAC that owns this address: the router's with this address, or {@link #RESPONDER_MAC}. */
    MacAddress macOf(IpAddress address) {
        for (RouterView router : routers) {
            if (router.addresses().contains(address)) {
                return router.mac();
            }
        }
        return RESPONDER_MAC;
    }
}
