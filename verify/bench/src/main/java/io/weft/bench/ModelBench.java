package io.weft.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A million ports, made through the API and bound to five thousand nodes: memory, collection pauses, restart, and what
 * lists by an index cost beside a model of a thousand.
 */
final class ModelBench implements Bench {
    private static final int NETWORK_PORTS = 1_000;
    private static final int FEW_PORTS = 100;
    private static final int NODES = 5_000;
    private static final int NETWORK_NODES = 10;
    private static final double SECONDS = 3;
    private static final int TURNS = 3;
    private static final int CLIENTS = 2;
    private static final int GOAL_MEBIBYTES = 3 * 1_024;
    private static final String PROJECT = "bench";

    private final int networks;
    private final List<IntFunction<String>> places;

    /** @param ports how many, in whole networks of {@value #NETWORK_PORTS} */
    ModelBench(int ports) {
        networks = Math.max(10, ports / NETWORK_PORTS);
        places = IntStream.range(0, networks)
                .<IntFunction<String>>mapToObj(
                        network -> port -> Fleet.host((network * NETWORK_NODES + port % NETWORK_NODES) % NODES))
                .toList();
    }

    @Override
    public String name() {
        return "model";
    }

    @Override
    public String about() {
        return "a million ports, or --ports N: memory, pauses, restart, lists by an index";
    }

    /** Microseconds of the server's CPU, its compilers left out, for a list by network, one by id of the device, and so on. */
    private record Costs(double byNetwork, double byDevice, double show, double create, double update, double delete) {}

