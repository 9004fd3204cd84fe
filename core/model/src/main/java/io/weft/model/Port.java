package io.weft.model;

import java.util.List;
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
 * @param extraDhcpOptions what DHCP tells it besides the subnet's own
 * @param binding where it lives
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
        List<DhcpOption> extraDhcpOptions,
        Binding binding)
        implements Resource {
    /** The device owner of a router's interface; the device id is then the router's id. */
    public static final String ROUTER_INTERFACE = "network:router_interface";

    public Port {
        Rules.text("device_id", deviceId);
        Rules.text("device_owner", deviceOwner);
        Rules.require("mac_address", !mac.isMulticast() && mac.bits() != 0, mac + " is not a unicast address");
        fixedIps = List.copyOf(fixedIps);
        allowedAddressPairs = List.copyOf(allowedAddressPairs);
        extraDhcpOptions = List.copyOf(extraDhcpOptions);
        Rules.require(
                "allowed_address_pairs",
                portSecurityEnabled || allowedAddressPairs.isEmpty(),
                "needs port security to be enabled");
    }

    /** Whether this is an interface of a router. */
    public boolean isRouterInterface() {
        return deviceOwner.equals(ROUTER_INTERFACE);
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
                extraDhcpOptions,
                binding);
    }

    @Override
    public Kind kind() {
        return Kind.PORT;
    }
}
