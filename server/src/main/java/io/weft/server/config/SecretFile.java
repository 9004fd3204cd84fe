package io.weft.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/** A file that its owner and group may read; one that others may read, or that anyone but its owner may write, is refused. */
public final class SecretFile {
    private static final Set<PosixFilePermission> ALLOWED = PosixFilePermissions.fromString("rw-r-----");

    private SecretFile() {}

    /**
     * Its lines.
     *
     * @throws ConfigurationException when it cannot be read, or is not kept secret
     */
    public static List<String> lines(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!ALLOWED.containsAll(permissions)) {
                throw new ConfigurationException(List.of(file + ": must be readable by its owner and group at most"
                        + " (chmod 640 or 600), not " + PosixFilePermissions.toString(permissions)));
            }
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new ConfigurationException(List.of(file + ": cannot be read: " + e));
        }
    }
}
