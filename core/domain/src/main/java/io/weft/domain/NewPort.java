package io.weft.domain;

import io.weft.model.Binding;
import io.weft.model.DhcpOption;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A port to be made.
 *
 * @param project its owner
 * @param networkId its network
 * @param name its name
 * @param description its description
 * @param tags its tags
 * @param adminStateUp whether it is in service
 * @param mac the MAC asked for
 * @param fixedIps the addresses asked for; one IPv4, one stateful IPv6 and all SLAAC addresses when empty
 * @param deviceId who uses it
 * @param deviceOwner what uses it
 * @param allowedAddressPairs what it may use as source besides
 * @param portSecurityEnabled the network's when empty
 * @param securityGroups the groups whose rules apply to it; its project's default group when empty
 * @param extraDhcpOptions what DHCP tells it besides
 * @param binding where it lives; anything but {@link Binding#NONE} is for administrators only
 */
public record NewPort(
        String project,
        UUID networkId,
        String name,
        String description,
        List<String> tags,
        boolean adminStateUp,
        Optional<MacAddress> mac,
        Optional<List<FixedIpRequest>> fixedIps,
        String deviceId,
        String deviceOwner,
        List<AddressPairRequest> allowedAddressPairs,
        Optional<Boolean> portSecurityEnabled,
        Optional<List<UUID>> securityGroups,
        List<DhcpOption> extraDhcpOptions,
        Binding binding) {
    /** A port with Neutron's defaults. */
    public static NewPort of(String project, UUID networkId) {
        return new NewPort(
                project,
                networkId,
                "",
                "",
                List.of(),
                true,
                Optional.empty(),
                Optional.empty(),
                "",
                "",
                List.of(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Binding.NONE);
    }

    /** The same with these addresses. */
    public NewPort withFixedIps(FixedIpRequest... requests) {
        return new NewPort(
                project,
                networkId,
                name,
                description,
                tags,
                adminStateUp,
                mac,
                Optional.of(List.of(requests)),
                deviceId,
                deviceOwner,
                allowedAddressPairs,
                portSecurityEnabled,
                securityGroups,
                extraDhcpOptions,
                binding);
    }

    /** The same with this MAC. */
    public NewPort withMac(MacAddress newMac) {
        return new NewPort(
                project,
                networkId,
                name,
                description,
                tags,
                adminStateUp,
                Optional.of(newMac),
                fixedIps,
                deviceId,
                deviceOwner,
                allowedAddressPairs,
                portSecurityEnabled,
                securityGroups,
                extraDhcpOptions,
                binding);
    }

    /** The same, used by this device. */
    public NewPort withDevice(String newDeviceId, String newDeviceOwner) {
        return new NewPort(
                project,
                networkId,
                name,
                description,
                tags,
                adminStateUp,
                mac,
                fixedIps,
                newDeviceId,
                newDeviceOwner,
                allowedAddressPairs,
                portSecurityEnabled,
                securityGroups,
                extraDhcpOptions,
                binding);
    }

    /** The same, living there. */
    public NewPort withBinding(Binding newBinding) {
        return new NewPort(
                project,
                networkId,
                name,
                description,
                tags,
                adminStateUp,
                mac,
                fixedIps,
                deviceId,
                deviceOwner,
                allowedAddressPairs,
                portSecurityEnabled,
                securityGroups,
                extraDhcpOptions,
                newBinding);
    }

    /** The same in these groups. */
    public NewPort withSecurityGroups(UUID... groups) {
        return new NewPort(
                project,
                networkId,
                name,
                description,
                tags,
                adminStateUp,
                mac,
                fixedIps,
                deviceId,
                deviceOwner,
                allowedAddressPairs,
                portSecurityEnabled,
                Optional.of(List.of(groups)),
                extraDhcpOptions,
                binding);
    }

    /** The same with port security, or without. */
    public NewPort withPortSecurity(boolean enabled) {
        return new NewPort(
                project,
                networkId,
                name,
                description,
                tags,
                adminStateUp,
                mac,
                fixedIps,
                deviceId,
                deviceOwner,
                allowedAddressPairs,
                Optional.of(enabled),
                securityGroups,
                extraDhcpOptions,
                binding);
    }
}
