package io.weft.protocol;

import io.weft.model.Direction;
import io.weft.model.IpFamily;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import java.util.Optional;
import java.util.UUID;

/**
 * What a security group allows, or denies. In topic {@code group/ID}.
 *
 * @param ruleId the rule
 * @param groupId its group
 * @param direction the direction of the packets, as the group's ports see it
 * @param family their family
 * @param protocol their IP protocol (IANA's numbers), 0 to 255; empty for any
 * @param ports which of that protocol's packets
 * @param remote the other end: the source of what comes in, the destination of what goes out
 * @param action what becomes of the packets
 * @param position when it is asked, among the rules of groups of the same precedence; 0 to {@link Precedence#LAST}
 */
public record RuleFact(
        UUID ruleId,
        UUID groupId,
        Direction direction,
        IpFamily family,
        Optional<Integer> protocol,
        PortMatch ports,
        Remote remote,
        RuleAction action,
        int position)
        implements Fact {
    public RuleFact {
        protocol.ifPresent(number -> require(number >= 0 && number <= 255, "a protocol is between 0 and 255"));
        require(ports instanceof PortMatch.Any || protocol.isPresent(), "ports and types need a protocol");
        require(
                !(remote instanceof Remote.Prefix prefix) || prefix.prefix().family() == family,
                "the remote prefix is of another family");
        require(position >= 0 && position <= Precedence.LAST, "a position is between 0 and " + Precedence.LAST);
    }

    /** A rule of Neutron's own kind, which allows. */
    public RuleFact(
            UUID ruleId,
            UUID groupId,
            Direction direction,
            IpFamily family,
            Optional<Integer> protocol,
            PortMatch ports,
            Remote remote) {
        this(ruleId, groupId, direction, family, protocol, ports, remote, RuleAction.ALLOW, 0);
    }

    /** The same with this action at this position. */
    public RuleFact withAction(RuleAction newAction, int newPosition) {
        return new RuleFact(ruleId, groupId, direction, family, protocol, ports, remote, newAction, newPosition);
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }

    @Override
    public Type type() {
        return Type.RULE;
    }

    @Override
    public String key() {
        return Type.RULE.key(ruleId);
    }
}
