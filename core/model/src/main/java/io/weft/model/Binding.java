package io.weft.model;

import java.util.Map;
import java.util.Optional;

/**
 * Where a port lives; written by orchestrators, never by a node (Neutron's binding:* attributes).
 *
 * @param host the name of the node, empty when unbound
 * @param vnicType how the workload wants it plugged; {@code normal} is served
 * @param profile what the orchestrator keeps with it; {@link HostAccess} is all of it that means something here
 */
public record Binding(String host, String vnicType, Map<String, Object> profile) {
    /** Bound nowhere. */
    public static final Binding NONE = new Binding("", "normal", Map.of());

    public Binding {
        Rules.text("binding:host_id", host);
        Rules.text("binding:vnic_type", vnicType);
        profile = profile.isEmpty() ? Map.of() : Map.copyOf(profile);
        HostAccess.of(profile);
    }

    /** Whether, and how, the node itself is behind the port; empty for a workload's. */
    public Optional<HostAccess> hostAccess() {
        return HostAccess.of(profile);
    }

    public boolean isBound() {
        return !host.isEmpty();
    }
}
