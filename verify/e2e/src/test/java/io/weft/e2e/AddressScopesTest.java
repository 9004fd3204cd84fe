package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A router between two networks, one of which is of the address scope of the external network. The workloads are on another
 * node than the gateway, so what leaves goes by the transit.
 */
class AddressScopesTest {
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final String OUTSIDE = "203.0.113.1";

    private static Cloud cloud;
    private static Api api;
    private static Workload outside;
    private static Workload within;
    private static Workload across;
    private static String withinAddress;
    private static String acrossAddress;
    private static String acrossPort;
    private static String acrossPool;
    private static String scope;
    private static String externalNetwork;
    private static String gateway;

    @BeforeAll
    static void buildTheNetwork() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        Host one = cloud.addHost("host1", List.of("--physical-networks", "out:ext0"));
        Host two = cloud.addHost("host2", List.of());
        outside = outside(one);
        api = cloud.api("tenant");
        scope = id(api.create("address_scope", Map.of("name", "site", "ip_version", 4)));
        String outsidePool = pool("203.0.113.0/24", scope);
        externalNetwork = id(api.create(
                "network",
                Map.of(
                        "name",
                        "out",
                        "router:external",
                        true,
                        "provider:network_type",
                        "flat",
                        "provider:physical_network",
                        "out")));
        subnet(externalNetwork, outsidePool);
        JsonNode router = api.create(
                "router", Map.of("name", "door", "external_gateway_info", Map.of("network_id", externalNetwork)));
        gateway = router.get("external_gateway_info")
                .get("external_fixed_ips")
                .get(0)
                .get("ip_address")
                .asString();
        String group = id(api.create("security_group", Map.of("name", "open")));
        api.create("security_group_rule", Map.of("security_group_id", group, "direction", "ingress"));
        acrossPool = pool("10.20.0.0/24", "");
        JsonNode first = port("within", pool("10.10.0.0/24", scope), id(router), group, two);
        JsonNode second = port("across", acrossPool, id(router), group, two);
        acrossPort = id(second);
        withinAddress = address(first);
        acrossAddress = address(second);
        within = start(two, "within", id(first));
        across = start(two, "across", acrossPort);
        cloud.awaitActive(api, List.of(id(first), acrossPort));
    }

    /** A host outside, which knows no network inside. It goes with the cloud. */
    private static Workload outside(Host host) {
        String namespace = cloud.prefix() + "w-outside";
        Shell.run("ip", "netns", "add", namespace);
        Workload made = new Workload("outside", namespace, cloud.makeDirectory("w-outside"));
        cloud.closeLater(made);
        made.run("ip", "link", "set", "lo", "up");
        made.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "ext0", "netns", host.namespace());
        made.run("ip", "address", "add", OUTSIDE + "/24", "dev", "eth0");
        made.run("ip", "link", "set", "eth0", "up");
        Shell.run("ip", "-n", host.namespace(), "link", "set", "ext0", "up");
        made.serve();
        return made;
    }

    private static String pool(String prefix, String ofScope) {
        Map<String, Object> attributes =
                new HashMap<>(Map.of("name", prefix, "prefixes", List.of(prefix), "default_prefixlen", 24));
        if (!ofScope.isEmpty()) {
            attributes.put("address_scope_id", ofScope);
        }
        return id(api.create("subnetpool", attributes));
    }

    private static String subnet(String network, String pool) {
        return id(api.create("subnet", Map.of("network_id", network, "ip_version", 4, "subnetpool_id", pool)));
    }

    private static JsonNode port(String name, String pool, String router, String group, Host host) {
        String network = id(api.create("network", Map.of("name", name)));
        api.connect(router, subnet(network, pool));
        return api.create(
                "port",
                Map.of("network_id", network, "binding:host_id", host.name(), "security_groups", List.of(group)));
    }

    private static String address(JsonNode port) {
        return port.get("fixed_ips").get(0).get("ip_address").asString();
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

    private static void toScope(String poolScope) {
        Map<String, Object> change = new HashMap<>();
        change.put("address_scope_id", poolScope.isEmpty() ? null : poolScope);
        api.update("subnetpool", acrossPool, change);
    }

    @AfterAll
    static void removeTheNetwork() {
        cloud.close();
    }

    @Test
    void withinAScopeNothingIsTranslatedAndBetweenScopesNothingElsePasses() {
        // Translated, it needs no route back; and as it is, it does.
        Wait.until("the way out", () -> across.sends(OUTSIDE, PATIENT).equals("outside"));
        assertThat(within.pings(OUTSIDE)).isFalse();
        outside.run("ip", "route", "add", "10.0.0.0/8", "via", gateway);
        assertThat(within.sends(OUTSIDE, PATIENT)).isEqualTo("outside");
        assertThat(outside.sends(withinAddress, PATIENT)).isEqualTo("within");
        assertThat(outside.pings(acrossAddress)).isFalse();
        assertThat(within.pings(acrossAddress)).isFalse();
        assertThat(across.pings(withinAddress)).isFalse();
        String floating = api.create(
                        "floatingip", Map.of("floating_network_id", externalNetwork, "port_id", acrossPort))
                .get("floating_ip_address")
                .asString();
        Wait.until("the floating IP", () -> outside.pings(floating));
        assertThat(outside.sends(floating, PATIENT)).isEqualTo("across");
        // The pool's networks follow it, while they are used.
        toScope(scope);
        Wait.until("the networks to be of one scope", () -> within.pings(acrossAddress));
        assertThat(across.sends(withinAddress, PATIENT)).isEqualTo("within");
        toScope("");
        Wait.until("the networks to be apart again", () -> !within.pings(acrossAddress));
        assertThat(Arrays.asList(within.pings(OUTSIDE), outside.pings(floating)))
                .containsOnly(true);
    }
}
