package io.weft.domain;

import io.weft.model.RuleMatch;

/**
 * A rule that security groups are to begin with.
 *
 * @param description its description
 * @param match the packets that it allows
 * @param inDefault whether default groups begin with it
 * @param inOthers whether all other groups begin with it
 */
public record NewDefaultRule(String description, RuleMatch match, boolean inDefault, boolean inOthers) {}
