package io.weft.model;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A connection point on a network (Neutron API v2.0, Ports). Its status is not here: nodes report it.
 *
 * @param meta what every resource has
 * @param networkId the network that it is on
 * @param adminStateUp false drops its packets
 * @param mac its MAC, unique on the network
 * @param fixedIps its addresses, possibly none
 * @param deviceId who uses it: a virtual machine, a router; possibly empty
 * @param deviceOwner what uses it, such as {@code compute:nova} or {@link #ROUTER_INTERFACE}; possibly empty
 * @param allowedAddressPairs what it may use as source besides its own addresses
 * @param portSecurityEnabled false lets it use any source
 * @param securityGroups the groups whose rules say what passes, sorted; none of them lets nothing pass but what guests
 *     need to have addresses. Empty when no rules apply: port security is off, or nobody ever said, as of ports that
 *     were made before there were groups
 * @param extraDhcpOptions what DHCP tells it besides the subnet's own
 * @param binding where it lives
 * @param dns what it is called
 * @param qosPolicy its own QoS policy, which counts instead of its network's
 * @param extras what few ports have
 */
public record Port(
        Meta meta,
        UUID networkId,
        boolean adminStateUp,
        MacAddress mac,
        List<FixedIp> fixedIps,
        String deviceId,
        String deviceOwner,
        List<AddressPair> allowedAddressPairs,
        boolean portSecurityEnabled,
        Optional<List<UUID>> securityGroups,
        List<DhcpOption> extraDhcpOptions,
        Binding binding,
        PortDns dns,
        Optional<UUID> qosPolicy,
        PortExtras extras)
        implements Resource {
    /** The device owner of a router's interface; the device id is then the router's id. */
    public static final String ROUTER_INTERFACE = "network:router_interface";

    /** The device owner of a router's gateway; the device id is then the router's id. */
    public static final String ROUTER_GATEWAY = "network:router_gateway";

    /** The device owner of a floating IP's port; the device id is then the floating IP's id. */
    public static final String FLOATING_IP = "network:floatingip";

    /** The device owner of what answers DHCP, where something else than the nodes does. */
    public static final String DHCP = "network:dhcp";

    public Port {
        Rules.text("device_id", deviceId);
        Rules.text("device_owner", deviceOwner);
        Rules.require("mac_address", !mac.isMulticast() && mac.bits() != 0, mac + " is not a unicast address");
        fixedIps = List.copyOf(fixedIps);
        allowedAddressPairs = List.copyOf(allowedAddressPairs);
        extraDhcpOptions = List.copyOf(extraDhcpOptions);
        securityGroups = sorted(securityGroups);
        Rules.require(
                "allowed_address_pairs",
                portSecurityEnabled || allowedAddressPairs.isEmpty(),
                "needs port security to be enabled");
        Rules.require(
                "security_groups",
                portSecurityEnabled || securityGroups.isEmpty(),
                "needs port security to be enabled");
    }

    /** A port without what few ports have. */
    public Port(
            Meta meta,
            UUID networkId,
            boolean adminStateUp,
            MacAddress mac,
            List<FixedIp> fixedIps,
            String deviceId,
            String deviceOwner,
            List<AddressPair> allowedAddressPairs,
            boolean portSecurityEnabled,
            Optional<List<UUID>> securityGroups,
            List<DhcpOption> extraDhcpOptions,
            Binding binding,
            PortDns dns,
            Optional<UUID> qosPolicy) {
        this(
                meta,
                networkId,
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
                PortExtras.NONE);
    }

    /** A port without a name or a QoS policy of its own. */
    public Port(
            Meta meta,
            UUID networkId,
            boolean adminStateUp,
            MacAddress mac,
            List<FixedIp> fixedIps,
            String deviceId,
            String deviceOwner,
            List<AddressPair> allowedAddressPairs,
            boolean portSecurityEnabled,
            Optional<List<UUID>> securityGroups,
            List<DhcpOption> extraDhcpOptions,
            Binding binding) {
        this(
                meta,
                networkId,
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
                PortDns.NONE,
                Optional.empty());
    }

    /** A port without a name or a QoS policy of its own, to which no rules apply. */
    public Port(
            Meta meta,
            UUID networkId,
            boolean adminStateUp,
            MacAddress mac,
            List<FixedIp> fixedIps,
            String deviceId,
            String deviceOwner,
            List<AddressPair> allowedAddressPairs,
            boolean portSecurityEnabled,
            List<DhcpOption> extraDhcpOptions,
            Binding binding) {
        this(
                meta,
                networkId,
                adminStateUp,
                mac,
                fixedIps,
                deviceId,
                deviceOwner,
                allowedAddressPairs,
                portSecurityEnabled,
                Optional.empty(),
                extraDhcpOptions,
                binding);
    }

    /** Keeps what is sorted and immutable already, so that many ports share one list. */
    @SuppressWarnings("ReferenceEquality") // The same object is what shares it.
    private static Optional<List<UUID>> sorted(Optional<List<UUID>> groups) {
        if (groups.isEmpty()) {
            return groups;
        }
        List<UUID> kept = List.copyOf(groups.get());
        if (kept.size() > 1) {
            List<UUID> sorted = kept.stream().sorted().distinct().toList();
            kept = sorted.equals(kept) ? kept : sorted;
        }
        return kept == groups.get() ? groups : Optional.of(kept);
    }

    /** The groups that it is in: none when no rules apply to it. */
    public List<UUID> groups() {
        return securityGroups.orElse(List.of());
    }

    /** Whether nobody may hold it to rules: what owns it is the network itself (Neutron's trusted ports). */
    public boolean isTrusted() {
        return isTrusted(deviceOwner);
    }

    /** Whether ports of this device owner are the network's own. */
    public static boolean isTrusted(String deviceOwner) {
        return deviceOwner.startsWith("network:");
    }

    /** Whether this is an interface of a router. */
    public boolean isRouterInterface() {
        return deviceOwner.equals(ROUTER_INTERFACE);
    }

    /** Whether this is the gateway of a router. */
    public boolean isRouterGateway() {
        return deviceOwner.equals(ROUTER_GATEWAY);
    }

    /** Whether this belongs to an operation on something else, and is made, changed and removed with it alone. */
    public boolean isServed() {
        return isServed(deviceOwner);
    }

    /** Whether ports of this device owner belong to routers and floating IPs. */
    public static boolean isServed(String deviceOwner) {
        return deviceOwner.equals(ROUTER_INTERFACE)
                || deviceOwner.equals(ROUTER_GATEWAY)
                || deviceOwner.equals(FLOATING_IP);
    }

    /** The same with other addresses. */
    public Port withFixedIps(List<FixedIp> newFixedIps) {
        return new Port(
                meta,
                networkId,
                adminStateUp,
                mac,
                newFixedIps,
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

    /** The same, used by another. */
    public Port withDevice(String newDeviceId, String newDeviceOwner) {
        return new Port(
                meta,
                networkId,
                adminStateUp,
                mac,
                fixedIps,
                newDeviceId,
                newDeviceOwner,
                allowedAddressPairs,
                portSecurityEnabled,
                securityGroups,
                extraDhcpOptions,
                binding,
                dns,
                qosPolicy,
                extras);
    }

    /** The same, living there. */
    public Port withBinding(Binding newBinding) {
        return new Port(
                meta,
                networkId,
                adminStateUp,
                mac,
                fixedIps,
                deviceId,
                deviceOwner,
                allowedAddressPairs,
                portSecurityEnabled,
                securityGroups,
                extraDhcpOptions,
                newBinding,
                dns,
                qosPolicy,
                extras);
    }

    /** The same with what few ports have. */
    public Port withExtras(PortExtras newExtras) {
        return new Port(
                meta,
                networkId,
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
                newExtras);
    }

    /** The binding to this node: the one that counts, or one that waits. */
    public Optional<Binding> binding(String host) {
        if (binding.isBound() && binding.host().equals(host)) {
            return Optional.of(binding);
        }
        return extras.waitingBindings().stream()
                .filter(waiting -> waiting.host().equals(host))
                .findFirst();
    }

    @Override
    public Port withMeta(Meta newMeta) {
        return new Port(
                newMeta,
                networkId,
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

    @Override
    public Kind kind() {
        return Kind.PORT;
    }
}
