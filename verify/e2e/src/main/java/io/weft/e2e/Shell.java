package io.weft.e2e;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs commands. Its methods wait; call them from virtual threads to run several at once. */
public final class Shell {
    private Shell() {}

    /**
     * What a command left behind.
     *
     * @param status its exit status, 124 when it was killed because its time was over
     * @param output its standard output and standard error, mixed
     */
    public record Result(int status, String output) {
        public boolean ok() {
            return status == 0;
        }
    }

    /** Runs a command and returns its output; fails with it when the status is not 0. */
    public static String run(String... command) {
        return run(List.of(command));
    }

    /** The same with a list. */
    public static String run(List<String> command) {
        Result result = attempt(Duration.ofMinutes(2), "", command);
        if (!result.ok()) {
            throw new IllegalStateException(
                    String.join(" ", command) + ": status " + result.status() + "\n" + result.output());
        }
        return result.output();
    }

    /** Runs a line of the shell. */
    public static String sh(String line) {
        return run("sh", "-c", line);
    }

    /** Runs a command with this input, kills it when the time is over, and returns whatever came of it. */
    public static Result attempt(Duration limit, String input, List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            Thread reader = Thread.ofVirtual().start(() -> copy(process.getInputStream(), output));
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                output.writeBytes(("input: " + e.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
            }
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
            reader.join();
            return new Result(ended ? process.exitValue() : 124, output.toString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Runs a command until it says this, and kills it then; false when it ends without, or the time is over. */
    public static boolean says(Duration limit, String what, List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            // A command that is killed ends the lines, too.
            Thread killer = Thread.ofVirtual().start(() -> {
                try {
                    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                        process.destroyForcibly();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                return lines.lines().anyMatch(line -> line.contains(what));
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                process.onExit().join();
                killer.join();
            }
        } catch (IOException e) {
            throw new IllegalStateException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void copy(InputStream from, ByteArrayOutputStream to) {
        try (from) {
            from.transferTo(to);
        } catch (IOException e) {
            to.writeBytes(("output: " + e.getMessage()).getBytes(StandardCharsets.UTF_8));
        }
    }
}
