package io.weft.client;

import io.weft.model.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What a member of a pool gets. */
public final class MemberAttributes extends Attributes<MemberAttributes> {
    /** Changes nothing yet. */
    public static final MemberAttributes NONE = new MemberAttributes(Map.of());

    private MemberAttributes(Map<String, Object> values) {
        super(values);
    }

    /** Who is reached there. */
    public static MemberAttributes at(IpAddress address, int port) {
        return NONE.with("address", address.toString()).with("protocol_port", port);
    }

    @Override
    MemberAttributes copy(Map<String, Object> values) {
        return new MemberAttributes(values);
    }

    public MemberAttributes name(String name) {
        return with("name", name);
    }

    public MemberAttributes adminStateUp(boolean up) {
        return with("admin_state_up", up);
    }

    /** Its share of the connections, 0 to 256; 0 takes no new ones. */
    public MemberAttributes weight(int weight) {
        return with("weight", weight);
    }

    /** The subnet that its address is of. */
    public MemberAttributes subnet(UUID subnet) {
        return with("subnet_id", subnet);
    }

    public MemberAttributes tags(List<String> tags) {
        return with("tags", List.copyOf(tags));
    }
}
