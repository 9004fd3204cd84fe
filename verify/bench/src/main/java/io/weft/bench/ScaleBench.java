package io.weft.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A thousand nodes on one server: their cold start, and who hears of a change, when, and at what cost. The nodes are
 * simulated in this process and share the processors with the server, so that times hold their work too.
 */
final class ScaleBench implements Bench {
    private static final int NODES = 1_000;
    private static final int NETWORKS = 1_000;
    private static final int NETWORK_NODES = 10;
    private static final int NETWORK_PORTS = 100;
    private static final int FIRST_NETWORKS = 10;
    private static final int ROUTED_PORTS = 50_000;
    private static final int GROUP_NETWORKS = 100;
    private static final int GROUP_MEMBERS = GROUP_NETWORKS * NETWORK_PORTS;
    private static final int RATE = 50;
    private static final int WARM_UP_RATE = 200;
    private static final long IDLE_NANOS = 6_000_000_000L;
    private static final String HEAP = "-Xmx3g";
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Where the ports of each network live; a node has ports of ten networks, with different neighbours in each. */
    private static final List<IntFunction<String>> PLACES = IntStream.range(0, NETWORKS)
            .<IntFunction<String>>mapToObj(network -> port -> Fleet.host((network + port % NETWORK_NODES * 97) % NODES))
            .toList();

    private final Optional<String> shape;

    /** @param shape "one", "two" or "three", if only that is to be measured */
    ScaleBench(Optional<String> shape) {
        this.shape = shape;
    }

    @Override
    public String name() {
        return "scale";
    }

    @Override
    public String about() {
        return "1,000 simulated nodes: cold start and who hears of changes (--shape one), one network over all (two), "
                + "a security group of 10,000 over all (three)";
    }

    @Override
    public List<Result> run() throws Exception {
        List<Result> results = new ArrayList<>();
        if (wants("one")) {
            manyNetworks(results);
        }
        if (wants("two")) {
            oneNetwork(results);
        }
        if (wants("three")) {
            oneGroup(results);
        }
        return results;
    }

    private boolean wants(String one) {
        return shape.isEmpty() || shape.get().equals(one);
    }

    private static void manyNetworks(List<Result> results) throws IOException, InterruptedException {
        try (ServerUnderTest server = ServerUnderTest.launch(HEAP)) {
            say("enrolling " + NODES + " nodes");
            try (Fleet fleet = Fleet.enrol(server, NODES)) {
                Population population = Population.of(server.api(), "bench");
                say("making " + (NETWORKS * NETWORK_PORTS) + " ports");
                long begin = System.nanoTime();
                List<Population.NetworkOfPorts> networks = population.networks(
                        NETWORKS, "10.0.0.0/24", 0, network -> "tenant-" + network, PLACES, NETWORK_PORTS);
                double made = NETWORKS * NETWORK_PORTS / seconds(begin);
                results.add(Result.of("ports bound in bulk", made, "1/s"));
                double peak = Memory.peakMebibytes(server.pid());
                server.stop();
                say("cold start");
                coldStart(server, fleet, results);
                checkShares(fleet);
                say("changes at " + (NETWORKS * NETWORK_PORTS) + " ports");
                latency(server, fleet, networks, results);
                // Code becomes faster for minutes: two turns at each size, the smaller one last, and so by the warmer
                // code.
                Cost many = cost(server, fleet, networks).cheaper(cost(server, fleet, networks));
                double peakOfMany = Memory.peakMebibytes(server.pid());
                say("deleting all but " + (FIRST_NETWORKS * NETWORK_PORTS) + " ports");
                population.delete(networks.subList(FIRST_NETWORKS, NETWORKS));
                say("changes at " + (FIRST_NETWORKS * NETWORK_PORTS) + " ports");
                Cost few = cost(server, fleet, networks).cheaper(cost(server, fleet, networks));
                results.add(Result.of("server CPU of a change at 1,000 ports", few.change(), "us"));
                results.add(Result.of("  the JVM's compilers beside it", few.compilers(), "us"));
                results.add(Result.of("server CPU of a change at 100,000 ports", many.change(), "us")
                        .beside(few.change())
                        .atMost(1.1));
                results.add(Result.of("  the JVM's compilers beside it", many.compilers(), "us"));
                results.add(Result.of("resident memory of the server at most", Math.max(peak, peakOfMany), "MiB")
                        .atMost(4_096));
            }
        }
    }

