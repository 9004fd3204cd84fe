package io.weft.model;

import java.time.Instant;
import java.util.UUID;

/**
 * A rule that new security groups begin with (Neutron API v2.0, Default security group rules).
 *
 * @param id its identity
 * @param description a text for people, possibly empty
 * @param match the packets that the group then allows
 * @param inDefault whether default groups begin with it
 * @param inOthers whether all other groups begin with it
 * @param createdAt when it was made
 */
public record DefaultRule(
        UUID id, String description, RuleMatch match, boolean inDefault, boolean inOthers, Instant createdAt) {
    public DefaultRule {
        Rules.text("description", description);
    }
}
