package io.weft.protocol;

/**
 * What a port is called in DNS.
 *
 * @param name its name in its domains, relative and in lower case; empty for the one that follows from each address
 * @param domain the domain in which it is named in place of its network's own; possibly empty
 */
public record PortName(String name, String domain) {
    /** Nobody gave it a name. */
    public static final PortName NONE = new PortName("", "");
}
