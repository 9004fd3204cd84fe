package io.weft.bench;

import io.weft.e2e.Background;
import io.weft.e2e.Shell;
import io.weft.e2e.Wait;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the data path costs: workloads of one host and of two, beside a raw veth pair and beside two hosts with a bridge, a
 * kernel VXLAN device and twenty stateful nftables rules. The rounds of all topologies are interleaved.
 */
final class PathBench implements Bench {
    private static final int ROUNDS = 5;
    private static final int SECONDS = 2;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** What is measured on each topology. */
    private enum Measure {
        STREAM("TCP x1", "Gbit/s", "ns CPU/KiB"),
        REQUESTS("request/response", "1/s", "us CPU each"),
        CONNECTIONS("new connections", "1/s", "us CPU each"),
        DATAGRAMS("UDP 64 B received", "1/s", "us CPU each");

        private final String title;
        private final String unit;
        private final String cpuUnit;

        Measure(String title, String unit, String cpuUnit) {
            this.title = title;
            this.unit = unit;
            this.cpuUnit = cpuUnit;
        }
    }

    /** One round's figure and the CPU of the whole machine for one operation. */
    private record Sample(double rate, double cpu) {}

    @Override
    public String name() {
        return "path";
    }

    @Override
    public String about() {
        return "one host and two, beside a raw veth pair and bridge + VXLAN + nftables";
    }

    @Override
    public List<Result> run() throws Exception {
        try (Topologies topologies = Topologies.build()) {
            List<Topologies.Pair> pairs = topologies.pairs();
            Map<String, Map<Measure, List<Sample>>> samples = new LinkedHashMap<>();
            List<Background> servers = new ArrayList<>();
            try {
                for (Topologies.Pair pair : pairs) {
                    servers.addAll(serve(pair));
                }
                for (int round = 0; round < ROUNDS; round++) {
                    for (Measure measure : Measure.values()) {
                        for (Topologies.Pair pair : pairs) {
                            System.err.printf(
                                    "round %d of %d: %s, %s%n", round + 1, ROUNDS, measure.title, pair.name());
                            samples.computeIfAbsent(pair.name(), n -> new EnumMap<>(Measure.class))
                                    .computeIfAbsent(measure, m -> new ArrayList<>())
                                    .add(measure(measure, pair));
                        }
                    }
                }
            } finally {
                servers.forEach(Background::kill);
            }
            return results(samples);
        }
    }

    private static List<Background> serve(Topologies.Pair pair) throws Exception {
        Path log = Files.createTempFile("weft-bench-", ".log");
        log.toFile().deleteOnExit();
        List<Background> servers = List.of(
                Background.start(log, pair.inServer("iperf3", "-s")),
                Background.start(log, pair.inServer(load("serve").toArray(String[]::new))));
        Wait.until(
                pair.name() + " to serve",
                () -> Shell.run(pair.inServer("ss", "-Hltn")).contains(":7101"));
        return servers;
    }

    private static List<String> load(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Load.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static Sample measure(Measure measure, Topologies.Pair pair) {
        long busy = Cpu.busyNanos();
        return switch (measure) {
            case STREAM -> {
                JsonNode end = iperf(pair).get("end").get("sum_received");
                double bytes = end.get("bytes").asDouble();
                yield new Sample(
                        end.get("bits_per_second").asDouble() / 1e9, (Cpu.busyNanos() - busy) / (bytes / 1024));
            }
            case DATAGRAMS -> {
                JsonNode end =
                        iperf(pair, "-u", "-b", "0", "-l", "64").get("end").get("sum");
                double received =
                        end.get("packets").asDouble() - end.get("lost_packets").asDouble();
                yield new Sample(received / SECONDS, (Cpu.busyNanos() - busy) / received / 1e3);
            }
            case REQUESTS -> count(pair, busy, "rr");
            case CONNECTIONS -> count(pair, busy, "connect");
        };
    }

    private static JsonNode iperf(Topologies.Pair pair, String... options) {
        List<String> command = new ArrayList<>(List.of("iperf3", "-J", "-t", "" + SECONDS, "-c", pair.address()));
        command.addAll(List.of(options));
        return JSON.readTree(Shell.run(pair.inClient(command.toArray(String[]::new))));
    }

    private static Sample count(Topologies.Pair pair, long busy, String what) {
        String[] words = Shell.run(
                        pair.inClient(load(what, pair.address(), "" + SECONDS).toArray(String[]::new)))
                .strip()
                .split(" ", 2);
        double count = Double.parseDouble(words[0]);
        return new Sample(count / SECONDS, (Cpu.busyNanos() - busy) / count / 1e3);
    }

    private static List<Result> results(Map<String, Map<Measure, List<Sample>>> samples) {
        List<Result> results = new ArrayList<>();
        for (Measure measure : Measure.values()) {
            Sample raw = median(samples, Topologies.RAW, measure);
            Sample rival = median(samples, Topologies.RIVAL, measure);
            results.add(Result.of(measure.title + ", " + Topologies.RAW, raw.rate(), measure.unit));
            results.add(Result.of("  its CPU", raw.cpu(), measure.cpuUnit));
            results.add(Result.of(measure.title + ", " + Topologies.RIVAL, rival.rate(), measure.unit)
                    .beside(raw.rate()));
            results.add(Result.of("  its CPU", rival.cpu(), measure.cpuUnit).beside(raw.cpu()));
            Sample one = median(samples, Topologies.ONE_HOST, measure);
            Sample two = median(samples, Topologies.TWO_HOSTS, measure);
            results.add(bound(
                    Result.of(measure.title + ", " + Topologies.ONE_HOST, one.rate(), measure.unit)
                            .beside(raw.rate()),
                    switch (measure) {
                        case STREAM -> .92;
                        case REQUESTS -> .88;
                        case CONNECTIONS -> .80;
                        case DATAGRAMS -> 0;
                    }));
            results.add(Result.of("  its CPU", one.cpu(), measure.cpuUnit).beside(raw.cpu()));
            results.add(bound(
                    Result.of(measure.title + ", " + Topologies.TWO_HOSTS, two.rate(), measure.unit)
                            .beside(raw.rate()),
                    switch (measure) {
                        case STREAM -> .85;
                        case REQUESTS -> .75;
                        case CONNECTIONS -> .65;
                        case DATAGRAMS -> 0;
                    }));
            results.add(Result.of("  its CPU", two.cpu(), measure.cpuUnit).beside(raw.cpu()));
            results.add(Result.of(measure.title + ", two hosts of the rival's", two.rate(), measure.unit)
                    .beside(rival.rate())
                    .atLeast(
                            switch (measure) {
                                case STREAM -> 1.2;
                                case REQUESTS -> 1.45;
                                case CONNECTIONS -> 1.5;
                                case DATAGRAMS -> 2;
                            }));
        }
        return results;
    }

    private static Result bound(Result result, double bound) {
        return bound == 0 ? result : result.atLeast(bound);
    }

    private static Sample median(Map<String, Map<Measure, List<Sample>>> samples, String topology, Measure measure) {
        List<Sample> all = Objects.requireNonNull(
                Objects.requireNonNull(samples.get(topology)).get(measure));
        return new Sample(
                all.stream().mapToDouble(Sample::rate).sorted().toArray()[all.size() / 2],
                all.stream().mapToDouble(Sample::cpu).sorted().toArray()[all.size() / 2]);
    }
}
