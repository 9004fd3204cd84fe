package io.weft.protocol;

import io.weft.model.QosRule;
import java.util.Optional;
import java.util.UUID;

/**
 * What a port that is bound to the node may take of the network's capacity: the rules of the QoS policy that counts for
 * it. In topic {@code node/HOST}; a port without such rules has no such record.
 *
 * @param portId the port
 * @param egress for what its workload sends
 * @param ingress for what its workload receives
 * @param guaranteedKilobits how many thousands of bits a second of frames on the uplink it can send, whatever else that
 *     carries; 0 for none
 * @param dscp what the IP packets that its workload sends are marked with (RFC 2474), 0 to 63
 */
public record PortQos(UUID portId, Limits egress, Limits ingress, int guaranteedKilobits, Optional<Integer> dscp)
        implements Fact {
    /** One without a guarantee. */
    public PortQos(UUID portId, Limits egress, Limits ingress, Optional<Integer> dscp) {
        this(portId, egress, ingress, 0, dscp);
    }

    /**
     * The limits of one direction.
     *
     * @param kilobits how many thousands of bits pass in a second; 0 for no limit
     * @param burstKilobits how many of them may pass at once; 0 for the default
     * @param kilopackets how many thousands of packets pass in a second; 0 for no limit
     * @param burstKilopackets how many of them may pass at once; 0 for the default
     */
    public record Limits(int kilobits, int burstKilobits, int kilopackets, int burstKilopackets) {
        /** No limit at all. */
        public static final Limits NONE = new Limits(0, 0, 0, 0);

        private static final int KILO = 1000;
        private static final int PERCENT = 100;

        /** How many bits may pass at once. */
        public long burstBits() {
            return burst(kilobits, burstKilobits);
        }

        /** How many packets may pass at once. */
        public long burstPackets() {
            return burst(kilopackets, burstKilopackets);
        }

        private static long burst(int rate, int burst) {
            return burst > 0 ? (long) burst * KILO : (long) rate * KILO / PERCENT * QosRule.DEFAULT_BURST_PERCENT;
        }
    }

    @Override
    public Type type() {
        return Type.QOS;
    }

    @Override
    public String key() {
        return Type.QOS.key(portId);
    }
}
