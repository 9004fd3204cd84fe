package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Servers, agents and etcd members die and return at random while ports are made and removed and a ping runs. Not one ping
 * is lost, what was acknowledged stays, no address is given twice, and in the end a new workload is reached.
 */
class RandomFaultTest {
    private static final Pattern COUNTS = Pattern.compile("(\\d+) packets transmitted, (\\d+) received");

    private final Set<String> acknowledged = new LinkedHashSet<>();

    @Test
    void aFewFaults() {
        run(Integer.getInteger("weft.seed", new Random().nextInt()), 6);
    }

    @Test
    @Tag("long")
    void manyFaults() {
        run(Integer.getInteger("weft.seed", new Random().nextInt()), 80);
    }

    private void run(int seed, int steps) {
        System.out.println("random faults: -Dweft.seed=" + seed + ", " + steps + " steps");
        Random random = new Random(seed);
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            EtcdCluster etcd = EtcdCluster.start(cloud, 3);
            cloud.addServerOver(etcd.endpoints());
            cloud.addServerOver(etcd.endpoints());
            Host one = cloud.addHost("host1");
            Host two = cloud.addHost("host2");
            Api api = cloud.api("tenant");
            String network = id(api.create("network", Map.of("name", "net")));
            api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24"));
            String first = port(api, network, "host1");
            String second = port(api, network, "host2");
            Workload client = one.attach("client", first);
            Workload peer = two.attach("peer", second);
            client.dhcp();
            peer.dhcp();
            client.awaitAddresses(1);
            String target = peer.awaitAddresses(1).getFirst();
            cloud.awaitActive(api, List.of(first, second));
            Background ping = client.start("ping", "-n", "-i", "0.02", target);
            Wait.until("ping to begin", () -> ping.output().contains("bytes from"));

            for (int step = 0; step < steps; step++) {
                fault(random, cloud, etcd);
                change(random, cloud, network);
            }

            List<String> lasting = List.of(first, second, port(anyApi(cloud), network, "host2"));
            JsonNode all = anyApi(cloud).list("port", "?network_id=" + network);
            List<String> ids = new ArrayList<>();
            List<String> addresses = new ArrayList<>();
            for (JsonNode port : all) {
                ids.add(id(port));
                addresses.add(port.get("fixed_ips").get(0).get("ip_address").asString());
            }
            assertThat(ids).containsAll(acknowledged).containsAll(lasting);
            assertThat(addresses).doesNotHaveDuplicates();
            Workload late = two.attach("late", lasting.getLast());
            late.dhcp();
            String lateAddress = late.awaitAddresses(1).getFirst();
            cloud.awaitActive(anyApi(cloud), lasting);
            Wait.until("the late workload to be in reach", () -> client.pings(lateAddress));

            Shell.run("kill", "-INT", Long.toString(ping.pid()));
            Wait.until("ping to end", () -> !ping.isAlive());
            Matcher counts = COUNTS.matcher(ping.output());
            assertThat(counts.find()).as(ping.output()).isTrue();
            // The last request may still be on its way when ping is told to end.
            assertThat(Integer.parseInt(counts.group(2))).isGreaterThanOrEqualTo(Integer.parseInt(counts.group(1)) - 1);
        }
    }

    private static void fault(Random random, Cloud cloud, EtcdCluster etcd) {
        switch (random.nextInt(4)) {
            case 0 -> {
                ServerProcess server = cloud.servers().get(random.nextInt(2));
                server.kill();
                server.start();
            }
            case 1 -> {
                Host host = cloud.hosts().get(random.nextInt(2));
                host.agent().kill();
                host.startAgent();
            }
            case 2 -> {
                int member = random.nextInt(3);
                etcd.killMember(member);
                etcd.startMember(member);
            }
            default -> {
                // Both servers at once: nothing can be asked of them, and everything flows on.
                cloud.servers().forEach(ServerProcess::kill);
                Host host = cloud.hosts().get(random.nextInt(2));
                host.agent().kill();
                host.startAgent();
                cloud.servers().forEach(ServerProcess::start);
            }
        }
    }

    private void change(Random random, Cloud cloud, String network) {
        if (!acknowledged.isEmpty() && random.nextInt(3) == 0) {
            String victim = acknowledged.iterator().next();
            Wait.until("port " + victim + " to be deleted", () -> {
                int status = anyApi(cloud)
                        .call("DELETE", "/v2.0/ports/" + victim, "")
                        .status();
                // A try that failed on its way may have done its work.
                return status == 204 || status == 404;
            });
            acknowledged.remove(victim);
            return;
        }
        Wait.until("a port to be made", () -> {
            Api.Answer answer = anyApi(cloud)
                    .call(
                            "POST",
                            "/v2.0/ports",
                            Map.of("port", Map.of("network_id", network, "binding:host_id", "host2")));
            if (answer.status() == 201) {
                acknowledged.add(id(answer.body().get("port")));
            }
            return answer.status() == 201;
        });
    }

    private static Api anyApi(Cloud cloud) {
        return cloud.api("tenant");
    }

    private static String port(Api api, String network, String host) {
        return id(api.create("port", Map.of("network_id", network, "binding:host_id", host)));
    }

    private static String id(JsonNode resource) {
        return resource.get("id").asString();
    }
}