    /** The server's and all nodes' at once: nothing is in memory anywhere. */
    private static void coldStart(ServerUnderTest server, Fleet fleet, List<Result> results) {
        long begin = System.nanoTime();
        double ready = server.start();
        long cpu = server.cpuNanos();
        fleet.connect();
        fleet.awaitFull(PATIENCE);
        results.add(Result.of("cold start: server ready", ready, "s"));
        results.add(Result.of("cold start: server and all nodes in step", (fleet.lastFullAt() - begin) / 1e9, "s")
                .atMost(60));
        results.add(Result.of("  bytes to all nodes", fleet.bytes() / 1e6, "MB"));
        results.add(Result.of("  server CPU of one node", (server.cpuNanos() - cpu) / 1e6 / NODES, "ms"));
    }

    /** Each node has exactly its own ports and those of its networks, and the agents' reader finds the same. */
    private static void checkShares(Fleet fleet) throws IOException {
        int perNode = NETWORKS * NETWORK_PORTS / NODES;
        int seen = perNode * NETWORK_NODES;
        for (SimulatedNode node : fleet.nodes()) {
            require(node.locals() == perNode && node.endpoints() == seen, node);
        }
        int[] read = fleet.readAsAgent(NODES / 2);
        require(read[0] == perNode && read[1] == seen, fleet.nodes().get(NODES / 2));
    }

    private static void require(boolean condition, SimulatedNode node) {
        if (!condition) {
            throw new IllegalStateException(
                    node.host() + " was given " + node.locals() + " ports and " + node.endpoints() + " endpoints");
        }
    }

    /**
     * What one change costs the server.
     *
     * @param change microseconds of CPU beyond what it uses when nothing happens, without the JVM's compilers
     * @param compilers microseconds of CPU of these, which belong to the server's age and not to the change
     */
    private record Cost(double change, double compilers) {
        Cost cheaper(Cost other) {
            return change <= other.change ? this : other;
        }
    }

    /**
     * The cost of a change of a port of the first networks. The same ports, nodes and rate each time; the rate is one at
     * which no node's batches are gathered.
     */
    private static Cost cost(ServerUnderTest server, Fleet fleet, List<Population.NetworkOfPorts> networks)
            throws IOException {
        List<Changes.Target> targets = targets(networks.subList(0, FIRST_NETWORKS), FIRST_NETWORKS * NETWORK_PORTS);
        Changes.make(server, fleet, targets, WARM_UP_RATE, Changes.Edit.adminState(false));
        long idle = server.cpuNanos() - server.compilerNanos();
        LockSupport.parkNanos(IDLE_NANOS);
        double idleShare = (double) (server.cpuNanos() - server.compilerNanos() - idle) / IDLE_NANOS;
        Changes.Outcome outcome = Changes.make(server, fleet, targets, RATE, Changes.Edit.adminState(true));
        return new Cost(outcome.cpu() - idleShare * 1e6 / outcome.rate(), outcome.compilers());
    }

    private static void latency(
            ServerUnderTest server, Fleet fleet, List<Population.NetworkOfPorts> networks, List<Result> results)
            throws IOException {
        Set<String> first = new HashSet<>();
        networks.subList(0, FIRST_NETWORKS).forEach(network -> first.addAll(network.ports()));
        List<Changes.Target> others = targets(networks, NETWORKS * NETWORK_PORTS).stream()
                .filter(target -> !first.contains(target.id()))
                .limit(20 * RATE)
                .toList();
        Changes.Outcome outcome = Changes.make(server, fleet, others, RATE, Changes.Edit.adminState(false));
        results.add(
                Result.of("changes that reached exactly their 10 nodes", 100.0 * outcome.exact() / outcome.count(), "%")
                        .atLeast(100));
        results.add(Result.of("a change at a node, p50", outcome.arrivals().millis(.5), "ms"));
        results.add(Result.of("a change at a node, p99", outcome.arrivals().millis(.99), "ms")
                .atMost(50));
        results.add(Result.of("a change at its last node, p99", outcome.last().millis(.99), "ms"));
    }

    private static List<Changes.Target> targets(List<Population.NetworkOfPorts> networks, int count) {
        List<Changes.Target> targets = new ArrayList<>();
        for (int i = 0; i < networks.size(); i++) {
            Set<String> needing = new HashSet<>();
            for (int port = 0; port < NETWORK_NODES; port++) {
                needing.add(PLACES.get(i).apply(port));
            }
            networks.get(i).ports().forEach(id -> targets.add(new Changes.Target(id, needing)));
        }
        Collections.shuffle(targets, new Random(1));
        return targets.subList(0, count);
    }

