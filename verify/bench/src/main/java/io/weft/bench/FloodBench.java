package io.weft.bench;

import io.weft.e2e.Background;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a SYN flood on one port costs the connections of others: requests over connections that were open before, between two
 * hosts, while a workload beside the client sends SYNs to one beside the server; Weft and the rival in turn, the same number
 * of SYNs a second, and both without a flood.
 */
final class FloodBench implements Bench {
    static final int ROUNDS = 5;

    private static final double SECONDS = 2;
    /** SYNs a second: bounded, so that it is the paths that are compared and not who may use the processor. */
    private static final int SYNS = 30_000;

    /**
     * Sends SYNs from ever other ports to ever other ports until its input ends, and says how many, and in how many seconds.
     */
    private static final String FLOOD = """
            import os, select, socket, struct, sys, time
            address, rate = sys.argv[1], int(sys.argv[2])
            s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
            s.connect((address, 0))
            ends = socket.inet_aton(s.getsockname()[0]) + socket.inet_aton(address)
            base = sum(struct.unpack('!4H', ends)) + 6 + 20 + 0x5002 + 1000
            sent, port, start = 0, 0, time.monotonic()
            while not select.select([0], [], [], 0)[0]:
                while sent < (time.monotonic() - start) * rate:
                    port = (port + 1) % (64000 * 32)
                    source, destination = 1024 + port % 64000, 20000 + port // 64000
                    total = base + source + destination
                    total = (total & 0xffff) + (total >> 16)
                    total = (total & 0xffff) + (total >> 16)
                    try:
                        s.send(struct.pack('!HHIIHHHH', source, destination, 0, 0, 0x5002, 1000, ~total & 0xffff, 0))
                    except OSError:
                        pass
                    sent += 1
                time.sleep(.001)
            print(sent, time.monotonic() - start, flush=True)
            """;

    private final int rounds;

    FloodBench(int rounds) {
        this.rounds = rounds;
    }

    /** One round's figures. */
    private record Sample(double rate, double cpu, double lost, double syns) {}

    @Override
    public String name() {
        return "flood";
    }

    @Override
    public String about() {
        return "connections of two hosts under a SYN flood on another port, beside bridge + VXLAN + nftables (--rounds N)";
    }

    @Override
    public List<Result> run() throws Exception {
        Map<String, List<Sample>> calm = new LinkedHashMap<>();
        Map<String, List<Sample>> flooded = new LinkedHashMap<>();
        try (Topologies topologies = Topologies.build()) {
            List<Background> servers = new ArrayList<>();
            try {
                for (Topologies.Flood flood : topologies.floods()) {
                    Background server = LoadDriver.serve(flood.pair());
                    servers.add(server);
                    LoadDriver.bind(server, 0);
                }
                for (int round = 0; round < rounds; round++) {
                    System.err.printf("round %d of %d%n", round + 1, rounds);
                    for (Topologies.Flood flood : topologies.floods()) {
                        String name = flood.pair().name();
                        calm.computeIfAbsent(name, n -> new ArrayList<>()).add(measure(flood, 0));
                        flooded.computeIfAbsent(name, n -> new ArrayList<>()).add(measure(flood, SYNS));
                    }
                }
            } finally {
                servers.forEach(Background::kill);
            }
        }
        return results(calm, flooded);
    }

    private static Sample measure(Topologies.Flood flood, int syns) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", "0"));
        command.addAll(LoadDriver.command("held", flood.pair().address(), Double.toString(SECONDS)));
        Process held = start(flood.pair().inClient(command.toArray(String[]::new)));
        try (BufferedReader said = reader(held);
                OutputStream heard = held.getOutputStream()) {
            require("held".equals(said.readLine()), "the connections were not opened");
            if (syns == 0) {
                return sample(said, heard, 0);
            }
            Process flooder = start(flood.inFlooder(
                    "taskset", "-c", "0", "/usr/bin/python3", "-c", FLOOD, flood.address(), Integer.toString(syns)));
            try (BufferedReader flooderSaid = reader(flooder)) {
                Sample sample = sample(said, heard, 0);
                flooder.getOutputStream().close();
                String[] words = Objects.requireNonNull(flooderSaid.readLine(), "the flood ended")
                        .split(" ", 2);
                return new Sample(
                        sample.rate,
                        sample.cpu,
                        sample.lost,
                        Double.parseDouble(words[0]) / Double.parseDouble(words[1]));
            } finally {
                flooder.destroyForcibly().waitFor();
            }
        } finally {
            held.destroyForcibly().waitFor();
        }
    }

    private static Sample sample(BufferedReader said, OutputStream heard, double syns) throws IOException {
        heard.write('\n');
        heard.flush();
        String[] words =
                Objects.requireNonNull(said.readLine(), "the load ended").split(" ", 3);
        double count = Double.parseDouble(words[0]);
        double nanos = Double.parseDouble(words[1]);
        double worked = Double.parseDouble(words[2]);
        String lost = Objects.requireNonNull(said.readLine(), "the load ended");
        require(count > 0 && lost.startsWith("lost "), "nothing got through");
        return new Sample(count / nanos * 1e9, worked / count / 1e3, Double.parseDouble(lost.substring(5)), syns);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }

    private static Process start(List<String> command) throws IOException {
        Path errors = Files.createTempFile("weft-bench-", ".log");
        errors.toFile().deleteOnExit();
        return new ProcessBuilder(command).redirectError(errors.toFile()).start();
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static List<Result> results(Map<String, List<Sample>> calm, Map<String, List<Sample>> flooded) {
        List<Result> results = new ArrayList<>();
        for (String topology : calm.keySet()) {
            Sample before = median(Objects.requireNonNull(calm.get(topology)));
            List<Sample> rounds = Objects.requireNonNull(flooded.get(topology));
            Sample during = median(rounds);
            double lost = rounds.stream().mapToDouble(Sample::lost).sum();
            results.add(Result.of("requests, " + topology, before.rate, "1/s"));
            results.add(Result.of("under the flood, " + topology, during.rate, "1/s")
                    .beside(before.rate));
            results.add(Result.of("  SYNs, " + topology, during.syns, "1/s"));
            results.add(Result.of("  connections lost, " + topology, lost, "").atMost(0));
        }
        Sample own = median(Objects.requireNonNull(flooded.get(Topologies.TWO_HOSTS)));
        Sample rival = median(Objects.requireNonNull(flooded.get(Topologies.RIVAL)));
        results.add(Result.of("under the flood, two hosts of the rival's", own.rate, "1/s")
                .beside(rival.rate)
                .atLeast(1));
        results.add(Result.of("  SYNs", own.syns, "1/s").beside(rival.syns));
        return results;
    }

    private static Sample median(List<Sample> all) {
        return new Sample(
                middle(all.stream().mapToDouble(Sample::rate).toArray()),
                middle(all.stream().mapToDouble(Sample::cpu).toArray()),
                middle(all.stream().mapToDouble(Sample::lost).toArray()),
                middle(all.stream().mapToDouble(Sample::syns).toArray()));
    }

    private static double middle(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
