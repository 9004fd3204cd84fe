package io.weft.domain;

import java.util.List;

/**
 * A router to be made.
 *
 * @param project its owner
 * @param name its name
 * @param description its description
 * @param tags its tags
 * @param adminStateUp whether it forwards
 */
public record NewRouter(String project, String name, String description, List<String> tags, boolean adminStateUp) {
    /** A router with Neutron's defaults. */
    public static NewRouter of(String project, String name) {
        return new NewRouter(project, name, "", List.of(), true);
    }
}
