package io.weft.domain;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What is asked for as a router's way out (Neutron's {@code external_gateway_info}). */
public sealed interface GatewayInfo {
    /** No way out. */
    record None() implements GatewayInfo {}

    /**
     * A place on an external network.
     *
     * @param networkId the network
     * @param enableSnat whether what has no floating address leaves with the router's; it does when empty. Administrators only
     * @param fixedIps the addresses asked for; those that it has, or any, when empty. Administrators only
     * @param qosPolicy the QoS policy for what passes by the router's address; stays when empty
     */
    record On(
            UUID networkId,
            Optional<Boolean> enableSnat,
            Optional<List<FixedIpRequest>> fixedIps,
            Optional<QosChoice> qosPolicy)
            implements GatewayInfo {
        public On {
            fixedIps = fixedIps.map(List::copyOf);
        }

        /** One that says nothing of a QoS policy. */
        public On(UUID networkId, Optional<Boolean> enableSnat, Optional<List<FixedIpRequest>> fixedIps) {
            this(networkId, enableSnat, fixedIps, Optional.empty());
        }

        /** The same with this QoS policy, or with none. */
        public On withQosPolicy(Optional<UUID> policy) {
            return new On(networkId, enableSnat, fixedIps, Optional.of(new QosChoice(policy)));
        }
    }

    /** A place on this network, with Neutron's defaults. */
    static GatewayInfo on(UUID networkId) {
        return new On(networkId, Optional.empty(), Optional.empty());
    }
}
