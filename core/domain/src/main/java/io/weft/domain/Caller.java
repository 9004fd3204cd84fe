package io.weft.domain;

/**
 * Who asks, which says what is seen. What may be done with what is seen is for policies to say, before anybody comes here.
 *
 * @param project the project in whose name; empty for nobody's
 * @param admin whether everything may be seen
 */
public record Caller(String project, boolean admin) {
    /** Weft itself. */
    public static final Caller SYSTEM = new Caller("", true);

    /** Whether something of this project is shown to the caller because it is the caller's. */
    public boolean owns(String owner) {
        return admin || (!owner.isEmpty() && owner.equals(project));
    }
}
