package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.World;
import io.weft.reference.Outcome;
import io.weft.reference.Reachability;
import io.weft.reference.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Security groups through the API, over two hosts: packets do what the reference says, whatever the rules are. */
class RandomRulesTest {
    private static final String PROJECT = "guarded";
    private static final List<Integer> SERVED = List.of(7001, 9001);
    private static final int ROUNDS = 4;

    private final Map<String, String> ports = new LinkedHashMap<>();
    private final Map<String, Workload> workloads = new LinkedHashMap<>();
    private final List<String> groups = new ArrayList<>();
    private final Map<String, String> tiers = new HashMap<>();

    /** Something that is tried from one workload to another. */
    private record Try(String from, String to, IpAddress address, Transport transport, boolean expected) {}

    @Test
    void packetsDoWhatTheReferenceSaysUnderRandomRules() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            cloud.addServer();
            cloud.addHost("host1");
            cloud.addHost("host2");
            Api api = cloud.api(PROJECT);
            start(cloud, api);
            defaultGroupLetsItsMembersTalk(cloud, api);
            for (int round = 0; round < ROUNDS; round++) {
                randomRules(api, random);
                holds(api, "seed " + seed + " round " + round);
            }
            connectionsAreListedWithTheirRules(cloud, api);
        }
    }

    private void start(Cloud cloud, Api api) {
        String network = id(api.create("network", Map.of("name", "net")));
        api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24"));
        api.create(
                "subnet",
                Map.of(
                        "network_id", network,
                        "ip_version", 6,
                        "cidr", "fd00:0:0:1::/64",
                        "ipv6_ra_mode", "slaac",
                        "ipv6_address_mode", "slaac"));
        for (int number = 1; number <= 4; number++) {
            String host = "host" + (1 + number % 2);
            String name = "w" + number;
            String port = id(api.create("port", Map.of("name", name, "network_id", network, "binding:host_id", host)));
            ports.put(name, port);
            Workload workload = cloud.host(host).attach(name, port);
            workload.dhcp();
            workload.awaitAddresses(2);
            for (int served : SERVED) {
                workload.start("socat", "TCP6-LISTEN:" + served + ",fork,reuseaddr,ipv6only=0", "/dev/null");
            }
            workloads.put(name, workload);
        }
        cloud.awaitActive(api, List.copyOf(ports.values()));
    }

    /** Ports that were made without a word about groups are in the project's default group. */
    private void defaultGroupLetsItsMembersTalk(Cloud cloud, Api api) {
        assertThat(api.show("port", port("w1")).get("security_groups")).hasSize(1);
        holds(api, "default group");
        assertThat(tries(WorldReader.read(api))).anyMatch(Try::expected);
        String strange = id(cloud.api("stranger").create("security_group", Map.of("name", "other")));
        api.update("port", port("w4"), Map.of("security_groups", List.of(strange)));
        holds(api, "one port in a stranger's group");
        assertThat(tries(WorldReader.read(api))).anyMatch(one -> !one.expected());
    }

    private void randomRules(Api api, Random random) {
        while (groups.size() < 3) {
            groups.add(id(api.create("security_group", Map.of("name", "g" + groups.size()))));
        }
        for (String tier : List.of("admin", "admin", "baseline")) {
            if (tiers.size() < 3) {
                String group = id(api.create("security_group", Map.of("name", tier, "weft:tier", tier)));
                tiers.put(group, tier);
                groups.add(group);
            }
        }
        for (String group : tiers.keySet()) {
            api.update("security_group", group, Map.of("weft:priority", random.nextInt(3)));
        }
        for (String group : groups) {
            for (JsonNode rule : api.show("security_group", group).get("security_group_rules")) {
                if (random.nextInt(3) == 0) {
                    api.delete("security_group_rule", id(rule));
                }
            }
            for (int more = random.nextInt(3); more > 0; more--) {
                api.call("POST", "/v2.0/security-group-rules", Map.of("security_group_rule", rule(group, random)));
            }
        }
        for (String port : ports.values()) {
            List<String> chosen = new ArrayList<>(groups);
            chosen.removeIf(group -> random.nextBoolean());
            boolean secure = random.nextInt(6) > 0;
            Map<String, Object> change = new HashMap<>();
            change.put("security_groups", secure ? chosen : List.of());
            change.put("port_security_enabled", secure);
            api.update("port", port, change);
        }
    }

    private Map<String, Object> rule(String group, Random random) {
        boolean ipv4 = random.nextBoolean();
        Map<String, Object> rule = new HashMap<>();
        rule.put("security_group_id", group);
        if (tiers.containsKey(group)) {
            List<String> actions = List.of("allow", "deny", "pass");
            rule.put("weft:action", actions.get(random.nextInt("admin".equals(tiers.get(group)) ? 3 : 2)));
            rule.put("weft:position", random.nextInt(3));
        }
        rule.put("direction", random.nextInt(4) > 0 ? "ingress" : "egress");
        rule.put("ethertype", ipv4 ? "IPv4" : "IPv6");
        switch (random.nextInt(4)) {
            case 0 -> rule.put("protocol", ipv4 ? "icmp" : "ipv6-icmp");
            case 1 -> {
                rule.put("protocol", "tcp");
                rule.put("port_range_min", 7000 - random.nextInt(3));
                rule.put("port_range_max", random.nextBoolean() ? 7001 : 9001);
            }
            case 2 -> rule.put("protocol", "tcp");
            default -> {}
        }
        switch (random.nextInt(3)) {
            case 0 -> rule.put("remote_group_id", groups.get(random.nextInt(groups.size())));
            case 1 ->
                rule.put(
                        "remote_ip_prefix",
                        ipv4 ? "10.0.0." + random.nextInt(16) * 8 + "/28" : "fd00:0:0:1::/" + (60 + random.nextInt(8)));
            default -> {}
        }
        return rule;
    }

    /** Every pair does what the reference says, at the latest when the hosts have heard of the change. */
    private void holds(Api api, String where) {
        List<Try> tries = tries(WorldReader.read(api));
        Wait.until(where + ": packets do what the reference says", Duration.ofMinutes(1), () -> {
            List<Try> wrong = wrong(tries);
            if (!wrong.isEmpty()) {
                System.out.println(where + ": not as expected (yet): " + wrong);
            }
            return wrong.isEmpty() ? Optional.of(true) : Optional.empty();
        });
    }

    private List<Try> tries(World world) {
        Reachability reachability = new Reachability(world);
        List<Try> tries = new ArrayList<>();
        ports.forEach((from, fromPort) -> ports.forEach((to, toPort) -> {
            if (!from.equals(to)) {
                UUID destination = UUID.fromString(toPort);
                world.port(destination).orElseThrow().fixedIps().forEach(fixed -> {
                    IpAddress address = fixed.address();
                    List<Transport> transports = new ArrayList<>();
                    SERVED.forEach(port -> transports.add(Transport.tcp(40_000, port)));
                    transports.add(Transport.echoRequest(address.family()));
                    for (Transport transport : transports) {
                        boolean expected = reachability.send(UUID.fromString(fromPort), address, transport)
                                        instanceof Outcome.Delivered delivered
                                && delivered.exits().stream()
                                        .allMatch(exit -> exit.port().equals(destination));
                        tries.add(new Try(from, to, address, transport, expected));
                    }
                });
            }
        }));
        return tries;
    }

    private List<Try> wrong(List<Try> tries) {
        try (ExecutorService threads = Executors.newFixedThreadPool(12)) {
            List<Callable<Boolean>> calls = new ArrayList<>();
            tries.forEach(one -> calls.add(() -> works(one) == one.expected()));
            List<Future<Boolean>> results = threads.invokeAll(calls);
            List<Try> wrong = new ArrayList<>();
            for (int i = 0; i < tries.size(); i++) {
                if (!results.get(i).get()) {
                    wrong.add(tries.get(i));
                }
            }
            return wrong;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private boolean works(Try one) {
        Workload from = Objects.requireNonNull(workloads.get(one.from()));
        boolean ping =
                one.transport().equals(Transport.echoRequest(one.address().family()));
        int patience = one.expected() ? 5 : 1;
        if (ping) {
            return from.attempt(
                            Duration.ofSeconds(20),
                            "ping",
                            "-c",
                            "1",
                            "-W",
                            "" + patience,
                            one.address().toString())
                    .ok();
        }
        String address = one.address().family() == IpFamily.IPV4 ? one.address().toString() : "[" + one.address() + "]";
        return from.attempt(
                        Duration.ofSeconds(20),
                        "socat",
                        "-u",
                        "OPEN:/dev/null",
                        "TCP:" + address + ":" + one.transport().destination() + ",connect-timeout=" + patience)
                .ok();
    }

    /** The last random rules may allow nothing at all, so what is to be seen is made first. */
    private void connectionsAreListedWithTheirRules(Cloud cloud, Api api) {
        String open = id(api.create("security_group", Map.of("name", "open")));
        for (String family : List.of("IPv4", "IPv6")) {
            api.create(
                    "security_group_rule",
                    Map.of("security_group_id", open, "direction", "ingress", "ethertype", family));
        }
        for (String port : ports.values()) {
            api.update("port", port, Map.of("port_security_enabled", true, "security_groups", List.of(open)));
        }
        holds(api, "all is allowed");
        for (Host host : cloud.hosts()) {
            assertThat(host.weft("connections", "--json")).contains("\"connections\":[", "\"rule_id\":\"");
            assertThat(host.weft("drops")).contains("POLICY_");
        }
        String shown = cloud.host("host2").weft("port", "show", port("w1"), "--json");
        assertThat(shown).contains("\"security_groups\":", "\"rule_hits\":");
    }

    private String port(String name) {
        return Objects.requireNonNull(ports.get(name));
    }

    private static String id(JsonNode resource) {
        return resource.get("id").asString();
    }
}
