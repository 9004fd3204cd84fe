package io.weft.responders;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.List;

/**
 * A router's interface in the network.
 *
 * @param mac its MAC address
 * @param addresses its addresses
 */
public record RouterView(MacAddress mac, List<IpAddress> addresses) {
    public RouterView {
        addresses = List.copyOf(addresses);
    }
}
