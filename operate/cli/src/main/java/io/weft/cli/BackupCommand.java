package io.weft.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code weft backup FILE}: the store of a running server as one revision left it. */
@Command(
        name = "backup",
        description = "Writes the store of a running server to a file; the master key is not in it.",
        mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
    @Mixin
    private final Api api = new Api();

    @Mixin
    private final Output output = new Output();

    @Parameters(paramLabel = "FILE", description = "where to; appears only when it is whole")
    private Path file = Path.of("");

    @Override
    public Integer call() {
        Path target = file.toAbsolutePath();
        try {
            Path part = Files.createTempFile(
                    target.getParent(),
                    ".backup-",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            long size;
            try (InputStream in = api.stream("/weft/v1/backup");
                    FileChannel channel = FileChannel.open(part, Set.of(StandardOpenOption.WRITE));
                    OutputStream out = Channels.newOutputStream(channel)) {
                size = in.transferTo(out);
                channel.force(true);
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
            output.print(
                    Map.of("file", target.toString(), "bytes", size),
                    () -> output.line("wrote " + size + " bytes to " + target));
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException("the backup cannot be written: " + e.getMessage(), e);
        }
    }
}
