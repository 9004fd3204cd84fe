package io.weft.protocol;

import io.weft.model.AddressPair;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.UUID;

/**
 * The place of a bound port that is no router's interface. In topic {@code network/ID}.
 *
 * @param portId the port
 * @param networkId its network
 * @param host the node that it is bound to; its peer record may come later or never
 * @param mac its MAC
 * @param addresses its own addresses
 * @param sharedPairs what it may use besides; other ports may have the same (allowed address pairs)
 * @param portSecurity false lets it use any source
 * @param adminUp whether the port is in service; the network's own state is in its record
 * @param dns what it is called
 */
public record Endpoint(
        UUID portId,
        UUID networkId,
        String host,
        MacAddress mac,
        List<IpAddress> addresses,
        List<AddressPair> sharedPairs,
        boolean portSecurity,
        boolean adminUp,
        PortName dns)
        implements Fact {
    public Endpoint {
        addresses = List.copyOf(addresses);
        sharedPairs = List.copyOf(sharedPairs);
    }

    /** An endpoint that nobody gave a name. */
    public Endpoint(
            UUID portId,
            UUID networkId,
            String host,
            MacAddress mac,
            List<IpAddress> addresses,
            List<AddressPair> sharedPairs,
            boolean portSecurity,
            boolean adminUp) {
        this(portId, networkId, host, mac, addresses, sharedPairs, portSecurity, adminUp, PortName.NONE);
    }

    @Override
    public Type type() {
        return Type.ENDPOINT;
    }

    @Override
    public String key() {
        return Type.ENDPOINT.key(portId);
    }
}
