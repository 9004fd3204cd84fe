package io.weft.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the API's other operations cost: a network with a subnet, a router with its gateway outside and an interface, a port
 * with a floating IP, made and taken away again step by step, by one client and by sixteen. A round makes so many of each,
 * and leaves nothing.
 */
final class RoutersBench implements Bench {
    private static final int ROUNDS = 3;
    private static final int WARM_UPS = 4;
    private static final int MANY = 16;
    private static final int EACH = 100;
    private static final double PATIENCE = 120;
    private static final String PROJECT = "bench";

    private static final double SINGLE_P99 = 5;
    private static final double ROUTER_CPU = 1_000;

    /** The steps in the order in which a round takes them. */
    private enum Step {
        NETWORK("network create"),
        SUBNET("subnet create"),
        ROUTER("router create"),
        GATEWAY("router set gateway"),
        INTERFACE("router add interface"),
        PORT("port create"),
        FLOATING_IP("floating IP create"),
        ASSOCIATE("floating IP associate"),
        RELEASE("floating IP delete"),
        REMOVE_PORT("port delete"),
        REMOVE_INTERFACE("router remove interface"),
        CLEAR_GATEWAY("router clear gateway"),
        REMOVE_ROUTER("router delete"),
        REMOVE_SUBNET("subnet delete"),
        REMOVE_NETWORK("network delete");

        private final String title;

        Step(String title) {
            this.title = title;
        }
    }

    /** What one passage through the steps has made so far, by the step that made it. */
    private static final class Passage {
        private final Map<Step, String> ids = new EnumMap<>(Step.class);

        String id(Step step) {
            return Objects.requireNonNull(ids.get(step));
        }
    }

    @Override
    public String name() {
        return "routers";
    }

    @Override
    public String about() {
        return "network, subnet, router and floating IP operations over HTTP, with the server's CPU for each";
    }

