package io.weft.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the API costs: operations on the ports of one network of one project, within its quota, on the embedded store on
 * disk, asked for over HTTP by one client and by sixteen from another process.
 */
final class ApiBench implements Bench {
    private static final int ROUNDS = 3;
    private static final double SECONDS = 2;
    private static final int WARM_UPS = 6;
    private static final int MANY = 16;
    private static final int BULK = 50;
    private static final int LISTED = 1_000;
    private static final String PROJECT = "bench";

    /** What is asked for, in the order in which a round does it. */
    private enum Operation {
        CREATE("create"),
        SHOW("show"),
        UPDATE("update"),
        LIST("list of 1,000"),
        BULK_CREATE("bulk create of 50"),
        DELETE("delete");

        private final String title;

        Operation(String title) {
            this.title = title;
        }
    }

    /** What a round works on. */
    private record Subject(ServerUnderTest server, String network, String listed, ConcurrentLinkedQueue<String> ports) {
        static Subject make(ServerUnderTest server) throws IOException {
            try (HttpConnection api = HttpConnection.toApi(server.api(), PROJECT)) {
                api.expect(200, "PUT", "/v2.0/quotas/" + PROJECT, "{\"quota\":{\"port\":10000000,\"network\":1000}}");
                Subject subject = new Subject(
                        server,
                        network(api, "10.64.0.0/10"),
                        network(api, "10.0.0.0/16"),
                        new ConcurrentLinkedQueue<>());
                for (int i = 0; i < LISTED / BULK; i++) {
                    api.expect(201, "POST", "/v2.0/ports", bulk(subject.listed));
                }
                return subject;
            }
        }

        private static String network(HttpConnection api, String cidr) throws IOException {
            String id = api.expect(201, "POST", "/v2.0/networks", "{\"network\":{\"name\":\"bench\"}}")
                    .id();
            api.expect(
                    201,
                    "POST",
                    "/v2.0/subnets",
                    "{\"subnet\":{\"network_id\":\"" + id + "\",\"ip_version\":4,\"cidr\":\"" + cidr + "\"}}");
            return id;
        }
    }

    @Override
    public String name() {
        return "api";
    }

    @Override
    public String about() {
        return "port operations over HTTP at 1 and 16 clients, durable, with the server's CPU for each";
    }

