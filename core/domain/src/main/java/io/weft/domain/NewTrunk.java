package io.weft.domain;

import java.util.List;
import java.util.UUID;

/**
 * A trunk to be made.
 *
 * @param project its owner
 * @param name its name
 * @param description its description
 * @param adminStateUp false keeps its subports as they are
 * @param portId the parent
 * @param subports the ports behind tags
 */
public record NewTrunk(
        String project,
        String name,
        String description,
        boolean adminStateUp,
        UUID portId,
        List<SubportRequest> subports) {
    public NewTrunk {
        subports = List.copyOf(subports);
    }

    /** A trunk without a name. */
    public static NewTrunk of(String project, UUID portId, SubportRequest... subports) {
        return new NewTrunk(project, "", "", true, portId, List.of(subports));
    }
}
