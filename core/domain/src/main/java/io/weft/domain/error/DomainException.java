package io.weft.domain.error;

/** An operation was refused or failed. The message is fit for the person who asked. */
public final class DomainException extends RuntimeException {
    private final Problem problem;

    /**
     * @param problem what is wrong
     * @param arguments what fills the places of its message, in order
     */
    public DomainException(Problem problem, Object... arguments) {
        super(problem.message(arguments));
        this.problem = problem;
    }

    public DomainException(Problem problem, Throwable cause, Object... arguments) {
        super(problem.message(arguments), cause);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    /** The message, never null. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