    @Override
    public List<Result> run() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.launch()) {
            String external = prepare(server);
            for (int i = 0; i < WARM_UPS; i++) {
                System.err.printf("warming up, %d of %d%n", i + 1, WARM_UPS);
                round(server, external, MANY);
            }
            Map<Integer, List<Map<Step, ApiSample>>> rounds = Map.of(1, new ArrayList<>(), MANY, new ArrayList<>());
            for (int i = 0; i < ROUNDS; i++) {
                for (int clients : List.of(1, MANY)) {
                    System.err.printf("round %d of %d, %d clients%n", i + 1, ROUNDS, clients);
                    Objects.requireNonNull(rounds.get(clients)).add(round(server, external, clients));
                }
            }
            List<Result> results = new ArrayList<>();
            for (int clients : List.of(1, MANY)) {
                for (Step step : Step.values()) {
                    results.addAll(results(step, clients, Objects.requireNonNull(rounds.get(clients))));
                }
            }
            return results;
        }
    }

    /** Lifts the project's limits and makes an external network; returns its id. */
    private static String prepare(ServerUnderTest server) throws IOException {
        try (HttpConnection api = HttpConnection.toApi(server.api(), PROJECT)) {
            int enough = 1_000_000;
            api.expect(
                    200,
                    "PUT",
                    "/v2.0/quotas/" + PROJECT,
                    "{\"quota\":{\"port\":%1$d,\"network\":%1$d,\"subnet\":%1$d,\"router\":%1$d,\"floatingip\":%1$d}}"
                            .formatted(enough));
            String external = api.expect(
                            201,
                            "POST",
                            "/v2.0/networks",
                            "{\"network\":{\"router:external\":true,\"provider:network_type\":\"flat\","
                                    + "\"provider:physical_network\":\"public\"}}")
                    .id();
            api.expect(
                    201,
                    "POST",
                    "/v2.0/subnets",
                    "{\"subnet\":{\"network_id\":\"" + external
                            + "\",\"ip_version\":4,\"cidr\":\"100.64.0.0/10\",\"enable_dhcp\":false}}");
            return external;
        }
    }

    private static Map<Step, ApiSample> round(ServerUnderTest server, String external, int clients) throws IOException {
        Map<Step, ApiSample> samples = new EnumMap<>(Step.class);
        List<Passage> passages = new ArrayList<>();
        for (int i = 0; i < EACH * clients; i++) {
            passages.add(new Passage());
        }
        for (Step step : Step.values()) {
            ConcurrentLinkedQueue<Passage> waiting = new ConcurrentLinkedQueue<>(passages);
            AtomicInteger done = new AtomicInteger();
            samples.put(step, ApiSample.of(server, PROJECT, clients, PATIENCE, api -> {
                Passage passage = waiting.poll();
                if (passage == null) {
                    return false;
                }
                take(step, passage, external, api);
                done.incrementAndGet();
                return true;
            }));
            if (done.get() != passages.size()) {
                throw new IllegalStateException(step.title + ": " + done + " of " + passages.size());
            }
        }
        return samples;
    }

    private static void take(Step step, Passage passage, String external, HttpConnection api) throws IOException {
        switch (step) {
            case NETWORK -> make(step, passage, api, "network", "\"name\":\"n\"");
            case SUBNET ->
                make(
                        step,
                        passage,
                        api,
                        "subnet",
                        "\"network_id\":\"" + passage.id(Step.NETWORK)
                                + "\",\"ip_version\":4,\"cidr\":\"10.0.0.0/24\"");
            case ROUTER -> make(step, passage, api, "router", "\"name\":\"r\"");
            case GATEWAY ->
                change(
                        api,
                        "routers/" + passage.id(Step.ROUTER),
                        "{\"router\":{\"external_gateway_info\":{\"network_id\":\"" + external + "\"}}}");
            case INTERFACE ->
                change(
                        api,
                        "routers/" + passage.id(Step.ROUTER) + "/add_router_interface",
                        "{\"subnet_id\":\"" + passage.id(Step.SUBNET) + "\"}");
            case PORT -> make(step, passage, api, "port", "\"network_id\":\"" + passage.id(Step.NETWORK) + "\"");
            case FLOATING_IP -> make(step, passage, api, "floatingip", "\"floating_network_id\":\"" + external + "\"");
            case ASSOCIATE ->
                change(
                        api,
                        "floatingips/" + passage.id(Step.FLOATING_IP),
                        "{\"floatingip\":{\"port_id\":\"" + passage.id(Step.PORT) + "\"}}");
            case RELEASE -> remove(api, "floatingips/" + passage.id(Step.FLOATING_IP));
            case REMOVE_PORT -> remove(api, "ports/" + passage.id(Step.PORT));
            case REMOVE_INTERFACE ->
                change(
                        api,
                        "routers/" + passage.id(Step.ROUTER) + "/remove_router_interface",
                        "{\"subnet_id\":\"" + passage.id(Step.SUBNET) + "\"}");
            case CLEAR_GATEWAY ->
                change(api, "routers/" + passage.id(Step.ROUTER), "{\"router\":{\"external_gateway_info\":null}}");
            case REMOVE_ROUTER -> remove(api, "routers/" + passage.id(Step.ROUTER));
            case REMOVE_SUBNET -> remove(api, "subnets/" + passage.id(Step.SUBNET));
            case REMOVE_NETWORK -> remove(api, "networks/" + passage.id(Step.NETWORK));
        }
    }

    private static void make(Step step, Passage passage, HttpConnection api, String kind, String attributes)
            throws IOException {
        String body = "{\"" + kind + "\":{" + attributes + "}}";
        passage.ids.put(
                step, api.expect(201, "POST", "/v2.0/" + kind + "s", body).id());
    }

    private static void change(HttpConnection api, String path, String body) throws IOException {
        api.expect(200, "PUT", "/v2.0/" + path, body);
    }

    private static void remove(HttpConnection api, String path) throws IOException {
        api.expect(204, "DELETE", "/v2.0/" + path, HttpConnection.NOTHING);
    }

    private static List<Result> results(Step step, int clients, List<Map<Step, ApiSample>> rounds) {
        List<ApiSample> samples = rounds.stream()
                .map(round -> Objects.requireNonNull(round.get(step)))
                .toList();
        String title = step.title + ", " + (clients == 1 ? "1 client" : clients + " clients");
        Result cpu = Result.of("  server CPU of one", ApiSample.median(samples, ApiSample::cpu), "us");
        boolean bounded = clients == MANY && (step == Step.GATEWAY || step == Step.INTERFACE);
        Result high = Result.of("  p99", ApiSample.median(samples, ApiSample::high), "ms");
        return List.of(
                Result.of(title, ApiSample.median(samples, ApiSample::rate), "1/s"),
                bounded ? cpu.atMost(ROUTER_CPU) : cpu,
                Result.of("  p50", ApiSample.median(samples, ApiSample::median), "ms"),
                clients == 1 ? high.atMost(SINGLE_P99) : high);
    }
}
