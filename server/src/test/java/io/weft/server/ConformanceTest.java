package io.weft.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.server.identity.AgentClient;
import io.weft.server.keystone.Keystone;
import io.weft.store.etcd.EtcdCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * OpenStack's own suites of the networking API against one server with Keystone, and against two in turn: {@code ./weft test conformance}. Every test
 * passes, or is among those of {@code docs/conformance.md}, which says why they are skipped, and which of them use an
 * extension that is not announced without asking for it.
 */
@Tag("conformance")
class ConformanceTest {
    private static final String SUITES = "^(tempest\\.api\\.network|neutron_tempest_plugin\\.api)\\.";
    private static final int AT_ONCE = 2;
    private static final Path PAGE = Path.of("..", "docs", "conformance.md");
    private static final String SKIPPED = "- `";
    private static final String NOT_ANNOUNCED = "- needs what is not announced: `";

    /** The suites are older than the defaults of Neutron's policy that keep these from members (docs/conformance.md). */
    private static final String POLICY = """
            "get_quota": "rule:admin_only or (role:reader and project_id:%(project_id)s)"
            "create_subnet:service_types": "rule:admin_only or (role:member and rule:network_owner)"
            "update_subnet:service_types": "rule:admin_only or (role:member and rule:network_owner)"
            "get_policy_dscp_marking_rule": "role:reader"
            "update_policy:tags": "role:member"
            "delete_policy:tags": "role:member"
            """;

    @TempDir
    private Path directory;

    @Test
    void oneServer() throws Exception {
        try (Keystone keystone = keystone();
                Server server = server(keystone, Map.of())) {
            check(keystone, server, server.apiPort());
        }
    }

    /** The suites hold no server to what it said itself: each request goes to the other one than the last. */
    @Test
    void twoServersInTurn() throws Exception {
        try (Keystone keystone = keystone();
                EtcdCluster etcd = EtcdCluster.start(1)) {
            Map<String, String> store =
                    Map.of("WEFT_STORE_ENDPOINTS", etcd.endpoints().getFirst().toString());
            try (Server one = server(keystone, store);
                    Server two = server(keystone, store);
                    InTurn both = InTurn.start(directory.resolve("in-turn"), List.of(one.apiPort(), two.apiPort()))) {
                check(keystone, one, both.port());
            }
        }
    }

    private Keystone keystone() throws IOException, InterruptedException {
        Keystone keystone = Keystone.start(directory.resolve("keystone"));
        keystone.user("weft", "service", "service");
        return keystone;
    }

