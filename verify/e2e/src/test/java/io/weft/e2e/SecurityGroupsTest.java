package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Security groups from the API to real packets, on one host and between two. */
class SecurityGroupsTest {
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final Duration IMPATIENT = Duration.ofSeconds(2);

    private static Cloud cloud;
    private static Api api;
    private static String usual;
    private static Workload near;
    private static Workload far;
    private static Workload server;
    private static String nearPort;
    private static String farPort;
    private static String serverPort;

    @BeforeAll
    static void buildTheNetwork() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        Host one = cloud.addHost("host1");
        Host two = cloud.addHost("host2");
        api = cloud.api("tenant");
        String network = id(api.create("network", Map.of("name", "net")));
        api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24"));
        usual = id(api.list("security_group", "?name=default").get(0));
        nearPort = port(network, one, "10.0.0.11");
        serverPort = port(network, one, "10.0.0.10");
        farPort = port(network, two, "10.0.0.12");
        near = start(one, "near", nearPort);
        server = start(one, "server", serverPort);
        far = start(two, "far", farPort);
        cloud.awaitActive(api, List.of(nearPort, serverPort, farPort));
    }

    private static String port(String network, Host host, String address) {
        return id(api.create(
                "port",
                Map.of(
                        "network_id", network,
                        "fixed_ips", List.of(Map.of("ip_address", address)),
                        "binding:host_id", host.name())));
    }

    private static Workload start(Host host, String name, String port) {
        Workload workload = host.attach(name, port);
        workload.dhcp();
        workload.awaitAddresses(1);
        workload.serve();
        return workload;
    }

    private static String id(JsonNode node) {
        return node.get("id").asString();
    }

    @AfterAll
    static void removeTheNetwork() {
        cloud.close();
    }

    @BeforeEach
    void everybodyIsInTheDefaultGroup() {
        for (String port : List.of(nearPort, farPort, serverPort)) {
            join(port, usual);
        }
        assertThat(reaches(near)).isTrue();
        assertThat(reaches(far)).isTrue();
    }

    private static void join(String port, String... groups) {
        api.update("port", port, Map.of("security_groups", List.of(groups)));
    }

    private static String group(String name) {
        return id(api.create("security_group", Map.of("name", name)));
    }

    private static String rule(String group, Map<String, ?> attributes) {
        Map<String, Object> all = new java.util.HashMap<>(attributes);
        all.put("security_group_id", group);
        all.put("direction", "ingress");
        return id(api.create("security_group_rule", all));
    }

    private static boolean reaches(Workload from) {
        return from.sends("10.0.0.10", PATIENT).equals("server");
    }

    private static void awaitSilence(Workload from) {
        Wait.until(
                from.name() + " to be cut off",
                () -> from.sends("10.0.0.10", IMPATIENT).isEmpty());
    }

    @Test
    void whatIsInNoGroupThatLetsItInIsReachedByNobody() {
        join(serverPort, group("closed"));
        awaitSilence(near);
        awaitSilence(far);
        assertThat(near.pings("10.0.0.10")).isFalse();
        assertThat(far.pings("10.0.0.10")).isFalse();
        // It may speak itself, and is answered.
        assertThat(server.pings("10.0.0.12")).isFalse();
        join(farPort, usual, groupFor("server", "10.0.0.10/32"));
        assertThat(server.sends("10.0.0.12", PATIENT)).isEqualTo("far");
        assertThat(server.pings("10.0.0.12")).isTrue();
    }

    private static String groupFor(String name, String prefix) {
        String group = group(name);
        rule(group, Map.of("remote_ip_prefix", prefix));
        return group;
    }

    @Test
    void aRuleOpensAPortAndItsRemovalClosesIt() {
        String group = group("web");
        join(serverPort, group);
        awaitSilence(far);
        String rule = rule(group, Map.of("protocol", "tcp", "port_range_min", 7000, "port_range_max", 7010));
        assertThat(reaches(near)).isTrue();
        assertThat(reaches(far)).isTrue();
        assertThat(far.pings("10.0.0.10")).isFalse();
        rule(group, Map.of("protocol", "icmp", "port_range_min", 8));
        Wait.until("the ping to be let in", () -> far.pings("10.0.0.10"));
        api.delete("security_group_rule", rule);
        awaitSilence(near);
        awaitSilence(far);
        assertThat(far.pings("10.0.0.10")).isTrue();
    }

    @Test
    void aRuleForAGroupMeansWhoeverIsInIt() {
        String clients = group("clients");
        String group = group("service");
        rule(group, Map.of("protocol", "tcp", "remote_group_id", clients));
        join(serverPort, group);
        awaitSilence(near);
        awaitSilence(far);
        join(farPort, usual, clients);
        assertThat(reaches(far)).isTrue();
        assertThat(near.sends("10.0.0.10", IMPATIENT)).isEmpty();
        join(farPort, usual);
        join(nearPort, usual, clients);
        assertThat(reaches(near)).isTrue();
        awaitSilence(far);
    }

    @Test
    void aRuleForAnAddressGroupMeansItsBlocks() {
        String office = id(api.create("address_group", Map.of("name", "office", "addresses", List.of("10.0.0.12/32"))));
        String group = group("office only");
        rule(group, Map.of("protocol", "tcp", "remote_address_group_id", office));
        join(serverPort, group);
        awaitSilence(near);
        assertThat(reaches(far)).isTrue();
        api.call(
                "PUT",
                "/v2.0/address-groups/" + office + "/add_addresses",
                Map.of("addresses", List.of("10.0.0.11/32")));
        assertThat(reaches(near)).isTrue();
    }

    @Test
    void withoutPortSecurityNothingIsHeldBack() {
        join(serverPort, group("nothing"));
        awaitSilence(far);
        api.update("port", serverPort, Map.of("security_groups", List.of(), "port_security_enabled", false));
        assertThat(reaches(far)).isTrue();
        assertThat(near.pings("10.0.0.10")).isTrue();
        api.update("port", serverPort, Map.of("port_security_enabled", true));
        awaitSilence(near);
    }
}
