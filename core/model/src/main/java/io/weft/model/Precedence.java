package io.weft.model;

/**
 * When the rules of a security group are asked.
 *
 * @param tier among those of other tiers
 * @param priority within the tier: lower ones first, 0 to {@link #LAST}; 0 in the tier {@link Tier#NORMAL}, which has no order
 */
public record Precedence(Tier tier, int priority) {
    /** The highest priority and position, of what is asked last. */
    public static final int LAST = 65_535;

    /** That of Neutron's own groups. */
    public static final Precedence NORMAL = new Precedence(Tier.NORMAL, 0);

    public Precedence {
        requireNumber("weft:priority", priority);
        Rules.require(
                "weft:priority", tier != Tier.NORMAL || priority == 0, "groups of the tier normal have no priority");
    }

    static void requireNumber(String field, int number) {
        Rules.require(field, number >= 0 && number <= LAST, "must be 0 to " + LAST + ", is " + number);
    }
}
