package io.weft.cni;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The CNI executable of this build, for the processor that it was built on. */
public final class Executable {
    /** Its file name, which a network configuration names as {@code type}. */
    public static final String NAME = "weft";

    private static final String RESOURCE = "weft-cni";

    private Executable() {}

    /**
     * Puts it into a directory, in place of an older one in one step: a runtime may start either at any time.
     *
     * @return where it is
     */
    public static Path install(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path fresh = Files.createTempFile(directory, "." + NAME, "");
        try (InputStream in = Executable.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException("this build has no CNI executable");
            }
            Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
            return Files.move(
                    fresh,
                    directory.resolve(NAME),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
