package io.weft.domain;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What changes of a network; what is empty stays.
 *
 * @param name its name
 * @param description its description
 * @param adminStateUp whether it is in service
 * @param shared whether every project may use it; administrators only
 * @param mtu its MTU
 * @param portSecurityEnabled what its new ports get
 * @param dnsDomain the domain in which its ports have their names besides the operator's
 * @param external whether routers may have their gateways on it; administrators only
 * @param qosPolicy the QoS policy of its ports
 * @param isDefault whether it is the default external network; administrators only
 * @param expectedRevision the revision number that it must have
 */
public record NetworkUpdate(
        Optional<String> name,
        Optional<String> description,
        Optional<Boolean> adminStateUp,
        Optional<Boolean> shared,
        OptionalInt mtu,
        Optional<Boolean> portSecurityEnabled,
        Optional<String> dnsDomain,
        Optional<Boolean> external,
        Optional<QosChoice> qosPolicy,
        Optional<Boolean> isDefault,
        OptionalLong expectedRevision) {
    /** Nothing changes. */
    public static final NetworkUpdate NONE = new NetworkUpdate(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty());

    /** The same with this MTU. */
    public NetworkUpdate withMtu(int newMtu) {
        return new NetworkUpdate(
                name,
                description,
                adminStateUp,
                shared,
                OptionalInt.of(newMtu),
                portSecurityEnabled,
                dnsDomain,
                external,
                qosPolicy,
                isDefault,
                expectedRevision);
    }

    /** The same with this name. */
    public NetworkUpdate withName(String newName) {
        return new NetworkUpdate(
                Optional.of(newName),
                description,
                adminStateUp,
                shared,
                mtu,
                portSecurityEnabled,
                dnsDomain,
                external,
                qosPolicy,
                isDefault,
                expectedRevision);
    }

    /** The same with this sharing. */
    public NetworkUpdate withShared(boolean newShared) {
        return new NetworkUpdate(
                name,
                description,
                adminStateUp,
                Optional.of(newShared),
                mtu,
                portSecurityEnabled,
                dnsDomain,
                external,
                qosPolicy,
                isDefault,
                expectedRevision);
    }

    /** The same for just this revision number. */
    public NetworkUpdate expecting(long revision) {
        return new NetworkUpdate(
                name,
                description,
                adminStateUp,
                shared,
                mtu,
                portSecurityEnabled,
                dnsDomain,
                external,
                qosPolicy,
                isDefault,
                OptionalLong.of(revision));
    }

    /** The same with this domain. */
    public NetworkUpdate withDnsDomain(String newDnsDomain) {
        return new NetworkUpdate(
                name,
                description,
                adminStateUp,
                shared,
                mtu,
                portSecurityEnabled,
                Optional.of(newDnsDomain),
                external,
                qosPolicy,
                isDefault,
                expectedRevision);
    }

    /** The same with this QoS policy, or with none. */
    public NetworkUpdate withQosPolicy(QosChoice choice) {
        return new NetworkUpdate(
                name,
                description,
                adminStateUp,
                shared,
                mtu,
                portSecurityEnabled,
                dnsDomain,
                external,
                Optional.of(choice),
                isDefault,
                expectedRevision);
    }

    /** The same as the default external network, or not. */
    public NetworkUpdate withDefault(boolean newDefault) {
        return new NetworkUpdate(
                name,
                description,
                adminStateUp,
                shared,
                mtu,
                portSecurityEnabled,
                dnsDomain,
                external,
                qosPolicy,
                Optional.of(newDefault),
                expectedRevision);
    }
}
