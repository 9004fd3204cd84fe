package io.weft.kubernetes.translate;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the network needs to know of a Service.
 *
 * @param addresses its cluster IPs, one of a family; empty for one that is headless, a name, or has none yet
 * @param externalIps the addresses outside of the cluster that it has besides
 * @param affinity for how many seconds a client stays with an endpoint; 0 for none
 * @param internal who takes calls to the cluster IPs
 * @param external who takes calls to node ports and external IPs
 * @param healthCheck the port where nodes tell whether they have endpoints; 0 for nowhere
 * @param outside the address that it wants outside the cluster; empty when it wants none, or of somebody else
 * @param shown the addresses that its status has
 * @param refused what it asks for and does not get, each for whoever wrote it
 */
public record Service(
        String namespace,
        String name,
        String uid,
        List<IpAddress> addresses,
        List<IpAddress> externalIps,
        List<Port> ports,
        int affinity,
        Locality internal,
        Locality external,
        int healthCheck,
        Optional<Outside> outside,
        Set<String> shown,
        List<String> refused) {
    public Service {
        addresses = List.copyOf(addresses);
        externalIps = List.copyOf(externalIps);
        ports = List.copyOf(ports);
        shown = Set.copyOf(shown);
        refused = List.copyOf(refused);
    }

    /**
     * One of its ports.
     *
     * @param name by which endpoints have it; may be empty
     * @param nodePort where nodes take its calls; 0 for nowhere
     */
    public record Port(String name, Protocol protocol, int number, int nodePort) {}

    /**
     * An address of the external network.
     *
     * @param wish a certain one
     * @param callers from where it may be called; empty for everywhere
     */
    public record Outside(Optional<IpAddress> wish, List<IpPrefix> callers) {
        public Outside {
            callers = List.copyOf(callers);
        }
    }

    /** {@code NAMESPACE/NAME}. */
    public String key() {
        return namespace + "/" + name;
    }
}
