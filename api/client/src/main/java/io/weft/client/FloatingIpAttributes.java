package io.weft.client;

import io.weft.model.IpAddress;
import java.util.Map;
import java.util.UUID;

/** What a floating IP gets. */
public final class FloatingIpAttributes extends Attributes<FloatingIpAttributes> {
    /** Changes nothing yet. */
    public static final FloatingIpAttributes NONE = new FloatingIpAttributes(Map.of());

    private FloatingIpAttributes(Map<String, Object> values) {
        super(values);
    }

    /** An address of the external network. */
    public static FloatingIpAttributes of(UUID network) {
        return NONE.with("floating_network_id", network);
    }

    @Override
    FloatingIpAttributes copy(Map<String, Object> values) {
        return new FloatingIpAttributes(values);
    }

    public FloatingIpAttributes description(String description) {
        return with("description", description);
    }

    /** Administrators alone may name another project than their own. */
    public FloatingIpAttributes project(String id) {
        return with("project_id", id);
    }

    public FloatingIpAttributes floatingIpAddress(IpAddress address) {
        return with("floating_ip_address", address.toString());
    }

    /** From which subnet of the external network the address comes. */
    public FloatingIpAttributes subnet(UUID subnet) {
        return with("subnet_id", subnet);
    }

    public FloatingIpAttributes port(UUID port) {
        return with("port_id", port);
    }

    public FloatingIpAttributes noPort() {
        return with("port_id", NULL);
    }

    /** Which of the port's addresses. */
    public FloatingIpAttributes fixedIpAddress(IpAddress address) {
        return with("fixed_ip_address", address.toString());
    }
}
