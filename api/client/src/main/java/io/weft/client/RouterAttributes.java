package io.weft.client;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What a router gets. */
public final class RouterAttributes extends Attributes<RouterAttributes> {
    /** Changes nothing yet. */
    public static final RouterAttributes NONE = new RouterAttributes(Map.of());

    private RouterAttributes(Map<String, Object> values) {
        super(values);
    }

    @Override
    RouterAttributes copy(Map<String, Object> values) {
        return new RouterAttributes(values);
    }

    public RouterAttributes name(String name) {
        return with("name", name);
    }

    public RouterAttributes description(String description) {
        return with("description", description);
    }

    /** Administrators alone may name another project than their own. */
    public RouterAttributes project(String id) {
        return with("project_id", id);
    }

    public RouterAttributes adminStateUp(boolean up) {
        return with("admin_state_up", up);
    }

    /** The way out, with shared SNAT as the server's default says. */
    public RouterAttributes externalGateway(UUID network) {
        return with("external_gateway_info", Map.of("network_id", network));
    }

    public RouterAttributes noExternalGateway() {
        return with("external_gateway_info", NULL);
    }

    /** All static routes. */
    public RouterAttributes routes(List<Subnet.HostRoute> routes) {
        return with("routes", written(routes));
    }
}
