package io.weft.domain;

/**
 * Who asks.
 *
 * @param project the project in whose name; empty for nobody's
 * @param admin whether everything may be seen and done
 */
public record Caller(String project, boolean admin) {
    /** Weft itself. */
    public static final Caller SYSTEM = new Caller("", true);

    /** Whether something of this project is the caller's to change. */
    public boolean owns(String owner) {
        return admin || (!owner.isEmpty() && owner.equals(project));
    }
}
