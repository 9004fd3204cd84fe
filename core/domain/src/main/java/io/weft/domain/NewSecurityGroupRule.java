package io.weft.domain;

import io.weft.model.RuleAction;
import io.weft.model.RuleMatch;
import java.util.UUID;

/**
 * A security group rule to be made.
 *
 * @param project its owner
 * @param groupId the group that it is added to
 * @param description its description
 * @param match the packets that it means
 * @param action what becomes of them
 * @param position among the rules of its group
 */
public record NewSecurityGroupRule(
        String project, UUID groupId, String description, RuleMatch match, RuleAction action, int position) {
    /** A rule of Neutron's own kind. */
    public NewSecurityGroupRule(String project, UUID groupId, String description, RuleMatch match) {
        this(project, groupId, description, match, RuleAction.ALLOW, 0);
    }
}
