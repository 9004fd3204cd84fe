package io.weft.e2e;

import static io.weft.e2e.QosRules.assertThatItKeepsTo;
import static io.weft.e2e.QosRules.bandwidth;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Limits of a virtual machine's port, behind a tap, on real packets. */
@Tag("long")
class QosGuestTest {
    private static final String TAP = "tap-vm";

    @Test
    void aVirtualMachineSendsAndReceivesAtItsRate() {
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            cloud.addServer();
            Host one = cloud.addHost("host1");
            Host two = cloud.addHost("host2");
            Api api = cloud.api("tenant");
            QosRules rules = new QosRules(api);
            String policy = rules.policy();
            rules.rule(policy, "bandwidth_limit", bandwidth("egress", 8_000, 1_000));
            rules.rule(policy, "bandwidth_limit", bandwidth("ingress", 5_000, 100));
            String network = id(api.create("network", Map.of("name", "net", "port_security_enabled", false)));
            api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24"));
            JsonNode limited = api.create(
                    "port", Map.of("network_id", network, "binding:host_id", one.name(), "qos_policy_id", policy));
            JsonNode other = api.create("port", Map.of("network_id", network, "binding:host_id", two.name()));
            String address = other.get("fixed_ips").get(0).get("ip_address").asString();
            Workload far = two.attach("far", id(other));
            far.run("ip", "address", "add", address + "/24", "dev", "eth0");
            one.attachTap(TAP, id(limited));
            Guest guest = Guest.boot(cloud, one, TAP, limited.get("mac_address").asString());
            Wait.until("the guest to have its address", () -> !guest.addresses().isEmpty());
            cloud.awaitActive(api, List.of(id(limited), id(other)));

            try (Load _ = Load.begin(far, guest, address, "")) {
                assertThatItKeepsTo(
                        8_000,
                        1_000,
                        () -> Throughput.receivedByTcp(line -> far.run("sh", "-c", line), QosRules.COUNTED));
            }
            try (Load _ = Load.begin(far, guest, address, "-R")) {
                assertThatItKeepsTo(
                        5_000,
                        100,
                        () -> Throughput.receivedByTcp(line -> guest.run(line).output(), QosRules.COUNTED));
            }
        }
    }

    /** TCP between the guest and a server of its own, until it is closed. */
    private record Load(Background server, Guest guest) implements AutoCloseable {
        static Load begin(Workload far, Guest guest, String address, String direction) {
            Background server = far.start("iperf3", "-s");
            Wait.until(
                    "iperf3 to listen",
                    () -> server.isAlive() && far.run("ss", "-Hltn").contains(":5201"));
            assertThat(guest.run("iperf3 -c " + address + " -t 3600 " + direction + " >/dev/null 2>&1 &")
                            .ok())
                    .isTrue();
            return new Load(server, guest);
        }

        @Override
        public void close() {
            guest.run("kill $(pidof iperf3)");
            Wait.until("iperf3 to end", () -> !guest.run("pidof iperf3").ok());
            server.kill();
        }
    }

    private static String id(JsonNode node) {
        return node.get("id").asString();
    }
}
