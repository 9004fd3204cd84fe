package io.weft.docker;

import java.nio.file.Path;
import java.util.Locale;

/**
 * Where a plug-in and its engine find each other.
 *
 * @param socket where the engine finds the plug-in, such as {@code /run/docker/plugins/weft.sock}: the name of the file is
 *     the driver's
 * @param scope whose the networks are
 * @param engine the engine's own socket, by which it is asked what it has
 */
public record PluginSettings(Path socket, Scope scope, Path engine) {
    private static final String END = ".sock";

    public PluginSettings {
        if (socket.getFileName() == null || !socket.getFileName().toString().endsWith(END)) {
            throw new IllegalArgumentException("docker.socket must end with " + END + ": " + socket);
        }
    }

    /** Whose networks are. */
    public enum Scope {
        /** The engine's own. */
        LOCAL,
        /** All engines', which share a key-value store. */
        GLOBAL;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** By which name users know the driver. */
    String driver() {
        String file = String.valueOf(socket.getFileName());
        return file.substring(0, file.length() - END.length());
    }
}
