package io.weft.e2e;

import static io.weft.e2e.QosRules.assertThatItKeepsTo;
import static io.weft.e2e.QosRules.bandwidth;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Limits of a virtual machine's port, behind a tap, on real packets. */
@Tag("long")
class QosGuestTest {
    private static final String FAR = "10.0.0.12";
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
            String other = id(api.create(
                    "port",
                    Map.of(
                            "network_id",
                            network,
                            "fixed_ips",
                            List.of(Map.of("ip_address", FAR)),
                            "binding:host_id",
                            two.name())));
            Workload far = two.attach("far", other);
            far.run("ip", "address", "add", FAR + "/24", "dev", "eth0");
            one.attachTap(TAP, id(limited));
            Guest guest = Guest.boot(cloud, one, TAP, limited.get("mac_address").asString());
            Wait.until("the guest to have its address", () -> !guest.addresses().isEmpty());
            cloud.awaitActive(api, List.of(id(limited), other));
            far.start("iperf3", "-s");
            Wait.until("iperf3 to listen", () -> far.run("ss", "-Hltn").contains(":5201"));

            begin(guest, "");
            assertThatItKeepsTo(
                    8_000, 1_000, () -> Throughput.receivedByTcp(line -> far.run("sh", "-c", line), QosRules.COUNTED));
            end(guest);
            begin(guest, " -R");
            assertThatItKeepsTo(
                    5_000,
                    100,
                    () -> Throughput.receivedByTcp(line -> guest.run(line).output(), QosRules.COUNTED));
            end(guest);
        }
    }

    private static void begin(Guest guest, String direction) {
        Wait.until("iperf3 in the guest", () -> {
            guest.run("iperf3 -c " + FAR + " -t 3600" + direction + " >/dev/null 2>&1 & sleep 1");
            return guest.run("pidof iperf3").ok();
        });
    }

    private static void end(Guest guest) {
        guest.run("kill $(pidof iperf3)");
        Wait.until("iperf3 to end", () -> !guest.run("pidof iperf3").ok());
    }

    private static String id(JsonNode node) {
        return node.get("id").asString();
    }
}
