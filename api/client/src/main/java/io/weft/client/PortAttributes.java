package io.weft.client;

import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What a port gets. */
public final class PortAttributes extends Attributes<PortAttributes> {
    /** Changes nothing yet. */
    public static final PortAttributes NONE = new PortAttributes(Map.of());

    private PortAttributes(Map<String, Object> values) {
        super(values);
    }

    /** A port on the network. */
    public static PortAttributes on(UUID network) {
        return NONE.with("network_id", network);
    }

    @Override
    PortAttributes copy(Map<String, Object> values) {
        return new PortAttributes(values);
    }

    public PortAttributes name(String name) {
        return with("name", name);
    }

    public PortAttributes description(String description) {
        return with("description", description);
    }

    /** Administrators alone may name another project than their own. */
    public PortAttributes project(String id) {
        return with("project_id", id);
    }

    public PortAttributes adminStateUp(boolean up) {
        return with("admin_state_up", up);
    }

    public PortAttributes macAddress(MacAddress mac) {
        return with("mac_address", mac.toString());
    }

    /** All addresses of the port. */
    public PortAttributes fixedIps(List<AddressWish> wishes) {
        return with("fixed_ips", wishes.stream().map(AddressWish::values).toList());
    }

    public PortAttributes deviceId(String id) {
        return with("device_id", id);
    }

    public PortAttributes deviceOwner(String owner) {
        return with("device_owner", owner);
    }

    public PortAttributes securityGroups(List<UUID> groups) {
        return with("security_groups", groups);
    }

    public PortAttributes portSecurityEnabled(boolean enabled) {
        return with("port_security_enabled", enabled);
    }

    /** The node that the port is bound to; empty for none. */
    public PortAttributes host(String node) {
        return with("binding:host_id", node);
    }

    public PortAttributes qosPolicy(UUID policy) {
        return with("qos_policy_id", policy);
    }

    public PortAttributes noQosPolicy() {
        return with("qos_policy_id", NULL);
    }

    public PortAttributes dnsName(String name) {
        return with("dns_name", name);
    }

    /** Addresses beside its own that the workload may use, with the port's MAC. */
    public PortAttributes allowedAddressPairs(List<IpPrefix> prefixes) {
        return with(
                "allowed_address_pairs",
                prefixes.stream()
                        .map(prefix -> Map.of("ip_address", prefix.toString()))
                        .toList());
    }
}
