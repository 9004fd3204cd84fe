package io.weft.model;

import java.util.Arrays;

/** What becomes of the packets that a rule matches. Of rules of equal rank the one counts whose action is named first here. */
public enum RuleAction {
    /** They are dropped. */
    DENY("deny"),
    /** The rest of the tier is not asked: the next one decides. */
    PASS("pass"),
    /** They pass. */
    ALLOW("allow");

    private final String text;

    RuleAction(String text) {
        this.text = text;
    }

    /** As the API spells it. */
    public String text() {
        return text;
    }

    /**
     * Reads what {@link #text} writes.
     *
     * @throws InvalidException when it is none of them; the field is {@code weft:action}
     */
    public static RuleAction parse(String text) {
        return Arrays.stream(values())
                .filter(action -> action.text.equals(text))
                .findFirst()
                .orElseThrow(() -> new InvalidException("weft:action", "must be allow, deny or pass, is " + text));
    }
}
