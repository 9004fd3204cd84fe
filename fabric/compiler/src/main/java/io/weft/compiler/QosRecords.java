package io.weft.compiler;

import io.weft.compiler.Records.Filed;
import io.weft.model.Direction;
import io.weft.model.IpAddress;
import io.weft.model.Port;
import io.weft.model.QosPolicy;
import io.weft.model.QosRule;
import io.weft.model.World;
import io.weft.protocol.AddressQos;
import io.weft.protocol.PortQos;
import io.weft.protocol.PortQos.Limits;
import io.weft.protocol.Topic;
import java.util.Optional;
import java.util.UUID;

/**
 * The records that come of QoS policies, as pure functions of the world: one for each bound port, and for each address
 * outside, that has rules.
 */
final class QosRecords {
    private QosRecords() {}

    static Optional<Filed> of(World world, Port port) {
        if (!port.binding().isBound()) {
            return Optional.empty();
        }
        return world.qosPolicyOf(port)
                .flatMap(world::qosPolicy)
                .filter(policy -> !policy.rules().isEmpty())
                .map(policy -> new Filed(Topic.node(port.binding().host()), record(port, policy)));
    }

    /** What is asked of an address outside, a floating IP's or a gateway's. */
    static Optional<Filed> of(World world, Optional<UUID> policyId, UUID owner, UUID router, IpAddress address) {
        return policyId.flatMap(world::qosPolicy)
                .filter(policy -> !policy.rules().isEmpty())
                .map(policy -> new Filed(
                        Topic.router(router),
                        new AddressQos(
                                owner,
                                router,
                                address,
                                limits(policy, Direction.EGRESS),
                                limits(policy, Direction.INGRESS),
                                mark(policy))));
    }

    private static PortQos record(Port port, QosPolicy policy) {
        return new PortQos(
                port.id(),
                limits(policy, Direction.EGRESS),
                limits(policy, Direction.INGRESS),
                policy.guaranteedKbps(),
                mark(policy));
    }

    private static Optional<Integer> mark(QosPolicy policy) {
        return policy.rules().stream()
                .filter(QosRule.DscpMarking.class::isInstance)
                .map(rule -> ((QosRule.DscpMarking) rule).mark())
                .findFirst();
    }

    private static Limits limits(QosPolicy policy, Direction direction) {
        Limits limits = Limits.NONE;
        for (QosRule rule : policy.rules()) {
            limits = switch (rule) {
                case QosRule.BandwidthLimit limit
                when limit.way() == direction ->
                    new Limits(limit.maxKbps(), limit.maxBurstKbits(), limits.kilopackets(), limits.burstKilopackets());
                case QosRule.PacketRateLimit limit
                when limit.way() == direction ->
                    new Limits(limits.kilobits(), limits.burstKilobits(), limit.maxKpps(), limit.maxBurstKpackets());
                case QosRule.BandwidthLimit _,
                        QosRule.PacketRateLimit _,
                        QosRule.DscpMarking _,
                        QosRule.MinimumBandwidth _ -> limits;
            };
        }
        return limits;
    }
}
