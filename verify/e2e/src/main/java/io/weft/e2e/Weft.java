package io.weft.e2e;

import java.util.List;

/** The command line of this build. */
final class Weft {
    private Weft() {}

    /** What a command line of Weft begins with, with one more option for the JVM. */
    static List<String> command(String option) {
        return List.of(
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                option,
                "-cp",
                System.getProperty("java.class.path"),
                "io.weft.cli.Main");
    }
}
