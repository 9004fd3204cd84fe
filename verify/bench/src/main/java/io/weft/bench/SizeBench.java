package io.weft.bench;

import io.weft.e2e.Api;
import io.weft.e2e.Background;
import io.weft.e2e.Cloud;
import io.weft.e2e.Host;
import io.weft.e2e.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import tools.jackson.databind.JsonNode;

/**
 * Whether packets and connections between two workloads of a host cost more when there is more of something: hosts that have
 * 1, 100 and 10,000 of it and differ in nothing else, in turn, all made through the API.
 */
final class SizeBench implements Bench {
    static final int ROUNDS = 5;

    private static final double SECONDS = 1;
    private static final int[] MANY = {1, 100, 10_000};
    /** Within 10%. */
    private static final double TARGET = .9;

    private static final String PROJECT = "bench";
    private static final int BULK = 250;

    /** Of what there is more. */
    private enum Dimension {
        RULES("rules"),
        PORTS("ports of the network and members of the group"),
        GROUPS("groups that rules name");

        private final String title;

        Dimension(String title) {
            this.title = title;
        }
    }

    /** What is measured, by the loads' names. */
    private static final Map<String, String> LOADS = Map.of("rr", "request/response", "connect", "new connections");

    private final int rounds;

    SizeBench(int rounds) {
        this.rounds = rounds;
    }

    @Override
    public String name() {
        return "size";
    }

    @Override
    public String about() {
        return "packets and connections of hosts with 1, 100 and 10,000 rules, ports, groups (--rounds N)";
    }

    @Override
    public List<Result> run() throws Exception {
        List<Result> results = new ArrayList<>();
        for (Dimension dimension : Dimension.values()) {
            results.addAll(measure(dimension));
        }
        return results;
    }

