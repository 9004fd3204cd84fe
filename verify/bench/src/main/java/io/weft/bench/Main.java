package io.weft.bench;

import java.util.ArrayList;
import java.util.List;

/** {@code ./weft bench [NAME [OPTION]...] [--json]}: runs one bench, or lists them. */
public final class Main {
    private static final List<String> NAMES =
            List.of("path", "size", "flood", "api", "routers", "scale", "model", "agent", "qos", "cni");

    private Main() {}

    /** Runs the bench that the first argument names. */
    public static void main(String[] arguments) throws Exception {
        Words words = new Words(new ArrayList<>(List.of(arguments)));
        boolean json = words.takeFlag("--json");
        if (words.isEmpty()) {
            NAMES.forEach(name ->
                    System.out.printf("%-8s %s%n", name, bench(name, words).about()));
            return;
        }
        Bench bench;
        try {
            bench = bench(words.takeFirst(), words);
            words.requireNone();
        } catch (IllegalArgumentException e) {
            System.err.println("weft: " + e.getMessage());
            System.exit(2);
            return;
        }
        List<Result> results = bench.run();
        if (json) {
            Report.json(System.out, bench.name(), results);
        } else {
            Report.text(System.out, bench.name(), results);
        }
        System.exit(0);
    }

    private static Bench bench(String name, Words words) {
        return switch (name) {
            case "path" ->
                new PathBench(
                        words.take("--load", String.join(", ", PathBench.LOADS), PathBench.LOADS),
                        words.takeNumber("--rounds", PathBench.ROUNDS),
                        !words.takeFlag("--without-taps"));
            case "size" -> new SizeBench(words.takeNumber("--rounds", SizeBench.ROUNDS));
            case "flood" -> new FloodBench(words.takeNumber("--rounds", FloodBench.ROUNDS));
            case "api" -> new ApiBench();
            case "routers" -> new RoutersBench();
            case "scale" -> new ScaleBench(words.take("--shape", "one, two or three", List.of("one", "two", "three")));
            case "model" -> new ModelBench(words.takeNumber("--ports", 1_000_000));
            case "agent" -> new AgentBench();
            case "qos" -> new QosBench();
            case "cni" -> new CniBench();
            default -> throw new IllegalArgumentException("no bench '" + name + "'");
        };
    }
}
