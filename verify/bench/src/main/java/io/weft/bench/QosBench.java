package io.weft.bench;

import io.weft.e2e.Api;
import io.weft.e2e.Cloud;
import io.weft.e2e.Host;
import io.weft.e2e.Shell;
import io.weft.e2e.Throughput;
import io.weft.e2e.Throughput.Protocol;
import io.weft.e2e.Throughput.Rate;
import io.weft.e2e.Wait;
import io.weft.e2e.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/**
 * How near to their rules limited ports come: what arrives, in parts of what the rule says, once the burst is spent. On
 * one host, in both directions, with TCP and UDP, both in segments of 64 KB, and UDP in single datagrams; and to a workload
 * behind another host's tunnel.
 */
final class QosBench implements Bench {
    private static final Duration COUNTED = Duration.ofSeconds(4);
    private static final Duration MINUTE = Duration.ofSeconds(60);

    /** A burst of a hundredth of a second, but no less than the programs' floor. */
    private static final int BURSTS_A_SECOND = 100;

    /** More than this nobody sends here in single datagrams. */
    private static final int MOST_DATAGRAMS = 1_000;

    private static final List<Integer> MEGABITS = List.of(10, 100, 1_000, 5_000);

    @Override
    public String name() {
        return "qos";
    }

    @Override
    public String about() {
        return "what limited ports send and receive, in parts of what their rules say";
    }

    @Override
    public List<Result> run() {
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            return new Lab(cloud).run();
        }
    }

    private static final class Lab {
        private final Cloud cloud;
        private final Api api;
        private final String network;
        private final List<Workload> workloads = new ArrayList<>();
        private final List<String> ports = new ArrayList<>();
        private final List<Result> results = new ArrayList<>();

        private Lab(Cloud cloud) {
            this.cloud = cloud;
            cloud.addServer();
            List<Host> hosts = cloud.addCabledHosts("q1", "q2");
            api = cloud.api("bench");
            network = text(api.create("network", Map.of("port_security_enabled", false)));
            api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.80.0.0/24"));
            // A limited one, its neighbour, another limited one, and one on the other host.
            for (Host host : List.of(hosts.get(0), hosts.get(0), hosts.get(0), hosts.get(1))) {
                int number = ports.size();
                String port = text(api.create(
                        "port",
                        Map.of(
                                "network_id", network,
                                "fixed_ips", List.of(Map.of("ip_address", address(number))),
                                "binding:host_id", host.name())));
                Workload workload = host.attach("q" + number, port);
                workload.run("ip", "address", "add", address(number) + "/24", "dev", "eth0");
                workloads.add(workload);
                ports.add(port);
            }
            cloud.awaitActive(api, ports);
        }

        private static String address(int number) {
            return "10.80.0." + (10 + number);
        }

        private static String text(JsonNode node) {
            return node.get("id").asString();
        }

        private List<Result> run() {
            for (int megabits : MEGABITS) {
                limit(0, megabits * 1000);
                for (Protocol protocol : Protocol.values()) {
                    if (protocol == Protocol.UDP && megabits > MOST_DATAGRAMS) {
                        continue;
                    }
                    long plenty = Math.min(megabits * 2L, 8_000) * 1_000_000;
                    String what = " " + megabits + " Mbit/s, " + protocol;
                    add("sends" + what, megabits, measure(0, 1, protocol, plenty, COUNTED));
                    add("receives" + what, megabits, measure(1, 0, protocol, plenty, COUNTED));
                }
                if (megabits <= 1_000) {
                    add(
                            "sends by the tunnel " + megabits + " Mbit/s, TCP",
                            megabits,
                            measure(0, 3, Protocol.TCP, 0, COUNTED));
                }
            }
            minute();
            return results;
        }

        /** One megabit over a minute, out of one port and into another at the same time. */
        private void minute() {
            limit(0, 1000);
            limit(2, 1000);
            CompletableFuture<Rate> sent = CompletableFuture.supplyAsync(() -> measure(0, 1, Protocol.TCP, 0, MINUTE));
            Rate received = measure(3, 2, Protocol.UDP, 3_000_000, MINUTE);
            add("sends 1 Mbit/s for a minute, TCP", 1, sent.join());
            add("receives 1 Mbit/s for a minute, UDP", 1, received);
        }

        private Rate measure(int from, int to, Protocol protocol, long bits, Duration length) {
            return Throughput.measure(
                    workloads.get(from).namespace(),
                    workloads.get(to).namespace(),
                    address(to),
                    protocol,
                    bits,
                    length,
                    cloud.log("iperf"));
        }

        private void add(String name, int megabits, Rate rate) {
            Result result = Result.of(name, rate.bits() / 1e6, "Mbit/s").beside(megabits);
            System.err.printf("%s: %.3f%n", name, rate.bits() / 1e6 / megabits);
            results.add(result.within(0.05));
        }

        /** Gives a port a policy of its own with this rate in both directions, and waits until it is in force. */
        private void limit(int number, int kilobits) {
            JsonNode policy = api.call("POST", "/v2.0/qos/policies", Map.of("policy", Map.of("name", "p")))
                    .body()
                    .get("policy");
            for (String direction : List.of("egress", "ingress")) {
                Api.Answer answer = api.call(
                        "POST",
                        "/v2.0/qos/policies/" + text(policy) + "/bandwidth_limit_rules",
                        Map.of(
                                "bandwidth_limit_rule",
                                Map.of(
                                        "max_kbps",
                                        kilobits,
                                        "max_burst_kbps",
                                        Math.max(1, kilobits / BURSTS_A_SECOND),
                                        "direction",
                                        direction)));
                if (answer.status() != 201) {
                    throw new IllegalStateException(answer.body().toString());
                }
            }
            api.update("port", ports.get(number), Map.of("qos_policy_id", text(policy)));
            Host host = cloud.host("q1");
            String rate = kilobits >= 1_000_000 && kilobits % 1_000_000 == 0
                    ? kilobits / 1_000_000 + "Gbit"
                    : kilobits / 1000 + "Mbit";
            Wait.until(
                    "the rate to be in force",
                    () -> Shell.run(host.enter(List.of("tc", "qdisc", "show"))).split("rate " + rate + " ", -1).length
                            >= 3);
        }
    }
}
