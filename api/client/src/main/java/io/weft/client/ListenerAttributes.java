package io.weft.client;

import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What a listener gets. */
public final class ListenerAttributes extends Attributes<ListenerAttributes> {
    /** Changes nothing yet. */
    public static final ListenerAttributes NONE = new ListenerAttributes(Map.of());

    private ListenerAttributes(Map<String, Object> values) {
        super(values);
    }

    /**
     * A port of a load balancer.
     *
     * @param protocol {@code TCP} or {@code UDP}
     */
    public static ListenerAttributes of(UUID loadBalancer, String protocol, int port) {
        return NONE.with("loadbalancer_id", loadBalancer)
                .with("protocol", protocol)
                .with("protocol_port", port);
    }

    @Override
    ListenerAttributes copy(Map<String, Object> values) {
        return new ListenerAttributes(values);
    }

    public ListenerAttributes name(String name) {
        return with("name", name);
    }

    public ListenerAttributes description(String description) {
        return with("description", description);
    }

    public ListenerAttributes adminStateUp(boolean up) {
        return with("admin_state_up", up);
    }

    /** Whose members take the connections. */
    public ListenerAttributes defaultPool(UUID pool) {
        return with("default_pool_id", pool);
    }

    public ListenerAttributes noDefaultPool() {
        return with("default_pool_id", NULL);
    }

    /** Who may call; empty for everyone. */
    public ListenerAttributes allowedCidrs(List<IpPrefix> cidrs) {
        return with("allowed_cidrs", cidrs.stream().map(IpPrefix::toString).toList());
    }

    /** Where it is asked who calls: {@code all}, or {@code floating}, at floating IPs. */
    public ListenerAttributes allowedCidrsScope(String scope) {
        return with("weft:allowed_cidrs_scope", scope);
    }

    /** Of whom, as {@code NAMESPACE/NAME}, nodes answer at the port themselves. */
    public ListenerAttributes nodeHealth(String name) {
        return with("weft:node_health", name);
    }

    public ListenerAttributes tags(List<String> tags) {
        return with("tags", List.copyOf(tags));
    }
}
