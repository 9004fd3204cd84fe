package io.weft.domain;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * A network to be made.
 *
 * @param project its owner
 * @param name its name
 * @param description its description
 * @param tags its tags
 * @param adminStateUp whether it is in service
 * @param shared whether every project may use it; administrators only
 * @param vni the VNI asked for; administrators only
 * @param mtu the MTU asked for
 * @param portSecurityEnabled what its ports get
 * @param dnsDomain the domain in which its ports have their names besides the operator's
 * @param external whether routers may have their gateways on it; administrators only
 * @param physicalNetwork the physical network that carries it; administrators only
 * @param qosPolicy the QoS policy of its ports; its project's default one when empty
 * @param isDefault whether it is the default external network; administrators only
 * @param availabilityZoneHints the availability zones asked for
 */
public record NewNetwork(
        String project,
        String name,
        String description,
        List<String> tags,
        boolean adminStateUp,
        boolean shared,
        OptionalInt vni,
        OptionalInt mtu,
        boolean portSecurityEnabled,
        String dnsDomain,
        boolean external,
        Optional<String> physicalNetwork,
        Optional<UUID> qosPolicy,
        boolean isDefault,
        List<String> availabilityZoneHints) {
    /** A network with Neutron's defaults. */
    public static NewNetwork of(String project, String name) {
        return new NewNetwork(
                project,
                name,
                "",
                List.of(),
                true,
                false,
                OptionalInt.empty(),
                OptionalInt.empty(),
                true,
                "",
                false,
                Optional.empty(),
                Optional.empty(),
                false,
                List.of());
    }

    /** The same, shared or not. */
    public NewNetwork withShared(boolean newShared) {
        return new NewNetwork(
                project,
                name,
                description,
                tags,
                adminStateUp,
                newShared,
                vni,
                mtu,
                portSecurityEnabled,
                dnsDomain,
                external,
                physicalNetwork,
                qosPolicy,
                isDefault,
                availabilityZoneHints);
    }

    /** The same with this VNI. */
    public NewNetwork withVni(int newVni) {
        return new NewNetwork(
                project,
                name,
                description,
                tags,
                adminStateUp,
                shared,
                OptionalInt.of(newVni),
                mtu,
                portSecurityEnabled,
                dnsDomain,
                external,
                physicalNetwork,
                qosPolicy,
                isDefault,
                availabilityZoneHints);
    }

    /** The same with this domain. */
    public NewNetwork withDnsDomain(String newDnsDomain) {
        return new NewNetwork(
                project,
                name,
                description,
                tags,
                adminStateUp,
                shared,
                vni,
                mtu,
                portSecurityEnabled,
                newDnsDomain,
                external,
                physicalNetwork,
                qosPolicy,
                isDefault,
                availabilityZoneHints);
    }

    /** The same as an external network, carried by this physical network. */
    public NewNetwork withExternal(String newPhysicalNetwork) {
        return new NewNetwork(
                project,
                name,
                description,
                tags,
                adminStateUp,
                shared,
                vni,
                mtu,
                portSecurityEnabled,
                dnsDomain,
                true,
                Optional.of(newPhysicalNetwork),
                qosPolicy,
                isDefault,
                availabilityZoneHints);
    }

    /** The same with this QoS policy. */
    public NewNetwork withQosPolicy(Optional<UUID> newPolicy) {
        return new NewNetwork(
                project,
                name,
                description,
                tags,
                adminStateUp,
                shared,
                vni,
                mtu,
                portSecurityEnabled,
                dnsDomain,
                external,
                physicalNetwork,
                newPolicy,
                isDefault,
                availabilityZoneHints);
    }

    /** The same as the default external network. */
    public NewNetwork asDefault() {
        return new NewNetwork(
                project,
                name,
                description,
                tags,
                adminStateUp,
                shared,
                vni,
                mtu,
                portSecurityEnabled,
                dnsDomain,
                external,
                physicalNetwork,
                qosPolicy,
                true,
                availabilityZoneHints);
    }
}