    private Server server(Keystone keystone, Map<String, String> more) throws Exception {
        Path password = Files.writeString(directory.resolve("password"), "weftweft\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        Map<String, String> settings = new HashMap<>(more);
        settings.put("WEFT_API_AUTHENTICATION", "keystone");
        settings.put("WEFT_KEYSTONE_URL", keystone.url());
        settings.put("WEFT_KEYSTONE_PASSWORD_FILE", password.toString());
        settings.put(
                "WEFT_API_POLICY_FILE",
                Files.writeString(directory.resolve("policy.yaml"), POLICY).toString());
        return Server.start(ServerTest.configuration(directory.resolve("server"), settings));
    }

    private void check(Keystone keystone, Server server, int apiPort) throws Exception {
        keystone.service("network", "http://127.0.0.1:" + apiPort);
        try (AgentClient agent = new AgentClient("one", server.agentsPort());
                Client administrator = new Client(apiPort, keystone.administratorToken())) {
            assertThat(agent.enrol(administrator.token("one")).statusCode()).isEqualTo(200);
            runSuites(configuration(keystone, administrator));
        }
    }

    private void runSuites(String configuration) throws Exception {
        long begin = System.nanoTime();
        Map<String, Tempest.Result> results =
                new Tempest(directory.resolve("tempest"), configuration).run(SUITES, AT_ONCE);
        Duration took = Duration.ofNanos(System.nanoTime() - begin);

        Set<String> failed = names(results, Tempest.Outcome.FAILED);
        Set<String> skipped = names(results, Tempest.Outcome.SKIPPED);
        results.forEach((name, result) -> {
            if (result.outcome() != Tempest.Outcome.PASSED) {
                System.out.println(result.outcome().name().toLowerCase(Locale.ROOT) + ": " + name + "\n    "
                        + result.detail().replace("\n", "\n    "));
            }
        });
        System.out.printf(
                "%d passed, %d failed, %d skipped, in %d min %d s%n",
                names(results, Tempest.Outcome.PASSED).size(),
                failed.size(),
                skipped.size(),
                took.toMinutes(),
                took.toSecondsPart());

        Set<String> knownSkips = items(SKIPPED);
        Set<String> knownFailures = items(NOT_ANNOUNCED);
        assertThat(results.size()).as("tests that ran").isGreaterThan(500);
        assertThat(without(failed, knownFailures)).as("failed").isEmpty();
        assertThat(without(knownFailures, failed))
                .as("said to need what is not announced, and not failed")
                .isEmpty();
        assertThat(without(skipped, knownSkips))
                .as("skipped, and not among the known ones")
                .isEmpty();
        assertThat(without(knownSkips, skipped))
                .as("known as skipped, and not skipped")
                .isEmpty();
    }

    private static Set<String> names(Map<String, Tempest.Result> results, Tempest.Outcome outcome) {
        return results.entrySet().stream()
                .filter(entry -> entry.getValue().outcome() == outcome)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> without(Set<String> names, Set<String> others) {
        return names.stream().filter(Predicate.not(others::contains)).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The tests, and classes of tests, that stand as items of the page's lists. */
    private static Set<String> items(String beginning) throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith(beginning) && line.endsWith("`"))
                .map(line -> line.substring(beginning.length(), line.length() - 1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What the suites are told of this cloud: where it is, its way out, and the extensions that it announces. */
    private String configuration(Keystone keystone, Client administrator) throws Exception {
        String network = administrator
                .create(
                        "network",
                        Map.of(
                                "name",
                                "public",
                                "router:external",
                                true,
                                "provider:network_type",
                                "flat",
                                "provider:physical_network",
                                "public"))
                .get("id")
                .asString();
        administrator.create(
                "subnet",
                Map.of("network_id", network, "cidr", "172.24.4.0/22", "ip_version", 4, "enable_dhcp", false));
        administrator.create(
                "subnetpool",
                Map.of(
                        "name",
                        "default",
                        "prefixes",
                        List.of("10.192.0.0/16"),
                        "default_prefixlen",
                        26,
                        "is_default",
                        true,
                        "shared",
                        true));
        JsonNode extensions = administrator.get("/v2.0/extensions").get("extensions");
        String aliases = StreamSupport.stream(extensions.spliterator(), false)
                .map(extension -> extension.get("alias").asString())
                .sorted()
                .collect(Collectors.joining(","));
        return """
                    [auth]
                    use_dynamic_credentials = true
                    create_isolated_networks = false
                    admin_username = admin
                    admin_password = %1$s
                    admin_project_name = admin
                    admin_domain_name = Default
                    tempest_roles = member
                    [identity]
                    auth_version = v3
                    uri_v3 = %2$s
                    region = RegionOne
                    v3_endpoint_type = public
                    [identity-feature-enabled]
                    api_v2 = false
                    api_v3 = true
                    [network]
                    public_network_id = %3$s
                    endpoint_type = public
                    region = RegionOne
                    build_interval = 1
                    [network-feature-enabled]
                    api_extensions = %4$s
                    floating_ips = true
                    ipv6 = true
                    ipv6_subnet_attributes = true
                    [neutron_plugin_options]
                    available_type_drivers = flat,vxlan
                    create_shared_resources = true
                    [service_available]
                    neutron = true
                    nova = false
                    glance = false
                    cinder = false
                    swift = false
                    [oslo_concurrency]
                    lock_path = %5$s
                    """.formatted(Keystone.PASSWORD, keystone.url(), network, aliases, directory.resolve("locks"));
    }
}
