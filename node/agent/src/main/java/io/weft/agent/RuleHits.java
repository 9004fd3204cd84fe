package io.weft.agent;

import io.weft.agent.tables.DesiredTable;
import io.weft.vrouter.PolicyNumber;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntConsumer;

/** Keeps what was counted for a rule apart from what is counted for the next one with its number. */
final class RuleHits {
    private RuleHits() {}

    /**
     * Has the hits of a number cleared when it is given to a rule.
     *
     * @param names what numbers stand for
     * @param former what they stood for in the process before; these go on counting
     * @param clear sets the hits of a number to zero
     */
    static void clearWithNumbers(
            DesiredTable<PolicyNumber, UUID> names, Map<PolicyNumber, UUID> former, IntConsumer clear) {
        names.onChange(number -> {
            UUID name = names.find(number);
            if (number.kind() == PolicyNumber.Kind.RULE && name != null && !name.equals(former.get(number))) {
                clear.accept(number.number());
            }
        });
    }
}
