package io.weft.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Prints results as a table for people or as one object for programs. */
final class Report {
    private Report() {}

    static void text(PrintStream out, String bench, List<Result> results) {
        out.printf("%s on %s%n%n", bench, machine());
        out.printf(
                "%-52s %14s %-12s %14s %7s  %-10s %s%n", "name", "value", "unit", "baseline", "ratio", "target", "met");
        for (Result result : results) {
            out.printf(
                    "%-52s %14s %-12s %14s %7s  %-10s %s%n",
                    result.name(),
                    number(result.value()),
                    result.unit(),
                    result.baseline().map(Report::number).orElse(""),
                    result.ratio().map(r -> "%.2f".formatted(r)).orElse(""),
                    result.target().orElse(""),
                    result.met().map(m -> m ? "yes" : "NO").orElse(""));
        }
    }

    static void json(PrintStream out, String bench, List<Result> results) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("bench", bench);
        object.put("machine", machine());
        object.put("results", results);
        out.println(JsonMapper.builder().build().writeValueAsString(object));
    }

    private static String number(double value) {
        double size = Math.abs(value);
        return size >= 1_000
                ? "%,.0f".formatted(value)
                : size >= 10 ? "%.1f".formatted(value) : "%.3f".formatted(value);
    }

    private static String machine() {
        try {
            String cpu = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown CPU");
            return Runtime.getRuntime().availableProcessors() + " x " + cpu + ", Linux "
                    + System.getProperty("os.version") + ", Java "
                    + Runtime.version().feature();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
