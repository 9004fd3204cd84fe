package io.weft.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The time that this machine's processors have worked, interrupts included. */
final class Cpu {
    private static final long TICK = 10_000_000;

    private Cpu() {}

    /** Nanoseconds of all processors that were neither idle nor waiting nor stolen (proc(5), /proc/stat). */
    static long busyNanos() {
        try {
            String[] fields =
                    Files.readAllLines(Path.of("/proc/stat")).getFirst().split(" +");
            long ticks = 0;
            for (int i : new int[] {1, 2, 3, 6, 7}) {
                ticks += Long.parseLong(fields[i]);
            }
            return ticks * TICK;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nanoseconds that one process has worked, from /proc/PID/stat. */
    static long busyNanos(long pid) {
        try {
            return worked(Files.readString(Path.of("/proc/" + pid + "/stat")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Nanoseconds that those threads of a process have worked whose names (cut off by the kernel after 15 characters)
     * begin with one of these. What ended threads have worked is not in it.
     */
    static long busyNanos(long pid, String... names) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return threads.mapToLong(thread -> busyNanos(thread, names)).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long busyNanos(Path thread, String... names) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            return Stream.of(names).anyMatch(name::startsWith) ? worked(stat) : 0;
        } catch (IOException e) {
            // It has ended since the threads were listed.
            return 0;
        }
    }

    private static long worked(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK;
    }
}
