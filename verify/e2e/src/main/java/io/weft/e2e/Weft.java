package io.weft.e2e;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The command line of this build. */
final class Weft {
    private Weft() {}

    /** What a command line of Weft begins with, with one more option for the JVM. */
    static List<String> command(String option) {
        return command(option, Optional.empty());
    }

    /** The same of a build some of whose resources are those of a directory. */
    static List<String> command(String option, Optional<Path> resources) {
        String path = System.getProperty("java.class.path");
        return List.of(
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                option,
                "-cp",
                resources.map(directory -> directory + ":" + path).orElse(path),
                "io.weft.cli.Main");
    }
}
