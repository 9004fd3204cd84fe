package io.weft.model;

import java.util.Optional;
import java.util.UUID;

/**
 * What a security group allows (Neutron API v2.0, Security group rules), or denies. It is made and removed, never changed.
 *
 * @param meta what every resource has
 * @param groupId its group
 * @param match the packets that it means
 * @param action what becomes of them; its group's tier {@link Tier#takes} it
 * @param position among the rules of groups of the same tier and priority: lower ones are asked first, 0 to
 *     {@link Precedence#LAST}
 */
public record SecurityGroupRule(Meta meta, UUID groupId, RuleMatch match, RuleAction action, int position)
        implements Resource {
    public SecurityGroupRule {
        Precedence.requireNumber("weft:position", position);
        Rules.require(
                "remote_group_id",
                !(match.remote() instanceof RuleRemote.OwnGroup),
                "a rule names the group by its id");
    }

    /** A rule of Neutron's own kind. */
    public SecurityGroupRule(Meta meta, UUID groupId, RuleMatch match) {
        this(meta, groupId, match, RuleAction.ALLOW, 0);
    }

    /** The security group or address group that it names as its other end. */
    public Optional<UUID> remoteGroup() {
        return switch (match.remote()) {
            case RuleRemote.Group group -> Optional.of(group.groupId());
            case RuleRemote.Addresses addresses -> Optional.of(addresses.groupId());
            case RuleRemote.Anyone _, RuleRemote.Prefix _, RuleRemote.OwnGroup _ -> Optional.empty();
        };
    }

    @Override
    public SecurityGroupRule withMeta(Meta newMeta) {
        return new SecurityGroupRule(newMeta, groupId, match, action, position);
    }

    @Override
    public Kind kind() {
        return Kind.SECURITY_GROUP_RULE;
    }
}
