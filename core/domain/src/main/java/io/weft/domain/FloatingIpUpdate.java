package io.weft.domain;

import io.weft.model.IpAddress;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What changes of a floating IP; what is empty stays.
 *
 * @param description its description
 * @param target what it leads to
 * @param qosPolicy its QoS policy
 * @param expectedRevision the revision number that it must have
 */
public record FloatingIpUpdate(
        Optional<String> description,
        Optional<Target> target,
        Optional<QosChoice> qosPolicy,
        OptionalLong expectedRevision) {
    /** Nothing changes. */
    public static final FloatingIpUpdate NONE =
            new FloatingIpUpdate(Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty());

    /** What it is to lead to. */
    public sealed interface Target {
        /** Nowhere. */
        record Nothing() implements Target {}

        /**
         * A port.
         *
         * @param portId the port
         * @param fixedAddress its address; its only IPv4 address when empty
         */
        record ToPort(UUID portId, Optional<IpAddress> fixedAddress) implements Target {}
    }

    /** The same, leading to this port's only IPv4 address. */
    public FloatingIpUpdate withPort(UUID portId) {
        return new FloatingIpUpdate(
                description, Optional.of(new Target.ToPort(portId, Optional.empty())), qosPolicy, expectedRevision);
    }

    /** The same, leading nowhere. */
    public FloatingIpUpdate withNothing() {
        return new FloatingIpUpdate(description, Optional.of(new Target.Nothing()), qosPolicy, expectedRevision);
    }

    /** The same, with this QoS policy, or with none. */
    public FloatingIpUpdate withQosPolicy(Optional<UUID> policy) {
        return new FloatingIpUpdate(description, target, Optional.of(new QosChoice(policy)), expectedRevision);
    }
}
