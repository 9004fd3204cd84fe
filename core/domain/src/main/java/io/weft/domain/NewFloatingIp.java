package io.weft.domain;

import io.weft.model.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A floating IP to be made.
 *
 * @param project its owner
 * @param networkId the external network
 * @param description its description
 * @param tags its tags
 * @param address the address asked for; administrators only
 * @param subnetId the subnet that the address is to be of
 * @param portId the port that it is to lead to
 * @param fixedAddress the port's address that it is to lead to; its only IPv4 address when empty
 * @param qosPolicy the QoS policy for what passes by the address
 */
public record NewFloatingIp(
        String project,
        UUID networkId,
        String description,
        List<String> tags,
        Optional<IpAddress> address,
        Optional<UUID> subnetId,
        Optional<UUID> portId,
        Optional<IpAddress> fixedAddress,
        Optional<UUID> qosPolicy) {
    /** A floating IP with Neutron's defaults, which leads nowhere. */
    public static NewFloatingIp of(String project, UUID networkId) {
        return new NewFloatingIp(
                project,
                networkId,
                "",
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The same, leading to this port. */
    public NewFloatingIp withPort(UUID newPortId) {
        return new NewFloatingIp(
                project,
                networkId,
                description,
                tags,
                address,
                subnetId,
                Optional.of(newPortId),
                fixedAddress,
                qosPolicy);
    }

    /** The same with this address. */
    public NewFloatingIp withAddress(IpAddress newAddress) {
        return new NewFloatingIp(
                project,
                networkId,
                description,
                tags,
                Optional.of(newAddress),
                subnetId,
                portId,
                fixedAddress,
                qosPolicy);
    }

    /** The same with this QoS policy. */
    public NewFloatingIp withQosPolicy(UUID policy) {
        return new NewFloatingIp(
                project, networkId, description, tags, address, subnetId, portId, fixedAddress, Optional.of(policy));
    }
}
