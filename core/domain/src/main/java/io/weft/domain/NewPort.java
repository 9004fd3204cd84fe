package io.weft.domain;

import io.weft.model.Binding;
import io.weft.model.DhcpOption;
import io.weft.model.MacAddress;
import io.weft.model.PortDns;
import io.weft.model.PortExtras;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

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
 * @param dns what it is called; its domain is for the network's owner only
 * @param qosPolicy its own QoS policy
 * @param extras what few ports have; whether it is asked for without addresses is said by {@code fixedIps}
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
        Binding binding,
        PortDns dns,
        Optional<UUID> qosPolicy,
        PortExtras extras) {
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
                Binding.NONE,
                PortDns.NONE,
                Optional.empty(),
                PortExtras.NONE);
    }

    /** The same with these addresses. */
    public NewPort withFixedIps(FixedIpRequest... requests) {
        return changed(draft -> draft.fixedIps = Optional.of(List.of(requests)));
    }

    /** The same with this name. */
    public NewPort withName(String newName) {
        return changed(draft -> draft.name = newName);
    }

    /** The same with this MAC. */
    public NewPort withMac(MacAddress newMac) {
        return changed(draft -> draft.mac = Optional.of(newMac));
    }

    /** The same, used by this device. */
    public NewPort withDevice(String newDeviceId, String newDeviceOwner) {
        return changed(draft -> {
            draft.deviceId = newDeviceId;
            draft.deviceOwner = newDeviceOwner;
        });
    }

    /** The same, living there. */
    public NewPort withBinding(Binding newBinding) {
        return changed(draft -> draft.binding = newBinding);
    }

    /** The same in these groups. */
    public NewPort withSecurityGroups(UUID... groups) {
        return changed(draft -> draft.securityGroups = Optional.of(List.of(groups)));
    }

    /** The same with port security, or without. */
    public NewPort withPortSecurity(boolean enabled) {
        return changed(draft -> draft.portSecurityEnabled = Optional.of(enabled));
    }

    /** The same, called so. */
    public NewPort withDns(PortDns newDns) {
        return changed(draft -> draft.dns = newDns);
    }

    /** The same with this QoS policy of its own. */
    public NewPort withQosPolicy(Optional<UUID> policy) {
        return changed(draft -> draft.qosPolicy = policy);
    }

    /** The same with what few ports have. */
    public NewPort withExtras(PortExtras newExtras) {
        return changed(draft -> draft.extras = newExtras);
    }

    private NewPort changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finish();
    }

    /** The same with fields that can be set one by one. */
    private static final class Draft {
        private String project;
        private UUID networkId;
        private String name;
        private String description;
        private List<String> tags;
        private boolean adminStateUp;
        private Optional<MacAddress> mac;
        private Optional<List<FixedIpRequest>> fixedIps;
        private String deviceId;
        private String deviceOwner;
        private List<AddressPairRequest> allowedAddressPairs;
        private Optional<Boolean> portSecurityEnabled;
        private Optional<List<UUID>> securityGroups;
        private List<DhcpOption> extraDhcpOptions;
        private Binding binding;
        private PortDns dns;
        private Optional<UUID> qosPolicy;
        private PortExtras extras;

        private Draft(NewPort port) {
            project = port.project();
            networkId = port.networkId();
            name = port.name();
            description = port.description();
            tags = port.tags();
            adminStateUp = port.adminStateUp();
            mac = port.mac();
            fixedIps = port.fixedIps();
            deviceId = port.deviceId();
            deviceOwner = port.deviceOwner();
            allowedAddressPairs = port.allowedAddressPairs();
            portSecurityEnabled = port.portSecurityEnabled();
            securityGroups = port.securityGroups();
            extraDhcpOptions = port.extraDhcpOptions();
            binding = port.binding();
            dns = port.dns();
            qosPolicy = port.qosPolicy();
            extras = port.extras();
        }

        private NewPort finish() {
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
                    binding,
                    dns,
                    qosPolicy,
                    extras);
        }
    }
}