    private static void oneNetwork(List<Result> results) throws IOException, InterruptedException {
        try (ServerUnderTest server = ServerUnderTest.launch(HEAP)) {
            say("one network: enrolling " + NODES + " nodes, making " + ROUTED_PORTS + " ports");
            try (Fleet fleet = Fleet.enrol(server, NODES)) {
                Population population = Population.of(server.api(), "bench");
                Population.Network network = population.network("10.0.0.0/14");
                population.router(List.of(network.subnet()));
                List<String> ports = population.ports(network.id(), ROUTED_PORTS, port -> Fleet.host(port % NODES));
                Set<String> all = allNodes();
                List<Changes.Target> targets =
                        ports.stream().map(id -> new Changes.Target(id, all)).toList();
                say("one network: all nodes from nothing");
                long begin = System.nanoTime();
                fleet.connect();
                fleet.awaitFull(PATIENCE);
                results.add(Result.of("one network: all nodes in step", (fleet.lastFullAt() - begin) / 1e9, "s"));
                results.add(Result.of("  bytes to all nodes", fleet.bytes() / 1e6, "MB"));
                for (SimulatedNode node : fleet.nodes()) {
                    require(node.locals() == ROUTED_PORTS / NODES && node.endpoints() == ROUTED_PORTS, node);
                }
                sustain("one network", server, fleet, targets, Changes.Edit.adminState(false), results);
            }
        }
    }

    /**
     * One security group, whose members may talk to each other, in networks that nothing else joins: every node must know
     * of all members, and of no other port than those of its own network.
     */
    private static void oneGroup(List<Result> results) throws IOException, InterruptedException {
        List<IntFunction<String>> places = IntStream.range(0, GROUP_NETWORKS)
                .<IntFunction<String>>mapToObj(
                        network -> port -> Fleet.host(network * NETWORK_NODES + port % NETWORK_NODES))
                .toList();
        try (ServerUnderTest server = ServerUnderTest.launch(HEAP)) {
            say("one group: enrolling " + NODES + " nodes, making " + GROUP_MEMBERS + " ports");
            try (Fleet fleet = Fleet.enrol(server, NODES)) {
                Set<String> all = allNodes();
                List<Changes.Target> targets = Population.of(server.api(), "bench")
                        .networks(GROUP_NETWORKS, "10.0.0.0/24", 0, network -> "bench", places, NETWORK_PORTS)
                        .stream()
                        .flatMap(network -> network.ports().stream())
                        .map(id -> new Changes.Target(id, all))
                        .toList();
                say("one group: all nodes from nothing");
                long begin = System.nanoTime();
                fleet.connect();
                fleet.awaitFull(PATIENCE);
                results.add(Result.of("one group: all nodes in step", (fleet.lastFullAt() - begin) / 1e9, "s"));
                results.add(Result.of("  bytes to all nodes", fleet.bytes() / 1e6, "MB"));
                for (SimulatedNode node : fleet.nodes()) {
                    require(node.locals() == GROUP_MEMBERS / NODES && node.endpoints() == NETWORK_PORTS, node);
                }
                sustain("one group", server, fleet, targets, Changes.Edit.addressPair(), results);
            }
        }
    }

    /** So many changes a second for half a minute, each of which concerns all nodes. */
    private static void sustain(
            String what,
            ServerUnderTest server,
            Fleet fleet,
            List<Changes.Target> targets,
            Changes.Edit edit,
            List<Result> results)
            throws IOException {
        say(what + ": " + RATE + " changes a second");
        Changes.make(server, fleet, targets.subList(0, 10 * RATE), RATE, edit);
        Changes.Outcome outcome = Changes.make(server, fleet, targets.subList(10 * RATE, 40 * RATE), RATE, edit);
        results.add(Result.of(what + ": changes at all nodes", outcome.rate(), "1/s")
                .atLeast(.98 * RATE));
        results.add(Result.of("  that reached all, once each", 100.0 * outcome.exact() / outcome.count(), "%")
                .atLeast(100));
        results.add(Result.of("  server CPU of a change", outcome.cpu(), "us"));
        results.add(Result.of("  the JVM's compilers beside it", outcome.compilers(), "us"));
        results.add(Result.of("  at a node, p50", outcome.arrivals().millis(.5), "ms"));
        results.add(Result.of("  at a node, p99", outcome.arrivals().millis(.99), "ms"));
        results.add(
                Result.of(what + ": resident memory of the server at most", Memory.peakMebibytes(server.pid()), "MiB")
                        .atMost(4_096));
    }

    private static Set<String> allNodes() {
        return IntStream.range(0, NODES).mapToObj(Fleet::host).collect(Collectors.toUnmodifiableSet());
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static void say(String what) {
        System.err.printf("%tT %s%n", System.currentTimeMillis(), what);
    }
}
