package io.weft.model;

import java.util.Optional;
import java.util.UUID;

/** What a {@link QosPolicy} asks of its ports' packets (Neutron API v2.0, QoS rules). */
public sealed interface QosRule {
    /** The largest number of a rule: Neutron's databases keep 31 bits. */
    int MAX_NUMBER = Integer.MAX_VALUE;

    /** Its id, unique in the installation. */
    UUID id();

    /** The same rule under this id. */
    QosRule withId(UUID newId);

    /** What kind of rule it is. */
    Type type();

    /** Which packets of a port it is about: what the workload sends is egress. Empty when the type has but one. */
    Optional<Direction> direction();

    /** The kinds of rules. A policy has at most one of each kind and direction. */
    enum Type {
        BANDWIDTH_LIMIT("bandwidth_limit"),
        PACKET_RATE_LIMIT("packet_rate_limit"),
        DSCP_MARKING("dscp_marking"),
        MINIMUM_BANDWIDTH("minimum_bandwidth");

        private final String text;

        Type(String text) {
            this.text = text;
        }

        /** Neutron's name. */
        public String text() {
            return text;
        }
    }

    /**
     * How many bits a second pass, their frames' Ethernet headers included; what is more waits.
     *
     * @param maxKbps kilobits (1,000 bits) a second, from 1
     * @param maxBurstKbits kilobits that may pass at once; 0 for {@link #DEFAULT_BURST_PERCENT} of a second's
     */
    record BandwidthLimit(UUID id, Direction way, int maxKbps, int maxBurstKbits) implements QosRule {
        public BandwidthLimit {
            Rules.range("max_kbps", maxKbps, 1, MAX_NUMBER);
            Rules.range("max_burst_kbps", maxBurstKbits, 0, MAX_NUMBER);
        }

        @Override
        public BandwidthLimit withId(UUID newId) {
            return new BandwidthLimit(newId, way, maxKbps, maxBurstKbits);
        }

        @Override
        public Type type() {
            return Type.BANDWIDTH_LIMIT;
        }

        @Override
        public Optional<Direction> direction() {
            return Optional.of(way);
        }
    }

    /** What a burst may hold when nothing is said of it, in percent of what passes in a second (Neutron's default). */
    int DEFAULT_BURST_PERCENT = 80;

    /**
     * How many packets a second pass; what is more is dropped.
     *
     * @param maxKpps thousands of packets a second, from 1
     * @param maxBurstKpackets thousands of packets that may pass at once; 0 for {@link #DEFAULT_BURST_PERCENT} of a
     *     second's
     */
    record PacketRateLimit(UUID id, Direction way, int maxKpps, int maxBurstKpackets) implements QosRule {
        public PacketRateLimit {
            Rules.range("max_kpps", maxKpps, 1, MAX_NUMBER);
            Rules.range("max_burst_kpps", maxBurstKpackets, 0, MAX_NUMBER);
        }

        @Override
        public PacketRateLimit withId(UUID newId) {
            return new PacketRateLimit(newId, way, maxKpps, maxBurstKpackets);
        }

        @Override
        public Type type() {
            return Type.PACKET_RATE_LIMIT;
        }

        @Override
        public Optional<Direction> direction() {
            return Optional.of(way);
        }
    }

    /**
     * How many bits a second a workload can send over its node's uplink, whatever else that carries. Nothing is guaranteed of
     * what it receives: that waits where it is sent, at other nodes and in switches.
     *
     * @param way egress
     * @param minKbps kilobits (1,000 bits) a second of frames on the uplink, from 1
     */
    record MinimumBandwidth(UUID id, Direction way, int minKbps) implements QosRule {
        public MinimumBandwidth {
            Rules.range("min_kbps", minKbps, 1, MAX_NUMBER);
            Rules.require(
                    "direction",
                    way == Direction.EGRESS,
                    "must be egress: bandwidth is guaranteed for what a workload sends alone");
        }

        @Override
        public MinimumBandwidth withId(UUID newId) {
            return new MinimumBandwidth(newId, way, minKbps);
        }

        @Override
        public Type type() {
            return Type.MINIMUM_BANDWIDTH;
        }

        @Override
        public Optional<Direction> direction() {
            return Optional.of(way);
        }
    }

    /**
     * What the IP packets that a workload sends are marked with.
     *
     * @param mark the differentiated services code point (RFC 2474), 0 to 63
     */
    record DscpMarking(UUID id, int mark) implements QosRule {
        public DscpMarking {
            Rules.range("dscp_mark", mark, 0, 63);
        }

        @Override
        public DscpMarking withId(UUID newId) {
            return new DscpMarking(newId, mark);
        }

        @Override
        public Type type() {
            return Type.DSCP_MARKING;
        }

        @Override
        public Optional<Direction> direction() {
            return Optional.empty();
        }
    }
}
