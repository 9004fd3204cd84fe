package io.weft.model;

import java.util.UUID;

/**
 * An address whose {@link Listener}s hand connections to members of pools (Octavia API v2, Load Balancers).
 *
 * @param meta what every resource has
 * @param portId the port that has the address; it is on no node
 * @param networkId the network of that port
 * @param subnetId the subnet of the address
 * @param address where it is reached
 * @param adminStateUp false refuses all connections
 * @param portIsOwn whether the port was made with it and goes with it
 */
public record LoadBalancer(
        Meta meta,
        UUID portId,
        UUID networkId,
        UUID subnetId,
        IpAddress address,
        boolean adminStateUp,
        boolean portIsOwn)
        implements Resource {
    /** The device owner of the port that has the address; its device id is {@link #deviceId}. */
    public static final String PORT_OWNER = "Octavia";

    /** The device id of the port of the load balancer with this id, as Octavia has it. */
    public static String deviceId(UUID id) {
        return "lb-" + id;
    }

    @Override
    public LoadBalancer withMeta(Meta newMeta) {
        return new LoadBalancer(newMeta, portId, networkId, subnetId, address, adminStateUp, portIsOwn);
    }

    @Override
    public Kind kind() {
        return Kind.LOAD_BALANCER;
    }
}
