package io.weft.bench;

import io.weft.e2e.Background;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the data path costs: workloads of one host and of two, under a stateful security group of 100 rules, beside a raw veth pair and beside two hosts with a bridge, a
 * kernel VXLAN device and twenty stateful nftables rules; and workloads behind taps beside a raw pair of taps. The rounds of
 * all topologies are interleaved.
 *
 * <p>Processes are bound to processors, the same in all topologies: otherwise it is the scheduler that is measured, whose
 * choice whether two that wait for each other share a processor moves a rate by a factor of five.
 */
final class PathBench implements Bench {
    /** How many rounds there are, unless somebody asks for another number: a stream's rates lie a third apart. */
    static final int ROUNDS = 9;

    private static final double SECONDS = 1;

    /** What is measured on each topology. */
    private enum Measure {
        STREAM("stream", "TCP x1", "Gbit/s", "ns CPU/KiB", 1, 8 / 1e9, 1024, .92, .85, 1.2),
        REQUESTS("rr", "request/response", "1/s", "us CPU each", 0, 1, 1e-3, .88, .75, 1.45),
        CONNECTIONS("connect", "new connections", "1/s", "us CPU each", 0, 1, 1e-3, .80, .65, 1.5),
        DATAGRAMS("udp", "UDP 64 B received", "1/s", "us CPU each", 1, 1, 1e-3, 0, 0, 2);

        private final String load;
        private final String title;
        private final String unit;
        private final String cpuUnit;
        /** On which processor the other end is; the asking one is on 0. */
        private final int serverProcessor;

        private final double rateFactor;
        private final double cpuFactor;
        /** Least ratios of rates: of one host and of two to a raw pair, of two to the rival; 0 for none. */
        private final double oneHost;

        private final double twoHosts;
        private final double ofRival;

        Measure(
                String load,
                String title,
                String unit,
                String cpuUnit,
                int serverProcessor,
                double rateFactor,
                double cpuFactor,
                double oneHost,
                double twoHosts,
                double ofRival) {
            this.load = load;
            this.title = title;
            this.unit = unit;
            this.cpuUnit = cpuUnit;
            this.serverProcessor = serverProcessor;
            this.rateFactor = rateFactor;
            this.cpuFactor = cpuFactor;
            this.oneHost = oneHost;
            this.twoHosts = twoHosts;
            this.ofRival = ofRival;
        }
    }

    /** What `--load` may name. */
    static final List<String> LOADS =
            Arrays.stream(Measure.values()).map(measure -> measure.load).toList();

    private final List<Measure> measures;
    private final int rounds;
    private final boolean taps;

    /**
     * @param load the load that alone is to be measured, if there is one: see {@link #LOADS}
     * @param taps whether topologies with taps are measured, too
     */
    PathBench(Optional<String> load, int rounds, boolean taps) {
        this.measures = Arrays.stream(Measure.values())
                .filter(measure -> load.isEmpty() || load.get().equals(measure.load))
                .toList();
        this.rounds = rounds;
        this.taps = taps;
    }

    @Override
    public String name() {
        return "path";
    }

    @Override
    public String about() {
        return "one host and two, veth and tap, beside a raw pair and bridge + VXLAN + nftables" + " (--load "
                + String.join("|", LOADS) + ", --rounds N, --without-taps)";
    }

    @Override
    public List<Result> run() throws Exception {
        try (Topologies topologies = Topologies.build()) {
            List<Topologies.Pair> pairs = topologies.pairs().stream()
                    .filter(pair -> taps || !pair.hasTap())
                    .toList();
            Map<String, Map<Measure, List<LoadDriver.Sample>>> samples = new LinkedHashMap<>();
            Map<String, Background> servers = new LinkedHashMap<>();
            try {
                for (Topologies.Pair pair : pairs) {
                    servers.put(pair.name(), LoadDriver.serve(pair));
                }
                for (int round = 0; round < rounds; round++) {
                    for (Measure measure : measures) {
                        System.err.printf("round %d of %d: %s%n", round + 1, rounds, measure.title);
                        for (Topologies.Pair pair : pairs) {
                            Background server = Objects.requireNonNull(servers.get(pair.name()));
                            samples.computeIfAbsent(pair.name(), n -> new EnumMap<>(Measure.class))
                                    .computeIfAbsent(measure, m -> new ArrayList<>())
                                    .add(measure(measure, pair, server));
                        }
                    }
                }
            } finally {
                servers.values().forEach(Background::kill);
            }
            return results(samples);
        }
    }

    private static LoadDriver.Sample measure(Measure measure, Topologies.Pair pair, Background server) {
        LoadDriver.bind(server, measure.serverProcessor);
        pair.relay().ifPresent(relay -> LoadDriver.bind(relay, measure.serverProcessor));
        LoadDriver.Sample sample = LoadDriver.run(measure.load, pair, SECONDS);
        return new LoadDriver.Sample(sample.rate() * measure.rateFactor, sample.nanos() * measure.cpuFactor);
    }

    private List<Result> results(Map<String, Map<Measure, List<LoadDriver.Sample>>> samples) {
        List<Result> results = new ArrayList<>();
        for (Measure measure : measures) {
            Map<String, List<LoadDriver.Sample>> rounds = new LinkedHashMap<>();
            samples.forEach((topology, all) -> rounds.put(topology, Objects.requireNonNull(all.get(measure))));
            List<LoadDriver.Sample> raw = Objects.requireNonNull(rounds.get(Topologies.RAW));
            rounds.forEach((topology, own) -> {
                List<LoadDriver.Sample> baseline = switch (topology) {
                    case Topologies.ONE_HOST_TAP, Topologies.TWO_HOSTS_TAP ->
                        rounds.getOrDefault(Topologies.RAW_TAP, raw);
                    default -> raw;
                };
                double bound = switch (topology) {
                    case Topologies.ONE_HOST -> measure.oneHost;
                    case Topologies.TWO_HOSTS -> measure.twoHosts;
                    default -> 0;
                };
                compare(results, measure, topology, own, baseline, bound);
            });
            compare(
                    results,
                    measure,
                    "two hosts of the rival's",
                    Objects.requireNonNull(rounds.get(Topologies.TWO_HOSTS)),
                    Objects.requireNonNull(rounds.get(Topologies.RIVAL)),
                    measure.ofRival);
        }
        return results;
    }

    private static void compare(
            List<Result> results,
            Measure measure,
            String what,
            List<LoadDriver.Sample> own,
            List<LoadDriver.Sample> other,
            double bound) {
        results.add(bound(
                LoadDriver.beside(measure.title + ", " + what, measure.unit, own, other, LoadDriver.Sample::rate),
                bound));
        results.add(LoadDriver.beside("  its CPU", measure.cpuUnit, own, other, LoadDriver.Sample::nanos));
    }

    private static Result bound(Result result, double bound) {
        return bound == 0 ? result : result.atLeast(bound);
    }
}