    @Override
    public List<Result> run() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.launch()) {
            return measure(server);
        }
    }

    private static List<Result> measure(ServerUnderTest server) throws IOException {
        try {
            Subject subject = Subject.make(server);
            for (int i = 0; i < WARM_UPS; i++) {
                System.err.printf("warming up, %d of %d%n", i + 1, WARM_UPS);
                round(subject, i % 3 == 2 ? 1 : MANY);
            }
            Map<Integer, List<Map<Operation, ApiSample>>> rounds =
                    Map.of(1, new ArrayList<>(), MANY, new ArrayList<>());
            for (int i = 0; i < ROUNDS; i++) {
                for (int clients : List.of(1, MANY)) {
                    System.err.printf("round %d of %d, %d clients%n", i + 1, ROUNDS, clients);
                    Objects.requireNonNull(rounds.get(clients)).add(round(subject, clients));
                }
            }
            List<Result> results = new ArrayList<>();
            for (int clients : List.of(1, MANY)) {
                for (Operation operation : Operation.values()) {
                    results.addAll(results(operation, clients, Objects.requireNonNull(rounds.get(clients))));
                }
            }
            results.add(Result.of("resident memory of the server at most", Memory.peakMebibytes(server.pid()), "MiB"));
            return results;
        } catch (IllegalStateException e) {
            throw new IllegalStateException("the server's log:\n" + server.log(), e);
        }
    }

    private static Map<Operation, ApiSample> round(Subject subject, int clients) throws IOException {
        Map<Operation, ApiSample> samples = new EnumMap<>(Operation.class);
        for (Operation operation : Operation.values()) {
            samples.put(
                    operation, ApiSample.of(subject.server, PROJECT, clients, SECONDS, operation(operation, subject)));
        }
        clear(subject);
        return samples;
    }

    private static Clients.Operation operation(Operation operation, Subject subject) {
        byte[] single = bytes("{\"port\":{\"network_id\":\"" + subject.network + "\"}}");
        byte[] bulk = bytes(bulk(subject.network));
        String[] made = subject.ports.toArray(String[]::new);
        AtomicLong names = new AtomicLong();
        return switch (operation) {
            case CREATE ->
                api -> subject.ports.add(
                        api.expect(201, "POST", "/v2.0/ports", single).id());
            case BULK_CREATE ->
                api -> {
                    List<String> ids =
                            api.expect(201, "POST", "/v2.0/ports", bulk).ids();
                    require(ids.size(), BULK);
                    return subject.ports.addAll(ids);
                };
            case SHOW ->
                api -> {
                    String id = made[ThreadLocalRandom.current().nextInt(made.length)];
                    require(api.expect(200, "GET", "/v2.0/ports/" + id, HttpConnection.NOTHING)
                            .id()
                            .equals(id));
                    return true;
                };
            case UPDATE ->
                api -> {
                    String id = made[ThreadLocalRandom.current().nextInt(made.length)];
                    api.expect(
                            200,
                            "PUT",
                            "/v2.0/ports/" + id,
                            "{\"port\":{\"name\":\"n" + names.getAndIncrement() + "\"}}");
                    return true;
                };
            case LIST ->
                api -> {
                    api.expect(200, "GET", "/v2.0/ports?network_id=" + subject.listed, HttpConnection.NOTHING);
                    // To look at each port would be more work than the server's.
                    require(api.length() > LISTED * 300);
                    return true;
                };
            case DELETE ->
                api -> {
                    String id = subject.ports.poll();
                    if (id == null) {
                        return false;
                    }
                    api.expect(204, "DELETE", "/v2.0/ports/" + id, HttpConnection.NOTHING);
                    return true;
                };
        };
    }

    /** Removes what a round left, so that each begins with the same. */
    private static void clear(Subject subject) throws IOException {
        Clients.repeat(subject.server.api(), PROJECT, MANY, 60, operation(Operation.DELETE, subject));
        try (HttpConnection api = HttpConnection.toApi(subject.server.api(), PROJECT)) {
            require(ports(api, subject.network), 0);
            require(ports(api, subject.listed), LISTED);
        }
    }

    private static int ports(HttpConnection api, String network) throws IOException {
        return api.expect(200, "GET", "/v2.0/ports?network_id=" + network + "&fields=id", HttpConnection.NOTHING)
                .ids()
                .size();
    }

    private static List<Result> results(Operation operation, int clients, List<Map<Operation, ApiSample>> rounds) {
        List<ApiSample> samples = rounds.stream()
                .map(round -> Objects.requireNonNull(round.get(operation)))
                .toList();
        String title = operation.title + ", " + (clients == 1 ? "1 client" : clients + " clients");
        Result rate = Result.of(title, ApiSample.median(samples, ApiSample::rate), "1/s");
        Result cpu = Result.of("  server CPU of one", ApiSample.median(samples, ApiSample::cpu), "us");
        Result middle = Result.of("  p50", ApiSample.median(samples, ApiSample::median), "ms");
        Result high = Result.of("  p99", ApiSample.median(samples, ApiSample::high), "ms");
        boolean many = clients == MANY;
        List<Result> results = new ArrayList<>();
        switch (operation) {
            case CREATE ->
                results.addAll(List.of(
                        many ? rate.atLeast(3_000) : rate,
                        many ? cpu.atMost(250) : cpu,
                        middle,
                        many ? high.atMost(15) : high));
            case SHOW ->
                results.addAll(List.of(
                        many ? rate.atLeast(12_000) : rate,
                        many ? cpu.atMost(60) : cpu,
                        client(samples),
                        middle,
                        high));
            case BULK_CREATE -> results.addAll(List.of(rate, cpu.atMost(8_000), middle, high));
            case LIST ->
                results.addAll(List.of(
                        rate,
                        cpu,
                        Result.of("  server CPU of one port", cpu.value() / LISTED, "us")
                                .atMost(15),
                        middle,
                        high));
            case UPDATE, DELETE -> results.addAll(List.of(rate, cpu, middle, high));
        }
        if (many && operation != Operation.SHOW && operation != Operation.LIST) {
            results.add(retries(samples).atMost(5));
        }
        return results;
    }

    private static Result retries(List<ApiSample> samples) {
        return Result.of(
                "  transactions tried again",
                100
                        * samples.stream().mapToDouble(ApiSample::retries).sum()
                        / samples.stream().mapToDouble(ApiSample::commits).sum(),
                "%");
    }

    private static Result client(List<ApiSample> samples) {
        return Result.of("  the load's own CPU for one", ApiSample.median(samples, ApiSample::clientCpu), "us");
    }

    private static String bulk(String network) {
        return "{\"ports\":[" + ("{\"network_id\":\"" + network + "\"},").repeat(BULK - 1) + "{\"network_id\":\""
                + network + "\"}]}";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("an answer is not what was asked for");
        }
    }

    private static void require(int is, int wanted) {
        if (is != wanted) {
            throw new IllegalStateException(is + " ports, not " + wanted);
        }
    }
}
