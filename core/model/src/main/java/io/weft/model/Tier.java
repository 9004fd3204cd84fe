package io.weft.model;

import java.util.Arrays;

/**
 * When the rules of a security group are asked: those of an earlier tier before those of a later one. The packets of which no tier
 * says anything are denied.
 */
public enum Tier {
    /** First, by {@link Precedence}: its rules allow, deny, or pass to the next tier. */
    ADMIN("admin"),
    /** Neutron's own groups, without an order: what one of their rules allows is allowed. */
    NORMAL("normal"),
    /** Last, by {@link Precedence}: its rules allow or deny. */
    BASELINE("baseline");

    private final String text;

    Tier(String text) {
        this.text = text;
    }

    /** As the API spells it. */
    public String text() {
        return text;
    }

    /** Whether rules of this tier may have an action. */
    public boolean takes(RuleAction action) {
        return switch (this) {
            case ADMIN -> true;
            case NORMAL -> action == RuleAction.ALLOW;
            case BASELINE -> action != RuleAction.PASS;
        };
    }

    /**
     * Reads what {@link #text} writes.
     *
     * @throws InvalidException when it is none of them; the field is {@code weft:tier}
     */
    public static Tier parse(String text) {
        return Arrays.stream(values())
                .filter(tier -> tier.text.equals(text))
                .findFirst()
                .orElseThrow(() -> new InvalidException("weft:tier", "must be admin, normal or baseline, is " + text));
    }
}
