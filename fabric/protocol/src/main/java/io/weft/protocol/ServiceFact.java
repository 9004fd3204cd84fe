package io.weft.protocol;

import io.weft.model.AllowedCallers;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.model.MemberLocality;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A listener of a load balancer: connections to one of its addresses, its protocol and its port are handed to members of its
 * pool, on the node where they begin. In topic {@code network/ID} of the network that its addresses are on. A service whose
 * pool has no {@link ServiceMember} that takes connections refuses them; nothing that is sent to it is forwarded.
 *
 * <p>Its addresses belong to a port that is on no node and has no {@link Endpoint}: every node answers for them with its MAC.
 *
 * @param serviceId the listener
 * @param networkId the network that its addresses are on
 * @param portId the port that its addresses belong to; listeners of one load balancer share it
 * @param mac the MAC of that port
 * @param addresses where it is reached, at least one; a connection goes to members of its own family
 * @param protocol IANA's number: 6, 17 or 132
 * @param port the port where it is reached, 1 to 65535
 * @param poolId which members it has; empty when it has none or is out of service
 * @param affinity for how many seconds after the last of them new connections from a source address go to the same member; 0
 *     when each is handed out by itself
 * @param locality which members a caller's node chooses from; listeners of one pool have the same
 * @param callers who may call; what others send ends where it is balanced
 * @param nodeHealth of whom nodes whose node ports lead to an address of it tell, by HTTP at the port, whether the pool has members
 *     on them, as {@code NAMESPACE/NAME}; it takes no calls then
 */
public record ServiceFact(
        UUID serviceId,
        UUID networkId,
        UUID portId,
        MacAddress mac,
        List<IpAddress> addresses,
        int protocol,
        int port,
        Optional<UUID> poolId,
        int affinity,
        MemberLocality locality,
        AllowedCallers callers,
        Optional<String> nodeHealth)
        implements Fact {
    /** The longest affinity, in seconds: a day. */
    public static final int MAX_AFFINITY = 86_400;

    public ServiceFact {
        addresses = List.copyOf(addresses);
        require(!addresses.isEmpty(), "a service has an address");
        require(addresses.stream().distinct().count() == addresses.size(), "an address is named once");
        require(protocol == 6 || protocol == 17 || protocol == 132, "a protocol that has ports");
        require(1 <= port && port <= 65535, "a port is from 1 to 65535");
        require(0 <= affinity && affinity <= MAX_AFFINITY, "an affinity is from 0 to " + MAX_AFFINITY + " seconds");
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }

    @Override
    public Type type() {
        return Type.SERVICE;
    }

    @Override
    public String key() {
        return Type.SERVICE.key(serviceId);
    }
}
