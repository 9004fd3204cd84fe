package io.weft.kubernetes.translate;

import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import java.util.Optional;
import java.util.Set;

/**
 * A security group that shall be.
 *
 * @param id by which it is found again; no blanks
 * @param title for people
 * @param precedence when it is asked
 * @param rules all that it has
 */
public record GroupSpec(String id, String title, Precedence precedence, Set<Rule> rules) {
    public GroupSpec {
        rules = Set.copyOf(rules);
    }

    /** One of Neutron's own, without an order. */
    public GroupSpec(String id, String title, Set<Rule> rules) {
        this(id, title, Precedence.NORMAL, rules);
    }

    /**
     * What becomes of new connections.
     *
     * @param position when it is asked among those of its group
     * @param protocol empty for all
     * @param ports empty for all; only with a protocol
     */
    public record Rule(
            RuleAction action,
            int position,
            Direction direction,
            IpFamily family,
            Optional<Protocol> protocol,
            Optional<PortRange> ports,
            Remote remote) {}

    /** The other end of a connection. */
    public sealed interface Remote {
        /** Whoever has an address of the family. */
        record Anyone() implements Remote {}

        /** Longer than 0: the others are {@link Anyone}. */
        record Prefix(IpPrefix prefix) implements Remote {}

        /** @param id of the group */
        record Group(String id) implements Remote {}
    }
}
