package io.weft.domain;

import io.weft.model.Precedence;
import java.util.List;

/**
 * A security group to be made.
 *
 * @param project its owner
 * @param name its name; not {@code default}
 * @param description its description
 * @param tags its tags
 * @param stateful whether packets of a connection that was allowed pass both ways
 * @param precedence when its rules are asked
 */
public record NewSecurityGroup(
        String project, String name, String description, List<String> tags, boolean stateful, Precedence precedence) {
    /** A stateful group. */
    public static NewSecurityGroup of(String project, String name) {
        return new NewSecurityGroup(project, name, "", List.of(), true, Precedence.NORMAL);
    }
}
