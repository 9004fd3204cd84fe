package io.weft.bench;

import java.util.ArrayList;
import java.util.List;

/** {@code ./weft bench [NAME] [--json]}: runs one bench, or lists them. */
public final class Main {
    private static final List<Bench> BENCHES =
            List.of(new PathBench(), new ApiBench(), new ScaleBench(), new ModelBench(), new AgentBench());

    private Main() {}

    /** Runs the bench that the first argument names. */
    public static void main(String[] arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of(arguments));
        boolean json = words.remove("--json");
        if (words.isEmpty()) {
            BENCHES.forEach(b -> System.out.printf("%-8s %s%n", b.name(), b.about()));
            return;
        }
        Bench bench = BENCHES.stream()
                .filter(b -> b.name().equals(words.getFirst()))
                .findFirst()
                .orElse(null);
        if (bench == null) {
            System.err.println("weft: no bench '" + words.getFirst() + "'");
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
}
