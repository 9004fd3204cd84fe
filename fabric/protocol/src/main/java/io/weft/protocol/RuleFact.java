package io.weft.protocol;

import io.weft.model.Direction;
import io.weft.model.IpFamily;
import java.util.Optional;
import java.util.UUID;

/**
 * What a security group allows; there are no rules that deny. In topic {@code group/ID}.
 *
 * @param ruleId the rule
 * @param groupId its group
 * @param direction the direction of the packets, as the group's ports see it
 * @param family their family
 * @param protocol their IP protocol (IANA's numbers), 0 to 255; empty for any
 * @param ports which of that protocol's packets
 * @param remote the other end: the source of what comes in, the destination of what goes out
 */
public record RuleFact(
        UUID ruleId,
        UUID groupId,
        Direction direction,
        IpFamily family,
        Optional<Integer> protocol,
        PortMatch ports,
        Remote remote)
        implements Fact {
    public RuleFact {
        protocol.ifPresent(number -> require(number >= 0 && number <= 255, "a protocol is between 0 and 255"));
        require(ports instanceof PortMatch.Any || protocol.isPresent(), "ports and types need a protocol");
        require(
                !(remote instanceof Remote.Prefix prefix) || prefix.prefix().family() == family,
                "the remote prefix is of another family");
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