    private List<Result> measure(Dimension dimension) throws Exception {
        Map<Integer, Map<String, List<LoadDriver.Sample>>> samples = new LinkedHashMap<>();
        List<Background> servers = new ArrayList<>();
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            cloud.addServer();
            Api api = cloud.api(PROJECT);
            allowAll(api);
            // It has the ports that are only there to be many.
            Host elsewhere = cloud.addHost("elsewhere");
            Map<Integer, Topologies.Pair> pairs = new LinkedHashMap<>();
            for (int many : MANY) {
                System.err.printf("%d %s%n", many, dimension.title);
                pairs.put(many, new Sized(cloud, api, dimension, many).pair(elsewhere));
            }
            for (Topologies.Pair pair : pairs.values()) {
                Background server = LoadDriver.serve(pair);
                LoadDriver.bind(server, 0);
                servers.add(server);
            }
            for (int round = 0; round < rounds; round++) {
                System.err.printf("round %d of %d%n", round + 1, rounds);
                for (String load : LOADS.keySet()) {
                    pairs.forEach((many, pair) -> samples.computeIfAbsent(many, m -> new LinkedHashMap<>())
                            .computeIfAbsent(load, l -> new ArrayList<>())
                            .add(LoadDriver.run(load, pair, SECONDS)));
                }
            }
        } finally {
            servers.forEach(Background::kill);
        }
        return results(dimension, samples);
    }

    private static void allowAll(Api api) {
        int enough = 1_000_000;
        Map<String, Integer> limits =
                Map.of("port", enough, "network", enough, "security_group", enough, "security_group_rule", enough);
        api.call("PUT", "/v2.0/quotas/" + PROJECT, Map.of("quota", limits));
    }

    private static List<Result> results(
            Dimension dimension, Map<Integer, Map<String, List<LoadDriver.Sample>>> samples) {
        List<Result> results = new ArrayList<>();
        LOADS.forEach((load, title) -> {
            List<LoadDriver.Sample> least = of(samples, MANY[0], load);
            for (int many : MANY) {
                List<LoadDriver.Sample> own = of(samples, many, load);
                Result rate = LoadDriver.beside(
                        title + ", " + many + " " + dimension.title, "1/s", own, least, LoadDriver.Sample::rate);
                results.add(many == MANY[0] ? rate : rate.atLeast(TARGET));
                results.add(LoadDriver.beside("  its CPU", "ns CPU each", own, least, LoadDriver.Sample::nanos));
            }
        });
        return results;
    }

    private static List<LoadDriver.Sample> of(
            Map<Integer, Map<String, List<LoadDriver.Sample>>> samples, int many, String load) {
        return Objects.requireNonNull(Objects.requireNonNull(samples.get(many)).get(load));
    }

    /** A host of its own with two workloads, of one network and group, and as many as asked of a dimension. */
    private record Sized(Cloud cloud, Api api, Dimension dimension, int many) {
        Topologies.Pair pair(Host elsewhere) {
            Host host = cloud.addHost("h" + many);
            String network = id(api.create("network", Map.of("name", "n" + many)));
            api.create(
                    "subnet",
                    Map.of(
                            "network_id",
                            network,
                            "ip_version",
                            4,
                            "cidr",
                            "10.80.0.0/16",
                            "allocation_pools",
                            List.of(Map.of("start", "10.80.1.0", "end", "10.80.255.250"))));
            String group = group("g" + many);
            api.create(
                    "security_group_rule",
                    Map.of(
                            "security_group_id",
                            group,
                            "direction",
                            "ingress",
                            "ethertype",
                            "IPv4",
                            "remote_group_id",
                            group));
            fill(elsewhere, network, group);
            List<Workload> workloads = new ArrayList<>();
            List<String> ports = new ArrayList<>();
            for (int last : new int[] {10, 11}) {
                String port = id(api.create(
                        "port",
                        Map.of(
                                "network_id", network,
                                "fixed_ips", List.of(Map.of("ip_address", "10.80.0." + last)),
                                "security_groups", List.of(group),
                                "binding:host_id", host.name())));
                Workload workload = host.attach("s" + many + "-" + last, port);
                workload.run("ip", "address", "add", "10.80.0." + last + "/16", "dev", "eth0");
                workloads.add(workload);
                ports.add(port);
            }
            cloud.awaitActive(api, ports);
            return new Topologies.Pair(
                    many + " " + dimension.title,
                    workloads.get(0).namespace(),
                    workloads.get(1).namespace(),
                    "10.80.0.11");
        }

        private String group(String name) {
            return id(api.create("security_group", Map.of("name", name)));
        }

        private void fill(Host elsewhere, String network, String group) {
            switch (dimension) {
                case RULES ->
                    bulk(
                            "security_group_rule",
                            many,
                            i -> rule(group, i, "remote_ip_prefix", "172.16." + i / 256 + "." + i % 256 + "/32"));
                case PORTS ->
                    bulk(
                            "port",
                            many,
                            i -> Map.of(
                                    "network_id", network,
                                    "security_groups", List.of(group),
                                    "binding:host_id", elsewhere.name()));
                case GROUPS -> {
                    List<String> groups = bulk("security_group", many, i -> Map.of("name", "named" + i));
                    bulk(
                            "port",
                            many,
                            i -> Map.of(
                                    "network_id", network,
                                    "security_groups", List.of(groups.get(i)),
                                    "binding:host_id", elsewhere.name()));
                    bulk("security_group_rule", many, i -> rule(group, i, "remote_group_id", groups.get(i)));
                }
            }
        }

        private static Map<String, ?> rule(String group, int number, String remote, String of) {
            return Map.of(
                    "security_group_id",
                    group,
                    "direction",
                    "ingress",
                    "ethertype",
                    "IPv4",
                    "protocol",
                    "tcp",
                    "port_range_min",
                    1 + number,
                    "port_range_max",
                    1 + number,
                    remote,
                    of);
        }

        /** Creates so many of a kind, some at once; returns their ids. */
        private List<String> bulk(String kind, int count, IntFunction<Map<String, ?>> attributes) {
            List<String> ids = new ArrayList<>();
            String path = "/v2.0/" + kind.replace('_', '-') + "s";
            while (ids.size() < count) {
                List<Map<String, ?>> some = new ArrayList<>();
                for (int i = ids.size(); i < count && some.size() < BULK; i++) {
                    some.add(attributes.apply(i));
                }
                Api.Answer answer = api.call("POST", path, Map.of(kind + "s", some));
                if (answer.status() != 201) {
                    throw new IllegalStateException(path + ": " + answer.status() + " " + answer.body());
                }
                answer.body().get(kind + "s").forEach(one -> ids.add(id(one)));
            }
            return ids;
        }

        private static String id(JsonNode resource) {
            return resource.get("id").asString();
        }
    }
}
