package io.weft.client;

import java.util.Map;
import java.util.UUID;

/** What a network gets. */
public final class NetworkAttributes extends Attributes<NetworkAttributes> {
    /** Changes nothing yet. */
    public static final NetworkAttributes NONE = new NetworkAttributes(Map.of());

    private NetworkAttributes(Map<String, Object> values) {
        super(values);
    }

    @Override
    NetworkAttributes copy(Map<String, Object> values) {
        return new NetworkAttributes(values);
    }

    public NetworkAttributes name(String name) {
        return with("name", name);
    }

    public NetworkAttributes description(String description) {
        return with("description", description);
    }

    /** Administrators alone may name another project than their own. */
    public NetworkAttributes project(String id) {
        return with("project_id", id);
    }

    public NetworkAttributes adminStateUp(boolean up) {
        return with("admin_state_up", up);
    }

    public NetworkAttributes shared(boolean shared) {
        return with("shared", shared);
    }

    /** The largest IP packet in bytes. */
    public NetworkAttributes mtu(int bytes) {
        return with("mtu", bytes);
    }

    public NetworkAttributes external(boolean external) {
        return with("router:external", external);
    }

    public NetworkAttributes portSecurityEnabled(boolean enabled) {
        return with("port_security_enabled", enabled);
    }

    public NetworkAttributes qosPolicy(UUID policy) {
        return with("qos_policy_id", policy);
    }
}
