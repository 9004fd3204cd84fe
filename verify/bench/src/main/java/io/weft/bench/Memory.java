package io.weft.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process holds of the machine's memory, from /proc/PID/status (proc(5)). */
final class Memory {
    private Memory() {}

    /** MiB that are resident now. */
    static double residentMebibytes(long pid) {
        return field(pid, "VmRSS:");
    }

    /** MiB that were resident at most since the process began. */
    static double peakMebibytes(long pid) {
        return field(pid, "VmHWM:");
    }

    private static double field(long pid, String name) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith(name))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
