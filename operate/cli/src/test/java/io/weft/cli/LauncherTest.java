package io.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
    private static final Path ROOT = root();

    private record Outcome(int status, String output) {}

    @Test
    void isValidBash() throws Exception {
        assertThat(run(List.of("bash", "-n", "weft")).status()).isZero();
    }

    @Test
    void hasNothingThatShellcheckWouldRemark() throws Exception {
        assumeTrue(run(List.of("sh", "-c", "command -v shellcheck")).status() == 0, "shellcheck is not installed");
        Outcome outcome = run(List.of("shellcheck", "weft"));
        assertThat(outcome.output()).isEmpty();
        assertThat(outcome.status()).isZero();
    }

    @Test
    void explainsItself() throws Exception {
        Outcome outcome = run(List.of("./weft", "help"));
        assertThat(outcome.status()).isZero();
        assertThat(outcome.output()).contains("setup", "demo", "test", "bench", "attach");
    }

    @Test
    void namesAModuleThatIsNotThere() throws Exception {
        Outcome outcome = run(List.of("./weft", "test", "no-such-module"));
        assertThat(outcome.status()).isOne();
        assertThat(outcome.output()).contains("no module, suite or test class 'no-such-module'");
    }

    @Test
    void addsUpReports(@TempDir Path directory) throws Exception {
        assertThat(summary(directory)).isEqualTo(new Outcome(1, "0 passed, 0 failed\n"));
        report(directory, "one", "tests=\"5\" errors=\"0\" skipped=\"1\" failures=\"0\"");
        report(directory, "group/two", "tests=\"3\" errors=\"0\" skipped=\"0\" failures=\"0\"");
        assertThat(summary(directory)).isEqualTo(new Outcome(0, "7 passed, 0 failed\n"));
        report(directory, "group/three", "tests=\"9\" errors=\"1\" skipped=\"0\" failures=\"2\"");
        assertThat(summary(directory)).isEqualTo(new Outcome(1, "13 passed, 3 failed\n"));
    }

    @Test
    void namesWhatPassedOnlyWhenItWasTriedAgain(@TempDir Path directory) throws Exception {
        String unsteady =
                "<testcase name=\"waits\" classname=\"io.weft.ATest\" time=\"1\">\n<flakyFailure message=\"late\">\n";
        report(directory, "one", "tests=\"5\" errors=\"0\" skipped=\"0\" failures=\"0\" flakes=\"1\"", unsteady);
        assertThat(summary(directory))
                .isEqualTo(new Outcome(
                        0, "unsteady, passed when it was tried again: io.weft.ATest.waits\n5 passed, 0 failed\n"));
        report(directory, "two", "tests=\"9\" errors=\"0\" skipped=\"0\" failures=\"0\" flakes=\"3\"");
        assertThat(summary(directory).status()).isOne();
        assertThat(summary(directory).output())
                .endsWith("4 tests are unsteady: more than 3 is too many\n14 passed, 0 failed\n");
    }

    /** Runs the script's own summary over reports in a directory. */
    private static Outcome summary(Path directory) throws Exception {
        String script = "set -euo pipefail; shopt -s nullglob; root=" + directory
                + "; eval \"$(sed -n '/^summary() {/,/^}/p' weft)\"; summary";
        return run(List.of("bash", "-c", script));
    }

    private static void report(Path directory, String module, String counts) throws IOException {
        report(directory, module, counts, "<testcase name=\"a\" tests=\"100\"/>\n");
    }

    private static void report(Path directory, String module, String counts, String cases) throws IOException {
        Path reports = directory.resolve(module).resolve("target/surefire-reports");
        Files.createDirectories(reports);
        Files.writeString(
                reports.resolve("TEST-x.xml"),
                "<?xml version=\"1.0\"?>\n<testsuite xmlns:xsi=\"x\" version=\"3.0\" name=\"x\" time=\"0.1\" " + counts
                        + ">\n" + cases + "</testsuite>\n");
    }

    private static Outcome run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Outcome(process.exitValue(), output);
    }

    private static Path root() {
        Path path = Path.of("").toAbsolutePath();
        while (!Files.exists(path.resolve("weft"))) {
            path = Objects.requireNonNull(path.getParent(), "the launcher is in a folder above");
        }
        return path;
    }
}
