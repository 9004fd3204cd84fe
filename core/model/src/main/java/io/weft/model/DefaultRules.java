package io.weft.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The rules that new security groups begin with. There is one of it; while nobody has changed it, it is not stored and
 * says what Neutron does: everything may go out, and into default groups what comes from their own ports.
 *
 * @param meta what every resource has; it belongs to no project
 * @param rules the rules
 */
public record DefaultRules(Meta meta, List<DefaultRule> rules) implements Resource {
    /** The most rules; bounds what a new group takes in a transaction. */
    public static final int MAX_RULES = 100;

    /** What holds while nothing is stored. */
    public static final DefaultRules INITIAL = new DefaultRules(
            new Meta(
                    new UUID(0x7766656674000000L, 0x8000000000000000L),
                    "",
                    "",
                    "",
                    List.of(),
                    Instant.EPOCH,
                    Instant.EPOCH,
                    0,
                    Map.of()),
            initial());

    public DefaultRules {
        rules = List.copyOf(rules);
        Rules.require(
                "default_security_group_rule",
                rules.size() <= MAX_RULES,
                "there are at most " + MAX_RULES + " default security group rules");
    }

    private static List<DefaultRule> initial() {
        List<DefaultRule> rules = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            rules.add(initial(1, family, RuleMatch.all(Direction.EGRESS, family, new RuleRemote.Anyone()), true));
            rules.add(initial(2, family, RuleMatch.all(Direction.INGRESS, family, new RuleRemote.OwnGroup()), false));
        }
        return rules;
    }

    private static DefaultRule initial(int number, IpFamily family, RuleMatch match, boolean inOthers) {
        UUID id = new UUID(0x7766656674000000L, 0x8000000000000000L | (number << 8) | family.version());
        return new DefaultRule(id, "", match, true, inOthers, Instant.EPOCH);
    }

    @Override
    public DefaultRules withMeta(Meta newMeta) {
        return new DefaultRules(newMeta, rules);
    }

    @Override
    public Kind kind() {
        return Kind.DEFAULT_RULES;
    }
}
