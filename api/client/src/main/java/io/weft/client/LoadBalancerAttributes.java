package io.weft.client;

import io.weft.model.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What a load balancer gets. */
public final class LoadBalancerAttributes extends Attributes<LoadBalancerAttributes> {
    /** Changes nothing yet. */
    public static final LoadBalancerAttributes NONE = new LoadBalancerAttributes(Map.of());

    private LoadBalancerAttributes(Map<String, Object> values) {
        super(values);
    }

    /** With an address of this subnet. */
    public static LoadBalancerAttributes on(UUID subnet) {
        return NONE.with("vip_subnet_id", subnet);
    }

    @Override
    LoadBalancerAttributes copy(Map<String, Object> values) {
        return new LoadBalancerAttributes(values);
    }

    public LoadBalancerAttributes name(String name) {
        return with("name", name);
    }

    public LoadBalancerAttributes description(String description) {
        return with("description", description);
    }

    /** Administrators alone may name another project than their own. */
    public LoadBalancerAttributes project(String id) {
        return with("project_id", id);
    }

    public LoadBalancerAttributes adminStateUp(boolean up) {
        return with("admin_state_up", up);
    }

    /** Where it is reached. */
    public LoadBalancerAttributes vipAddress(IpAddress address) {
        return with("vip_address", address.toString());
    }

    /** An existing port whose address it takes. */
    public LoadBalancerAttributes vipPort(UUID port) {
        return with("vip_port_id", port);
    }

    public LoadBalancerAttributes tags(List<String> tags) {
        return with("tags", List.copyOf(tags));
    }
}
