package io.weft.client;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Trunks and their subports. */
public final class Trunks extends Resources<Trunk, TrunkAttributes> {
    /** Neutron's name of the error that a VLAN id of the trunk is taken. */
    public static final String DUPLICATE_SUBPORT = "DuplicateSubPort";

    Trunks(Connection connection) {
        super(connection, "trunk", "trunks", Trunk.class);
    }

    /**
     * Puts a port behind a tag.
     *
     * @param vlan 1 to 4094
     * @return the trunk as it is then
     */
    public Trunk addSubport(UUID trunk, UUID port, int vlan) {
        return read(act(
                trunk,
                "add_subports",
                Map.of(
                        "sub_ports",
                        List.of(Map.of("port_id", port, "segmentation_type", "vlan", "segmentation_id", vlan)))));
    }

    /** Takes a port from behind its tag. Nothing is done when it is not there, or the trunk is gone. */
    public void removeSubport(UUID trunk, UUID port) {
        try {
            act(trunk, "remove_subports", Map.of("sub_ports", List.of(Map.of("port_id", port))));
        } catch (NeutronException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }
}
