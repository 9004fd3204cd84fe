package io.weft.domain;

import io.weft.model.RuleMatch;
import java.util.UUID;

/**
 * A security group rule to be made.
 *
 * @param project its owner
 * @param groupId the group that it is added to
 * @param description its description
 * @param match the packets that it allows
 */
public record NewSecurityGroupRule(String project, UUID groupId, String description, RuleMatch match) {}
