package io.weft.domain;

/**
 * Who asks.
 *
 * @param project the project in whose name; empty for nobody's
 * @param admin whether everything may be seen
 * @param authorized whether it is settled that the caller may do what it asks for with what it sees, because it is an
 *     administrator or because a policy said so; otherwise owners may, and who owns the network that something is on
 */
public record Caller(String project, boolean admin, boolean authorized) {
    /** Weft itself. */
    public static final Caller SYSTEM = new Caller("", true);

    /** A caller of whom no policy has said anything. */
    public Caller(String project, boolean admin) {
        this(project, admin, admin);
    }

    /** Whether something of this project is shown to the caller because it is the caller's. */
    public boolean owns(String owner) {
        return admin || (!owner.isEmpty() && owner.equals(project));
    }

    /** Whether something of this project is the caller's to change. */
    public boolean decides(String owner) {
        return authorized || owns(owner);
    }
}
