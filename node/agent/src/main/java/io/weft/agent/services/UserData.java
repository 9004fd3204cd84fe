package io.weft.agent.services;

import io.weft.responders.metadata.Instance;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** User data of workloads without Nova: files that whoever starts a workload on this host leaves for it. */
final class UserData {
    /** Nova takes 65,535 bytes; a little more does no harm. */
    static final int LONGEST = 1 << 20;

    /** A device's id is the tenant's text: it must never lead out of the directory. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,127}");

    private final Path directory;

    UserData(Path directory) {
        this.directory = directory;
    }

    /** What the instance should read: the file of its port, or else of its device. */
    Optional<byte[]> of(Instance instance) throws IOException {
        Optional<byte[]> ports = file(instance.portId().toString());
        return ports.isPresent() ? ports : file(instance.deviceId());
    }

    private Optional<byte[]> file(String name) throws IOException {
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] content = in.readNBytes(LONGEST + 1);
            if (content.length > LONGEST) {
                throw new IOException(file + " is longer than " + LONGEST + " bytes");
            }
            return Optional.of(content);
        }
    }
}
