package io.weft.client;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How ports that somebody prepares as subports of a virtual machine's trunk name the containers that they are for, since the
 * device of a subport is its trunk: by tags, which the machine's agent looks for.
 */
public final class SandboxTags {
    private static final String SANDBOX = "weft:cni:sandbox=";
    private static final String INTERFACE = "weft:cni:interface=";

    private SandboxTags() {}

    /**
     * The tags of one that is prepared.
     *
     * @param sandbox the container's id as its runtime gives it, or that of its pod
     * @param interfaceName of a further interface; empty for the container's own, whose port is prepared last
     */
    public static List<String> of(String sandbox, Optional<String> interfaceName) {
        return Stream.concat(Stream.of(tag(sandbox)), interfaceName.map(name -> INTERFACE + name).stream())
                .toList();
    }

    /** The tag of all ports for a sandbox. */
    public static String tag(String sandbox) {
        return SANDBOX + sandbox;
    }

    /** For which sandbox a port is. */
    public static Optional<String> sandbox(Port port) {
        return value(port, SANDBOX);
    }

    /** For which further interface a port is. */
    public static Optional<String> interfaceName(Port port) {
        return value(port, INTERFACE);
    }

    private static Optional<String> value(Port port, String name) {
        return port.tags().stream()
                .filter(tag -> tag.startsWith(name))
                .map(tag -> tag.substring(name.length()))
                .findFirst();
    }
}
