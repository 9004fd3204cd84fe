package io.weft.model;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A router's place on an external network (Neutron's {@code external_gateway_info}, and what {@code external_gateways} lists).
 *
 * @param networkId the external network
 * @param portId the port there, whose addresses are the router's
 * @param enableSnat whether what has no floating address leaves with the router's
 * @param transitVni a number like a network's, unique among them: what other nodes send to the gateway's node
 * @param nodes the nodes that may be the gateway, ranked: the first that lives is. Decided once, so that all agree; changed
 *     only for nodes that are gone for good, or to have as many as there should be
 * @param qosPolicy the QoS policy for what leaves with the router's address, and for the answers
 */
public record ExternalGateway(
        UUID networkId, UUID portId, boolean enableSnat, int transitVni, List<UUID> nodes, Optional<UUID> qosPolicy) {
    public ExternalGateway {
        nodes = List.copyOf(nodes);
        Rules.range("vni", transitVni, Network.MIN_VNI, Network.MAX_VNI);
        Rules.require("nodes", nodes.stream().distinct().count() == nodes.size(), "must be different ones");
    }

    /** One without a QoS policy. */
    public ExternalGateway(UUID networkId, UUID portId, boolean enableSnat, int transitVni, List<UUID> nodes) {
        this(networkId, portId, enableSnat, transitVni, nodes, Optional.empty());
    }

    /** The same with source translation, or without. */
    public ExternalGateway withSnat(boolean newEnableSnat) {
        return new ExternalGateway(networkId, portId, newEnableSnat, transitVni, nodes, qosPolicy);
    }

    /** The same on these nodes. */
    public ExternalGateway withNodes(List<UUID> newNodes) {
        return new ExternalGateway(networkId, portId, enableSnat, transitVni, newNodes, qosPolicy);
    }

    /** The same with this QoS policy, or with none. */
    public ExternalGateway withQosPolicy(Optional<UUID> newQosPolicy) {
        return new ExternalGateway(networkId, portId, enableSnat, transitVni, nodes, newQosPolicy);
    }
}
