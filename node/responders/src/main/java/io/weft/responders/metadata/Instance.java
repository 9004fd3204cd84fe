package io.weft.responders.metadata;

import io.weft.model.IpAddress;
import io.weft.responders.PortView;
import java.util.UUID;

/**
 * Who asks for metadata.
 *
 * @param portId the port that the request came from
 * @param networkId its network
 * @param address the port's address that it came from
 * @param deviceId who uses the port, for Nova the instance; possibly empty
 * @param deviceOwner what uses the port; possibly empty
 * @param project whose it is; possibly empty
 * @param port the port's addresses and name
 */
public record Instance(
        UUID portId,
        UUID networkId,
        IpAddress address,
        String deviceId,
        String deviceOwner,
        String project,
        PortView port) {
    /** What begins the owner of ports that Nova made. */
    private static final String COMPUTE = "compute:";

    /** Whether Nova knows this instance. */
    public boolean isNovas() {
        return deviceOwner.startsWith(COMPUTE) && !deviceId.isEmpty();
    }

    /** What identifies the instance towards itself: its device, or the port where there is none. */
    public String id() {
        return deviceId.isEmpty() ? portId.toString() : deviceId;
    }

    /** The name by which DHCP calls it, too. */
    public String hostname() {
        return port.hostname().isEmpty()
                ? "host-" + address.toString().replace('.', '-').replace(':', '-')
                : port.hostname();
    }
}
