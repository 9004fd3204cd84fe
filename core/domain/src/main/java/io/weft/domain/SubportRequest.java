package io.weft.domain;

import java.util.OptionalInt;
import java.util.UUID;

/**
 * A port that is to be behind a tag.
 *
 * @param portId the port
 * @param vlan its VLAN id; empty for the one of its network (segmentation type {@code inherit})
 */
public record SubportRequest(UUID portId, OptionalInt vlan) {
    /** A port behind this tag. */
    public static SubportRequest of(UUID portId, int vlan) {
        return new SubportRequest(portId, OptionalInt.of(vlan));
    }
}
