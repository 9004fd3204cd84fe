package io.weft.bench;

import io.weft.e2e.Background;
import io.weft.e2e.Shell;
import io.weft.e2e.Wait;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Starts {@link Load}'s processes at both ends of a pair, and reads what they say. */
final class LoadDriver {
    private LoadDriver() {}

    /**
     * What one run of a load gave.
     *
     * @param rate what got through, a second
     * @param nanos what the whole machine worked for one of it
     */
    record Sample(double rate, double nanos) {}

    /** Starts the end that answers; returns once it does. */
    static Background serve(Topologies.Pair pair) throws Exception {
        Path log = Files.createTempFile("weft-bench-", ".log");
        log.toFile().deleteOnExit();
        Background server = Background.start(log, pair.inServer(command("serve").toArray(String[]::new)));
        Wait.until(
                pair.name() + " to serve",
                () -> Shell.run(pair.inServer("ss", "-Hltn")).contains(":" + Load.LAST));
        return server;
    }

    /** The command line of a load. */
    static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                // The better compiler would share the client's processor with it while it measures.
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Load.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Binds all threads of a process to a processor. */
    static void bind(Background process, int processor) {
        Shell.run("taskset", "-a", "-p", "-c", Integer.toString(processor), Long.toString(process.pid()));
    }

    /** Runs a load for some seconds, the asking end on processor 0. */
    static Sample run(String load, Topologies.Pair pair, double seconds) {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", "0"));
        command.addAll(command(load, pair.address(), Double.toString(seconds)));
        String[] words =
                Shell.run(pair.inClient(command.toArray(String[]::new))).strip().split(" ", 3);
        double count = Double.parseDouble(words[0]);
        double nanos = Double.parseDouble(words[1]);
        double worked = Double.parseDouble(words[2]);
        if (count == 0) {
            throw new IllegalStateException(load + ", " + pair.name() + ": nothing got through");
        }
        return new Sample(count / nanos * 1e9, worked / count);
    }

    /**
     * The medians of both, and the median of the rounds' ratios: what is compared was measured within seconds, while the
     * machine's pace changes from round to round.
     */
    static Result beside(
            String name, String unit, List<Sample> own, List<Sample> other, ToDoubleFunction<Sample> figure) {
        double[] ratios = IntStream.range(0, own.size())
                .mapToDouble(round -> figure.applyAsDouble(own.get(round)) / figure.applyAsDouble(other.get(round)))
                .toArray();
        return Result.of(name, median(own.stream().mapToDouble(figure)), unit)
                .beside(median(other.stream().mapToDouble(figure)), median(Arrays.stream(ratios)));
    }

    private static double median(DoubleStream all) {
        double[] sorted = all.sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
