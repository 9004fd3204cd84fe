package io.weft.model;

/** A value from outside breaks a rule. The message is fit for the person who sent it. */
public final class InvalidException extends RuntimeException {
    private final String field;

    /**
     * @param field the field as the sender named it, for example {@code fixed_ips}
     * @param rule what is wrong with it, for example {@code must be between 68 and 65535}
     */
    public InvalidException(String field, String rule) {
        super(rule);
        this.field = field;
    }

    /** The field that broke the rule. */
    public String field() {
        return field;
    }

    /** The rule that was broken. */
    public String rule() {
        return String.valueOf(getMessage());
    }
}
