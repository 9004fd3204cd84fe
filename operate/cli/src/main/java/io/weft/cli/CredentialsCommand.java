package io.weft.cli;

import io.weft.agent.sync.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weft token credentials}. */
@Command(
        name = "credentials",
        description =
                "Makes, where they are not there yet, a server's file of tokens ('tokens') with one administrator, and the"
                        + " settings by which a controller is that one ('api.properties').",
        mixinStandardHelpOptions = true)
final class CredentialsCommand implements Callable<Integer> {
    private static final int RANDOM_BYTES = 32;

    @Option(names = "--directory", paramLabel = "DIR", required = true, description = "where both files lie")
    private Path directory = Path.of("");

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:9696",
            description = "where the controller finds the server's API; default ${DEFAULT-VALUE}")
    private String url = "";

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "kubernetes",
            description = "the project, and the user; default ${DEFAULT-VALUE}")
    private String name = "";

    @Override
    public Integer call() {
        Path tokens = directory.resolve("tokens");
        Path settings = directory.resolve("api.properties");
        if (Files.exists(tokens) && Files.exists(settings)) {
            return 0;
        }
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        try {
            write(tokens, token + " " + name + " " + name + " admin,service\n");
            write(settings, "containers.api.url = " + url + "\ncontainers.api.token = " + token + "\n");
            return 0;
        } catch (IOException e) {
            throw new CommandException("cannot write credentials into " + directory + ": " + e.getMessage(), e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