    @Override
    public List<Result> run() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.launch("-Xmx6g")) {
            List<Result> results = new ArrayList<>();
            Population population = Population.of(server.api(), PROJECT);
            // Ten networks of a hundred ports: the lists are of one of them, before and after.
            List<Population.NetworkOfPorts> few =
                    population.networks(10, "10.0.0.0/24", 0, network -> PROJECT, places.subList(0, 10), FEW_PORTS);
            String device = device(server, few.getFirst());
            System.err.println("lists at a thousand ports");
            Costs before = costs(server, few, device);

            int ports = networks * NETWORK_PORTS;
            System.err.println("making " + ports + " ports");
            long begin = System.nanoTime();
            population.networks(networks, "10.0.0.0/20", 0, network -> "tenant-" + network, places, NETWORK_PORTS);
            double seconds = (System.nanoTime() - begin) / 1e9;
            int total = ports + 10 * FEW_PORTS;
            require(server, total);
            results.add(Result.of("ports made and bound in bulk", ports / seconds, "1/s"));

            System.err.println("lists at all ports");
            Costs after = costs(server, few, device);
            results.add(compared("list of a network's 100 ports", after.byNetwork, before.byNetwork));
            results.add(compared("list of a device's port", after.byDevice, before.byDevice));
            results.add(compared("show", after.show, before.show));
            results.add(compared("create", after.create, before.create));
            results.add(compared("update", after.update, before.update));
            results.add(compared("delete", after.delete, before.delete));
            Timings pauses = server.pauses();
            results.add(Result.of("collection pause at most, making and listing", pauses.millis(1), "ms"));
            results.add(Result.of("collection pauses, p99", pauses.millis(.99), "ms"));
            double live = server.liveMebibytes();
            results.add(Result.of("heap in use after a collection", live, "MiB").atMost(GOAL_MEBIBYTES));
            results.add(Result.of("  of one port", live * 1_048_576 / total, "bytes"));
            results.add(Result.of("resident memory at most", Memory.peakMebibytes(server.pid()), "MiB"));

            System.err.println("restart");
            server.stop();
            results.add(Result.of("restart until ready", server.start(), "s").atMost(60));
            results.add(Result.of("  its CPU", server.cpuNanos() / 1e9, "s"));
            results.add(Result.of("  its collector's CPU", server.collectorNanos() / 1e9, "s"));
            require(server, total);
            results.add(Result.of("heap in use after the restart", server.liveMebibytes(), "MiB"));
            return results;
        }
    }

    private static String device(ServerUnderTest server, Population.NetworkOfPorts network) throws IOException {
        try (HttpConnection api = HttpConnection.toApi(server.api(), PROJECT)) {
            api.expect(
                    200,
                    "PUT",
                    "/v2.0/ports/" + network.ports().getFirst(),
                    "{\"port\":{\"device_id\":\"bench-device\"}}");
            return "bench-device";
        }
    }

    /** The model has exactly this many ports, as the server counts them. */
    private static void require(ServerUnderTest server, int ports) {
        try (HttpConnection api = HttpConnection.toApi(server.api(), PROJECT)) {
            String metrics =
                    api.expect(200, "GET", "/metrics", HttpConnection.NOTHING).text();
            double counted = metrics.lines()
                    .filter(line -> line.startsWith("weft_resources{kind=\"port\"}"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .findFirst()
                    .orElseThrow();
            if (counted != ports) {
                throw new IllegalStateException("there are " + counted + " ports, not " + ports);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Costs costs(ServerUnderTest server, List<Population.NetworkOfPorts> few, String device)
            throws IOException {
        String network = few.getFirst().network().id();
        Clients.Operation byNetwork = list("network_id=" + network, FEW_PORTS);
        Clients.Operation byDevice = list("device_id=" + device, 1);
        Clients.Operation show = api -> {
            List<String> ports =
                    few.get(ThreadLocalRandom.current().nextInt(few.size())).ports();
            String id = ports.get(ThreadLocalRandom.current().nextInt(ports.size()));
            return api.expect(200, "GET", "/v2.0/ports/" + id, HttpConnection.NOTHING)
                    .id()
                    .equals(id);
        };
        String roomy = roomyNetwork(server);
        // The garbage of a million ports' making is not what these operations cost; their own is among it.
        server.collect();
        Costs costs = new Costs(0, 0, 0, 0, 0, 0);
        // More than once: the first times warm up.
        for (int turn = 0; turn < TURNS; turn++) {
            ConcurrentLinkedQueue<String> made = new ConcurrentLinkedQueue<>();
            costs = new Costs(
                    cpu(server, byNetwork),
                    cpu(server, byDevice),
                    cpu(server, show),
                    cpu(server, create(roomy, made)),
                    cpu(server, update(few.getFirst().ports())),
                    cpu(server, delete(made)));
            // Those that the time for deletes did not suffice for.
            Clients.repeat(server.api(), PROJECT, CLIENTS, 60, delete(made));
        }
        return costs;
    }

    private static String roomyNetwork(ServerUnderTest server) throws IOException {
        try (HttpConnection api = HttpConnection.toApi(server.api(), PROJECT)) {
            String id = api.expect(201, "POST", "/v2.0/networks", "{\"network\":{\"name\":\"roomy\"}}")
                    .id();
            String subnet = "{\"subnet\":{\"network_id\":\"" + id + "\",\"ip_version\":4,\"cidr\":\"10.64.0.0/10\"}}";
            api.expect(201, "POST", "/v2.0/subnets", subnet);
            return id;
        }
    }

    private static Clients.Operation create(String network, ConcurrentLinkedQueue<String> made) {
        String body = "{\"port\":{\"network_id\":\"" + network + "\"}}";
        return api -> made.add(api.expect(201, "POST", "/v2.0/ports", body).id());
    }

    private static Clients.Operation update(List<String> ports) {
        AtomicLong names = new AtomicLong();
        return api -> {
            String id = ports.get(ThreadLocalRandom.current().nextInt(ports.size()));
            String body = "{\"port\":{\"name\":\"n" + names.getAndIncrement() + "\"}}";
            return !api.expect(200, "PUT", "/v2.0/ports/" + id, body).id().isEmpty();
        };
    }

    private static Clients.Operation delete(ConcurrentLinkedQueue<String> made) {
        return api -> {
            String id = made.poll();
            if (id == null) {
                return false;
            }
            api.expect(204, "DELETE", "/v2.0/ports/" + id, HttpConnection.NOTHING);
            return true;
        };
    }

    private static Result compared(String title, double all, double few) {
        return Result.of(title + ", server CPU", all, "us").beside(few).atMost(1.1);
    }

    private static Clients.Operation list(String query, int count) {
        return api -> {
            int found = api.expect(200, "GET", "/v2.0/ports?" + query, HttpConnection.NOTHING)
                    .ids()
                    .size();
            if (found != count) {
                throw new IllegalStateException("a list of " + found + " ports, not " + count);
            }
            return true;
        };
    }

    private static double cpu(ServerUnderTest server, Clients.Operation operation) throws IOException {
        long before = server.cpuNanos() - server.compilerNanos();
        Clients.Run run = Clients.repeat(server.api(), PROJECT, CLIENTS, SECONDS, operation);
        return (server.cpuNanos() - server.compilerNanos() - before)
                / 1e3
                / run.times().count();
    }
}
