package io.weft.client;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What a pool gets. */
public final class PoolAttributes extends Attributes<PoolAttributes> {
    /** Changes nothing yet. */
    public static final PoolAttributes NONE = new PoolAttributes(Map.of());

    private static final PoolAttributes BY_CONNECTION = NONE.with("lb_algorithm", "SOURCE_IP_PORT");

    private PoolAttributes(Map<String, Object> values) {
        super(values);
    }

    /**
     * A pool that listeners of a load balancer may have as theirs.
     *
     * @param protocol that of its listeners
     */
    public static PoolAttributes of(UUID loadBalancer, String protocol) {
        return BY_CONNECTION.with("loadbalancer_id", loadBalancer).with("protocol", protocol);
    }

    /**
     * The pool of a listener.
     *
     * @param protocol the listener's
     */
    public static PoolAttributes ofListener(UUID listener, String protocol) {
        return BY_CONNECTION.with("listener_id", listener).with("protocol", protocol);
    }

    @Override
    PoolAttributes copy(Map<String, Object> values) {
        return new PoolAttributes(values);
    }

    public PoolAttributes name(String name) {
        return with("name", name);
    }

    public PoolAttributes description(String description) {
        return with("description", description);
    }

    public PoolAttributes adminStateUp(boolean up) {
        return with("admin_state_up", up);
    }

    /** Connections of a source address stay with a member for so many seconds after the last of them. */
    public PoolAttributes sourceAffinity(int seconds) {
        return with("session_persistence", Map.of("type", "SOURCE_IP", "persistence_timeout", seconds));
    }

    /** Each connection is handed out by itself. */
    public PoolAttributes noAffinity() {
        return with("session_persistence", NULL);
    }

    /**
     * From which members a caller's node chooses.
     *
     * @param locality {@code any}, or {@code local}: those that are on the caller's node
     */
    public PoolAttributes memberLocality(String locality) {
        return with("weft:member_locality", locality);
    }

    public PoolAttributes tags(List<String> tags) {
        return with("tags", List.copyOf(tags));
    }
}
