package io.weft.protocol;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.UUID;

/**
 * Ports of a floating address that lead to ports of addresses inside. In topic {@code router/ID}. The gateway's first live
 * host translates. What a forwarded-to address begins itself is translated as the gateway says.
 *
 * @param forwardingId the port forwarding
 * @param routerId the router that translates
 * @param gatewayId the port of the {@link RouterGateway} behind which it is
 * @param networkId the external network, the gateway's
 * @param mac the MAC under which the floating address is known on the external network
 * @param externalAddress the floating address, which has no {@link FloatingIpFact}
 * @param protocol IANA's number: 6, 17 or 132
 * @param externalPorts the ports outside
 * @param internalAddress the address inside, of the same family
 * @param internalPorts the ports inside: as many, each for the one outside at the same place
 */
public record PortForwardingFact(
        UUID forwardingId,
        UUID routerId,
        UUID gatewayId,
        UUID networkId,
        MacAddress mac,
        IpAddress externalAddress,
        int protocol,
        Ports externalPorts,
        IpAddress internalAddress,
        Ports internalPorts)
        implements Fact {
    public PortForwardingFact {
        require(externalAddress.family() == internalAddress.family(), "both addresses are of one family");
        require(protocol == 6 || protocol == 17 || protocol == 132, "a protocol that has ports");
        require(externalPorts.count() == internalPorts.count(), "as many ports inside as outside");
    }

    /**
     * Ports of a transport protocol that follow each other.
     *
     * @param first the first, 1 to 65535
     * @param last the last, included
     */
    public record Ports(int first, int last) {
        public Ports {
            require(first >= 1 && first <= last && last <= 65535, "no range of ports: " + first + " to " + last);
        }

        /** How many they are. */
        public int count() {
            return last - first + 1;
        }
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }

    @Override
    public Type type() {
        return Type.FORWARDING;
    }

    @Override
    public String key() {
        return Type.FORWARDING.key(forwardingId);
    }
}
