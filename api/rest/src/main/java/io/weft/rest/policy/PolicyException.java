package io.weft.rest.policy;

import java.util.List;

/** Rules that cannot be put in force. The message has a line for each thing that is wrong. */
public final class PolicyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    PolicyException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, each with its place and rule. */
    public List<String> problems() {
        return problems;
    }
}
