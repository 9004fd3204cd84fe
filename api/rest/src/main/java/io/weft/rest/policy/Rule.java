package io.weft.rest.policy;

/**
 * A rule as it is written.
 *
 * @param name its name, for example {@code create_port:mac_address}
 * @param text what it says
 * @param place where it stands, for messages: a file and line; empty for what is built in
 */
public record Rule(String name, String text, String place) {
    /** A rule that is built in. */
    public Rule(String name, String text) {
        this(name, text, "");
    }
}
