package io.weft.domain;

import io.weft.model.Binding;
import io.weft.model.DhcpOption;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;

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
 * @param dnsName its name in the operator's domain
 * @param dnsDomain the further domain in which it has its name; the network's owner only
 * @param qosPolicy its own QoS policy
 * @param numaAffinityPolicy how near to the device its machine must be; the empty text for none
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
        Optional<String> dnsName,
        Optional<String> dnsDomain,
        Optional<QosChoice> qosPolicy,
        Optional<String> numaAffinityPolicy,
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
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty());

    /** The same with this name. */
    public PortUpdate withName(String newName) {
        return changed(draft -> draft.name = Optional.of(newName));
    }

    /** The same with these addresses. */
    public PortUpdate withFixedIps(FixedIpRequest... requests) {
        return changed(draft -> draft.fixedIps = Optional.of(List.of(requests)));
    }

    /** The same with this MAC. */
    public PortUpdate withMac(MacAddress newMac) {
        return changed(draft -> draft.mac = Optional.of(newMac));
    }

    /** The same, living there. */
    public PortUpdate withBinding(Binding newBinding) {
        return changed(draft -> draft.binding = Optional.of(newBinding));
    }

    /** The same in these groups. */
    public PortUpdate withSecurityGroups(UUID... groups) {
        return changed(draft -> draft.securityGroups = Optional.of(List.of(groups)));
    }

    /** The same with port security, or without. */
    public PortUpdate withPortSecurity(boolean enabled) {
        return changed(draft -> draft.portSecurityEnabled = Optional.of(enabled));
    }

    /** The same with this name in the operator's domain. */
    public PortUpdate withDnsName(String newName) {
        return changed(draft -> draft.dnsName = Optional.of(newName));
    }

    /** The same with this domain. */
    public PortUpdate withDnsDomain(String newDomain) {
        return changed(draft -> draft.dnsDomain = Optional.of(newDomain));
    }

    /** The same with this QoS policy, or with none, of its own. */
    public PortUpdate withQosPolicy(QosChoice choice) {
        return changed(draft -> draft.qosPolicy = Optional.of(choice));
    }

    /** The same with this policy of how near to the device its machine must be; the empty text for none. */
    public PortUpdate withNumaAffinityPolicy(String policy) {
        return changed(draft -> draft.numaAffinityPolicy = Optional.of(policy));
    }

    private PortUpdate changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finish();
    }

    /** The same with fields that can be set one by one. */
    private static final class Draft {
        private Optional<String> name;
        private Optional<String> description;
        private Optional<Boolean> adminStateUp;
        private Optional<MacAddress> mac;
        private Optional<List<FixedIpRequest>> fixedIps;
        private Optional<String> deviceId;
        private Optional<String> deviceOwner;
        private Optional<List<AddressPairRequest>> allowedAddressPairs;
        private Optional<Boolean> portSecurityEnabled;
        private Optional<List<UUID>> securityGroups;
        private Optional<List<DhcpOption>> extraDhcpOptions;
        private Optional<Binding> binding;
        private Optional<String> dnsName;
        private Optional<String> dnsDomain;
        private Optional<QosChoice> qosPolicy;
        private Optional<String> numaAffinityPolicy;
        private OptionalLong expectedRevision;

        private Draft(PortUpdate update) {
            name = update.name();
            description = update.description();
            adminStateUp = update.adminStateUp();
            mac = update.mac();
            fixedIps = update.fixedIps();
            deviceId = update.deviceId();
            deviceOwner = update.deviceOwner();
            allowedAddressPairs = update.allowedAddressPairs();
            portSecurityEnabled = update.portSecurityEnabled();
            securityGroups = update.securityGroups();
            extraDhcpOptions = update.extraDhcpOptions();
            binding = update.binding();
            dnsName = update.dnsName();
            dnsDomain = update.dnsDomain();
            qosPolicy = update.qosPolicy();
            numaAffinityPolicy = update.numaAffinityPolicy();
            expectedRevision = update.expectedRevision();
        }

        private PortUpdate finish() {
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
                    binding,
                    dnsName,
                    dnsDomain,
                    qosPolicy,
                    numaAffinityPolicy,
                    expectedRevision);
        }
    }
}
