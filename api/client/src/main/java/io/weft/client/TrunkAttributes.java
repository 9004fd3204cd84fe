package io.weft.client;

import java.util.Map;
import java.util.UUID;

/** What a trunk gets. */
public final class TrunkAttributes extends Attributes<TrunkAttributes> {
    /** Changes nothing yet. */
    public static final TrunkAttributes NONE = new TrunkAttributes(Map.of());

    private TrunkAttributes(Map<String, Object> values) {
        super(values);
    }

    /** A trunk whose parent is this port. */
    public static TrunkAttributes of(UUID parentPort) {
        return NONE.with("port_id", parentPort);
    }

    @Override
    TrunkAttributes copy(Map<String, Object> values) {
        return new TrunkAttributes(values);
    }

    public TrunkAttributes name(String name) {
        return with("name", name);
    }

    /** Whether subports may come and go; those that are there forward either way. */
    public TrunkAttributes adminStateUp(boolean up) {
        return with("admin_state_up", up);
    }
}
