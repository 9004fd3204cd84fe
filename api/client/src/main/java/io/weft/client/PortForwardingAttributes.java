package io.weft.client;

import io.weft.model.IpAddress;
import java.util.Map;
import java.util.UUID;

/** What a port forwarding gets. */
public final class PortForwardingAttributes extends Attributes<PortForwardingAttributes> {
    /** Changes nothing yet. */
    public static final PortForwardingAttributes NONE = new PortForwardingAttributes(Map.of());

    private PortForwardingAttributes(Map<String, Object> values) {
        super(values);
    }

    /**
     * From a port of the floating IP to one of a port's address.
     *
     * @param protocol {@code tcp} or {@code udp}
     */
    public static PortForwardingAttributes of(UUID port, IpAddress address, int inside, int outside, String protocol) {
        return NONE.with("internal_port_id", port)
                .with("internal_ip_address", address.toString())
                .with("internal_port", inside)
                .with("external_port", outside)
                .with("protocol", protocol);
    }

    @Override
    PortForwardingAttributes copy(Map<String, Object> values) {
        return new PortForwardingAttributes(values);
    }

    public PortForwardingAttributes description(String description) {
        return with("description", description);
    }
}
