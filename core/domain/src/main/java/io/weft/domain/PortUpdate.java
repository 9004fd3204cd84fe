package io.weft.domain;

import io.weft.model.Binding;
import io.weft.model.DhcpOption;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What changes of a port; what is empty stays.
 *
 * @param name its name
 * @param description its description
 * @param adminStateUp whether it is in service
 * @param mac its MAC; not of a bound port
 * @param fixedIps its addresses; those that follow from the MAC stay
 * @param deviceId who uses it
 * @param deviceOwner what uses it
 * @param allowedAddressPairs what it may use as source besides
 * @param portSecurityEnabled whether it is held to its addresses
 * @param securityGroups the groups whose rules apply to it
 * @param extraDhcpOptions what DHCP tells it besides
 * @param binding where it lives; administrators only
 * @param expectedRevision the revision number that it must have
 */
public record PortUpdate(
        Optional<String> name,
        Optional<String> description,
        Optional<Boolean> adminStateUp,
        Optional<MacAddress> mac,
        Optional<List<FixedIpRequest>> fixedIps,
        Optional<String> deviceId,
        Optional<String> deviceOwner,
        Optional<List<AddressPairRequest>> allowedAddressPairs,
        Optional<Boolean> portSecurityEnabled,
        Optional<List<UUID>> securityGroups,
        Optional<List<DhcpOption>> extraDhcpOptions,
        Optional<Binding> binding,
        OptionalLong expectedRevision) {
    /** Nothing changes. */
    public static final PortUpdate NONE = new PortUpdate(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty());

    /** The same with this name. */
    public PortUpdate withName(String newName) {
        return new PortUpdate(
                Optional.of(newName),
                description,
                adminStateUp,
                mac,
                fixedIps,
                deviceId,
                deviceOwner,
                allowedAddressPairs,
                portSecurityEnabled,
                securityGroups,
                extraDhcpOptions,
                binding,
                expectedRevision);
    }

    /** The same with these addresses. */
    public PortUpdate withFixedIps(FixedIpRequest... requests) {
        return new PortUpdate(
                name,
                description,
                adminStateUp,
                mac,
                Optional.of(List.of(requests)),
                deviceId,
                deviceOwner,
                allowedAddressPairs,
                portSecurityEnabled,
                securityGroups,
                extraDhcpOptions,
                binding,
                expectedRevision);
    }

    /** The same with this MAC. */
    public PortUpdate withMac(MacAddress newMac) {
        return new PortUpdate(
                name,
                description,
                adminStateUp,
                Optional.of(newMac),
                fixedIps,
                deviceId,
                deviceOwner,
                allowedAddressPairs,
                portSecurityEnabled,
                securityGroups,
                extraDhcpOptions,
                binding,
                expectedRevision);
    }

    /** The same, living there. */
    public PortUpdate withBinding(Binding newBinding) {
        return new PortUpdate(
                name,
                description,
                adminStateUp,
                mac,
                fixedIps,
                deviceId,
                deviceOwner,
                allowedAddressPairs,
                portSecurityEnabled,
                securityGroups,
                extraDhcpOptions,
                Optional.of(newBinding),
                expectedRevision);
    }

    /** The same in these groups. */
    public PortUpdate withSecurityGroups(UUID... groups) {
        return new PortUpdate(
                name,
                description,
                adminStateUp,
                mac,
                fixedIps,
                deviceId,
                deviceOwner,
                allowedAddressPairs,
                portSecurityEnabled,
                Optional.of(List.of(groups)),
                extraDhcpOptions,
                binding,
                expectedRevision);
    }

    /** The same with port security, or without. */
    public PortUpdate withPortSecurity(boolean enabled) {
        return new PortUpdate(
                name,
                description,
                adminStateUp,
                mac,
                fixedIps,
                deviceId,
                deviceOwner,
                allowedAddressPairs,
                Optional.of(enabled),
                securityGroups,
                extraDhcpOptions,
                binding,
                expectedRevision);
    }
}
