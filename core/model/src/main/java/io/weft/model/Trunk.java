package io.weft.model;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A port through whose device other ports send and receive, told apart by VLAN tags (Neutron API v2.0, Trunk networking).
 *
 * @param meta what every resource has
 * @param portId the parent: untagged frames are its own
 * @param adminStateUp false keeps its subports as they are; packets flow as ever
 * @param subports the ports behind tags, by tag
 */
public record Trunk(Meta meta, UUID portId, boolean adminStateUp, List<Subport> subports) implements Resource {
    /** The device owner of a subport; its device id is then the trunk's id. */
    public static final String SUBPORT_OWNER = "trunk:subport";

    /**
     * A port behind a tag.
     *
     * @param portId the port
     * @param vlan its VLAN id (IEEE 802.1Q), 1 to 4094
     */
    public record Subport(UUID portId, int vlan) {
        /** The lowest VLAN id. */
        public static final int MIN_VLAN = 1;

        /** The highest VLAN id. */
        public static final int MAX_VLAN = 4094;

        public Subport {
            Rules.require(
                    "segmentation_id",
                    MIN_VLAN <= vlan && vlan <= MAX_VLAN,
                    "must be from " + MIN_VLAN + " to " + MAX_VLAN);
        }
    }

    public Trunk {
        subports =
                subports.stream().sorted(Comparator.comparingInt(Subport::vlan)).toList();
        Set<Object> seen = new HashSet<>();
        seen.add(portId);
        for (Subport subport : subports) {
            Rules.require("sub_ports", seen.add(subport.portId()), "name port " + subport.portId() + " twice");
            Rules.require("sub_ports", seen.add(subport.vlan()), "name segmentation_id " + subport.vlan() + " twice");
        }
    }

    /** The same with these subports. */
    public Trunk withSubports(List<Subport> newSubports) {
        return new Trunk(meta, portId, adminStateUp, newSubports);
    }

    /** The subport that this port is. */
    public Optional<Subport> subport(UUID port) {
        return subports.stream()
                .filter(subport -> subport.portId().equals(port))
                .findFirst();
    }

    /** Whether a port has this tag already. */
    public boolean hasVlan(int vlan) {
        return subports.stream().anyMatch(subport -> subport.vlan() == vlan);
    }

    @Override
    public Trunk withMeta(Meta newMeta) {
        return new Trunk(newMeta, portId, adminStateUp, subports);
    }

    @Override
    public Kind kind() {
        return Kind.TRUNK;
    }
}
