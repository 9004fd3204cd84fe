package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Two servers over one etcd cluster of three, used in turn by one client, while a member dies. */
class TwoServersTest {
    @Test
    void aClientMayTalkToEitherServerInTurnWhileAMemberDies() {
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            EtcdCluster etcd = EtcdCluster.start(cloud, 3);
            cloud.addServerOver(etcd.endpoints());
            cloud.addServerOver(etcd.endpoints());
            Host one = cloud.addHost("host1");
            Host two = cloud.addHost("host2");
            Api api = cloud.apiInTurn("tenant");

            // Each call meets the other server than the one before, and sees what that one has done.
            String network = id(api.create("network", Map.of("name", "web")));
            String subnet =
                    id(api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24")));
            List<String> ports = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                ports.add(id(api.create(
                        "port", Map.of("network_id", network, "binding:host_id", i % 2 == 0 ? "host1" : "host2"))));
            }
            etcd.killMember(0);
            for (int i = 10; i < 20; i++) {
                ports.add(createDespiteElections(api, network, i % 2 == 0 ? "host1" : "host2"));
            }
            List<String> listed = new ArrayList<>();
            api.list("port", "?network_id=" + network).forEach(port -> listed.add(id(port)));
            assertThat(listed).containsAll(ports);
            HashSet<String> addresses = new HashSet<>();
            for (JsonNode port : api.list("port", "?network_id=" + network)) {
                addresses.add(port.get("fixed_ips").get(0).get("ip_address").asString());
                assertThat(port.get("fixed_ips").get(0).get("subnet_id").asString())
                        .isEqualTo(subnet);
            }
            assertThat(addresses).hasSize(listed.size());

            Workload a = one.attach("a", ports.get(18));
            Workload b = two.attach("b", ports.get(19));
            a.dhcp();
            b.dhcp();
            String target = b.awaitAddresses(1).getFirst();
            cloud.awaitActive(api, List.of(ports.get(18), ports.get(19)));
            Wait.until("the workloads to reach each other", () -> a.pings(target));

            // Whichever server has the agents: each asks them. A busy agent may not answer in time at once.
            for (ServerProcess server : cloud.servers()) {
                Api asked = Api.ofProject(server::api, "tenant");
                Wait.until(
                        "a trace by " + server.api(),
                        () -> outcome(asked, ports.get(18), target).equals("delivered"));
            }

            // One server is enough for the agents too.
            cloud.servers().getFirst().kill();
            etcd.startMember(0);
            Api other = Api.ofProject(() -> cloud.servers().get(1).api(), "tenant");
            other.update("port", ports.get(19), Map.of("admin_state_up", false));
            Wait.until("the closed port to be out of reach", () -> !a.pings(target));
            other.update("port", ports.get(19), Map.of("admin_state_up", true));
            Wait.until("the open port to be in reach", () -> a.pings(target));
        }
    }

    /**
     * While the members elect a leader a commit's outcome may be unknown, and the API says so with 503: the port may have
     * been made, and is asked for again.
     */
    private static String createDespiteElections(Api api, String network, String host) {
        return Wait.until("a port to be made", Duration.ofMinutes(1), () -> {
            Api.Answer answer = api.call(
                    "POST", "/v2.0/ports", Map.of("port", Map.of("network_id", network, "binding:host_id", host)));
            return answer.status() == 201 ? Optional.of(id(answer.body().get("port"))) : Optional.empty();
        });
    }

    private static String id(JsonNode resource) {
        return resource.get("id").asString();
    }

    private static String outcome(Api api, String port, String destination) {
        return api.call("POST", "/weft/v1/traces", Map.of("port_id", port, "destination", destination))
                .body()
                .path("trace")
                .path("outcome")
                .path("result")
                .asString("");
    }
}
