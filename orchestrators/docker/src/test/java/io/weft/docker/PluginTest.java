package io.weft.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.client.FloatingIp;
import io.weft.client.Network;
import io.weft.client.NetworkAttributes;
import io.weft.client.NeutronClient;
import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Query;
import io.weft.client.Router;
import io.weft.client.SecurityGroup;
import io.weft.client.SecurityGroupAttributes;
import io.weft.client.Subnet;
import io.weft.client.SubnetAttributes;
import io.weft.client.SubnetPoolAttributes;
import io.weft.docker.socket.EngineClient;
import io.weft.model.IpPrefix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An engine's requests in its order, and what is in Neutron then. */
class PluginTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String MAC = "02:42:00:00:00:05";

    @TempDir
    private Path directory;

    private Installation installation;
    private NeutronClient neutron;
    private SmallEngine engine;
    private final Set<UUID> attached = new HashSet<>();
    private DockerPlugin plugin;

    @BeforeEach
    void start() {
        installation = new Installation(directory.resolve("store"));
        neutron = installation.client();
        engine = new SmallEngine(directory.resolve("docker.sock"));
        plugin = new DockerPlugin(
                new PluginSettings(
                        directory.resolve("weft.sock"), PluginSettings.Scope.LOCAL, directory.resolve("docker.sock")),
                neutron,
                new Devices(),
                new Recent(Duration.ZERO));
    }

    @AfterEach
    void stop() throws IOException {
        engine.close();
        neutron.close();
        installation.close();
    }

    /** A node that makes no devices. */
    private final class Devices implements Workloads {
        @Override
        public String host() {
            return "host1";
        }

        @Override
        public String attach(UUID port) {
            attached.add(port);
            return "wd" + port.toString().substring(0, 11);
        }

        @Override
        public void detach(UUID port) {
            attached.remove(port);
        }

        @Override
        public Set<UUID> attached() {
            return Set.copyOf(attached);
        }
    }

    @SuppressWarnings("AnnotateFormatMethod") // Error Prone's annotations are not among the dependencies
    private JsonNode post(String method, String body, Object... values) {
        byte[] answer = plugin.answer("/" + method, body.formatted(values).getBytes(StandardCharsets.UTF_8));
        return JSON.readTree(answer);
    }

    private JsonNode done(String method, String body, Object... values) {
        JsonNode answer = post(method, body, values);
        assertThat(answer.path("Err").asString("")).as(method).isEmpty();
        return answer;
    }

    private JsonNode pool(String cidr, String options) {
        return done("IpamDriver.RequestPool", """
                {"AddressSpace": "weft-local", "Pool": "%s", "SubPool": "", "Options": {%s}, "V6": %s}""", cidr, options, cidr.contains(":"));
    }

    private JsonNode create(String id, String options, JsonNode... pools) {
        StringBuilder four = new StringBuilder();
        StringBuilder six = new StringBuilder();
        for (JsonNode pool : pools) {
            StringBuilder to = pool.get("Pool").asString().contains(":") ? six : four;
            to.append(to.isEmpty() ? "" : ",")
                    .append("{\"AddressSpace\":\"weft-local\",\"Pool\":\"%s\",\"Gateway\":\"%s\"}"
                            .formatted(
                                    pool.get("Pool").asString(),
                                    pool.get("Data")
                                            .get("com.docker.network.gateway")
                                            .asString()));
        }
        return post("NetworkDriver.CreateNetwork", """
                {"NetworkID": "%s", "Options": {"com.docker.network.generic": {%s}}, "IPv4Data": [%s], "IPv6Data": [%s]}""", id, options, four, six);
    }

    private static String id(int number) {
        return "%016x".formatted((long) number << 16).repeat(4);
    }

    private String address(JsonNode pool, String address) {
        return done("IpamDriver.RequestAddress", """
                        {"PoolID": "%s", "Address": "%s", "Options": {"com.docker.network.endpoint.macaddress": "%s"}}""", pool.get("PoolID").asString(), address, MAC)
                .get("Address")
                .asString();
    }

    private void endpoint(String network, String endpoint, String four, String six, String options) {
        done("NetworkDriver.CreateEndpoint", """
                {"NetworkID": "%s", "EndpointID": "%s", "Options": {%s},
                 "Interface": {"Address": "%s", "AddressIPv6": "%s", "MacAddress": "%s"}}""", network, endpoint, options, four, six, MAC);
    }

    private static String both(String network, String endpoint) {
        return "{\"NetworkID\": \"%s\", \"EndpointID\": \"%s\"}".formatted(network, endpoint);
    }

    private void release(JsonNode pool, String address) {
        done(
                "IpamDriver.ReleaseAddress",
                "{\"PoolID\": \"%s\", \"Address\": \"%s\"}",
                pool.get("PoolID").asString(),
                address.substring(0, address.indexOf('/')));
    }

    private List<Port> containerPorts() {
        return neutron.ports().list(Query.where("device_owner", "kuryr:container"));
    }

    private Network kuryrNetwork(String id) {
        return neutron.networks()
                .list(Query.tagged("kuryr.net.uuid.lh:" + id.substring(0, 32), "kuryr.net.uuid.uh:" + id.substring(32)))
                .getFirst();
    }

    private Subnet subnet(Network network, String name, String cidr) {
        return neutron.subnets()
                .create(SubnetAttributes.of(network.id(), 4).name(name).cidr(IpPrefix.parse(cidr)));
    }

    @Test
    void aSwarmsNetworkIsItsManagersAndItsPortsAreTheNodes() {
        String network = "i4ivssv41vi8xvh0wiqy4j015";
        String data =
                "\"IPv4Data\": [{\"AddressSpace\": \"%s\", \"Gateway\": \"10.70.0.1/24\", \"Pool\": \"10.70.0.0/24\"}]";
        String allocate = "{\"NetworkID\": \"" + network + "\", \"Options\": {}, " + data + ", \"IPv6Data\": null}";
        pool("10.70.0.0/24", "");
        assertThat(post("NetworkDriver.AllocateNetwork", allocate, "")
                        .path("Err")
                        .asString())
                .contains("leave out --ipam-driver");
        done("NetworkDriver.AllocateNetwork", allocate, "");
        done("NetworkDriver.AllocateNetwork", allocate, "");
        List<Network> made = neutron.networks().list(Query.tagged("docker.swarm"));
        assertThat(made).hasSize(1);
        UUID id = made.getFirst().id();
        assertThat(neutron.subnets().list(Query.where("network_id", id)))
                .extracting(Subnet::cidr)
                .containsExactly(IpPrefix.parse("10.70.0.0/24"));

        String create = "{\"NetworkID\": \"" + network + "\", \"Options\": {%s}, " + data + ", \"IPv6Data\": []}";
        done("NetworkDriver.CreateNetwork", create, "", "LocalDefault");
        assertThat(post("NetworkDriver.CreateNetwork", create, "\"com.docker.network.internal\": true", "LocalDefault")
                        .path("Err")
                        .asString())
                .contains("internal");
        assertThat(neutron.networks().list(Query.tagged("docker.swarm"))).hasSize(1);

        JsonNode endpoint = done("NetworkDriver.CreateEndpoint", """
                {"NetworkID": "%s", "EndpointID": "%s", "Options": {},
                 "Interface": {"Address": "10.70.0.3/24", "AddressIPv6": "", "MacAddress": ""}}""", network, id(1));
        Port port = containerPorts().getFirst();
        assertThat(endpoint.get("Interface").get("MacAddress").asString())
                .isEqualTo(port.macAddress().toString());
        assertThat(port.deviceId()).isEqualTo(id(1));
        assertThat(port.host()).isEqualTo("host1");
        assertThat(port.fixedIps()).hasSize(1);
        done("NetworkDriver.Join", both(network, id(1)));
        assertThat(attached).containsExactly(port.id());

        done("NetworkDriver.Leave", both(network, id(1)));
        done("NetworkDriver.DeleteEndpoint", both(network, id(1)));
        assertThat(containerPorts()).isEmpty();
        done("NetworkDriver.DeleteNetwork", "{\"NetworkID\": \"%s\"}", network);
        assertThat(neutron.networks().find(id)).isPresent();
        // A node that is lost leaves its ports behind.
        done("NetworkDriver.CreateEndpoint", """
                {"NetworkID": "%s", "EndpointID": "%s", "Options": {},
                 "Interface": {"Address": "10.70.0.4/24", "AddressIPv6": "", "MacAddress": ""}}""", network, id(2));
        done("NetworkDriver.FreeNetwork", "{\"NetworkID\": \"%s\"}", network);
        assertThat(neutron.networks().find(id)).isEmpty();
        assertThat(containerPorts()).isEmpty();
    }

    @Test
    void aNetworkAndAContainerOfBothFamiliesComeAndGo() {
        JsonNode four = pool("10.1.0.0/24", "");
        JsonNode six = pool("fd01::/64", "");
        assertThat(create(id(1), "", four, six).has("Err")).isFalse();
        Network network = kuryrNetwork(id(1));
        assertThat(network.name()).isEqualTo("kuryr-net-" + id(1).substring(0, 8));

        String a = address(four, "10.1.0.20");
        String b = address(six, "");
        assertThat(a).isEqualTo("10.1.0.20/24");
        assertThat(containerPorts()).singleElement().satisfies(port -> {
            assertThat(port.name()).isEqualTo("kuryr-unbound-port");
            assertThat(port.host()).isEqualTo("host1");
            assertThat(port.fixedIps()).hasSize(2);
        });
        endpoint(id(1), id(2), a, b, "");
        JsonNode join = done("NetworkDriver.Join", both(id(1), id(2)));
        Port port = containerPorts().getFirst();
        assertThat(port.deviceId()).isEqualTo(id(2));
        assertThat(port.name()).isEqualTo(id(2) + "-port");
        assertThat(attached).containsExactly(port.id());
        assertThat(join.get("Gateway").asString()).isEqualTo("10.1.0.1");
        assertThat(join.get("GatewayIPv6").asString()).isEqualTo("fd01::1");
        assertThat(done("NetworkDriver.EndpointOperInfo", both(id(1), id(2)))
                        .get("Value")
                        .get("neutron.port.uuid")
                        .asString())
                .isEqualTo(port.id().toString());

        done("NetworkDriver.Leave", both(id(1), id(2)));
        done("NetworkDriver.DeleteEndpoint", both(id(1), id(2)));
        assertThat(attached).isEmpty();
        assertThat(containerPorts()).as("the engine has the addresses yet").hasSize(1);
        release(four, a);
        assertThat(containerPorts().getFirst().fixedIps()).hasSize(1);
        release(six, b);
        assertThat(containerPorts()).isEmpty();
        done(
                "IpamDriver.ReleasePool",
                "{\"PoolID\": \"%s\"}",
                four.get("PoolID").asString());
        done("NetworkDriver.DeleteNetwork", "{\"NetworkID\": \"%s\"}", id(1));
        assertThat(neutron.networks().list(Query.ALL)).isEmpty();
        done("NetworkDriver.DeleteNetwork", "{\"NetworkID\": \"%s\"}", id(1));
    }

    @Test
    void anExistingSubnetIsUsedAndLeftAsItWas() {
        Network network = neutron.networks().create(NetworkAttributes.NONE.name("web"));
        Subnet subnet = subnet(network, "web4", "10.2.0.0/24");
        JsonNode byName = pool("", "\"neutron.subnet.name\": \"web4\"");
        assertThat(byName.get("Pool").asString()).isEqualTo("10.2.0.0/24");
        assertThat(create(id(1), "", byName).has("Err")).isFalse();
        JsonNode byPrefix = pool("10.2.0.0/24", "");
        assertThat(create(id(2), "\"neutron.net.name\": \"web\"", byPrefix).has("Err"))
                .isFalse();
        String address = address(byPrefix, "");
        assertThat(containerPorts().getFirst().networkId()).isEqualTo(network.id());
        release(byPrefix, address);

        done("NetworkDriver.DeleteNetwork", "{\"NetworkID\": \"%s\"}", id(1));
        assertThat(neutron.networks().show(network.id()).tags())
                .contains("kuryr.net.existing")
                .hasSize(4);
        done("NetworkDriver.DeleteNetwork", "{\"NetworkID\": \"%s\"}", id(2));
        assertThat(neutron.networks().show(network.id()).tags()).isEmpty();
        assertThat(neutron.subnets().show(subnet.id()).cidr()).isEqualTo(IpPrefix.parse("10.2.0.0/24"));
        assertThat(containerPorts()).isEmpty();
    }

    @Test
    void aNetworkThatAnotherEngineUsesGoesAfterThatOne() {
        create(id(1), "", pool("10.11.0.0/24", ""));
        Network network = kuryrNetwork(id(1));
        create(id(2), "\"neutron.net.uuid\": \"%s\"".formatted(network.id()), pool("10.11.0.0/24", ""));
        assertThat(post("NetworkDriver.DeleteNetwork", "{\"NetworkID\": \"%s\"}", id(1))
                        .get("Err")
                        .asString())
                .contains("is used by Docker networks of other engines");
        done("NetworkDriver.DeleteNetwork", "{\"NetworkID\": \"%s\"}", id(2));
        assertThat(neutron.networks().show(network.id()).tags()).doesNotContain("kuryr.net.existing");
        Port machine = neutron.ports().create(PortAttributes.on(network.id()).deviceId("vm"));
        assertThat(post("NetworkDriver.DeleteNetwork", "{\"NetworkID\": \"%s\"}", id(1))
                        .get("Err")
                        .asString())
                .contains("is used by port " + machine.id());
        neutron.ports().delete(machine.id());
        done("NetworkDriver.DeleteNetwork", "{\"NetworkID\": \"%s\"}", id(1));
        assertThat(neutron.networks().list(Query.ALL)).isEmpty();
    }

    @Test
    void aPreparedPortIsUsedByItsAddressAndFreeAgainAfterwards() {
        Network network = neutron.networks().create(NetworkAttributes.NONE.name("web"));
        subnet(network, "web4", "10.3.0.0/24");
        Port prepared = neutron.ports().create(PortAttributes.on(network.id()).name("mine"));
        JsonNode pool = pool("", "\"neutron.subnet.name\": \"web4\"");
        create(id(1), "", pool);
        String address =
                address(pool, prepared.fixedIps().getFirst().ipAddress().toString());
        endpoint(id(1), id(2), address, "", "");
        Port used = neutron.ports().show(prepared.id());
        assertThat(used.name()).isEqualTo("mine");
        assertThat(used.macAddress()).hasToString(MAC);
        assertThat(used.tags()).contains("kuryr.port.existing");
        done("NetworkDriver.DeleteEndpoint", both(id(1), id(2)));
        release(pool, address);
        Port free = neutron.ports().show(prepared.id());
        assertThat(free.host()).isEmpty();
        assertThat(free.deviceId()).isEmpty();
        assertThat(free.deviceOwner()).isEmpty();
        assertThat(free.tags()).isEmpty();
    }

    @Test
    void securityGroupsComeFromTheNetworkOrFromTheEndpoint() {
        UUID closed = neutron.securityGroups()
                .create(SecurityGroupAttributes.named("closed"))
                .id();
        UUID open = neutron.securityGroups()
                .create(SecurityGroupAttributes.named("open"))
                .id();
        JsonNode pool = pool("10.4.0.0/24", "");
        create(id(1), "\"weft.security-groups\": \"closed\"", pool);
        String address = address(pool, "");
        endpoint(id(1), id(2), address, "", "");
        assertThat(containerPorts().getFirst().securityGroups()).containsExactly(closed);
        done("NetworkDriver.DeleteEndpoint", both(id(1), id(2)));
        endpoint(id(1), id(3), address, "", "\"weft.security-groups\": \"open\", \"weft.tags\": \"blue,green\"");
        assertThat(containerPorts().getFirst().securityGroups()).containsExactly(open);
        assertThat(containerPorts().getFirst().tags()).containsExactlyInAnyOrder("blue", "green");
    }

    @Test
    void publishedPortsAreForwardedWhereARouterLeadsOutAndGoWithTheContainer() {
        Network external = neutron.networks()
                .create(NetworkAttributes.NONE
                        .name("public")
                        .external(true)
                        .with("provider:network_type", "flat")
                        .with("provider:physical_network", "public"));
        subnet(external, "public4", "203.0.113.0/24");
        JsonNode pool = pool("10.5.0.0/24", "");
        assertThat(create(id(1), "\"weft.nat\": \"public\"", pool).has("Err")).isFalse();
        assertThat(neutron.routers().list(Query.ALL))
                .singleElement()
                .extracting(Router::name)
                .isEqualTo("kuryr-router-" + id(1).substring(0, 8));
        String address = address(pool, "");
        endpoint(id(1), id(2), address, "", "");
        String ports = """
                {"NetworkID": "%s", "EndpointID": "%s", "Options": {"com.docker.network.portmap": [
                  {"Proto": 6, "IP": "", "Port": 80, "HostIP": "", "HostPort": 8080, "HostPortEnd": 8080}]}}""";
        done("NetworkDriver.ProgramExternalConnectivity", ports, id(1), id(2));
        FloatingIp floating = neutron.floatingIps().list(Query.ALL).getFirst();
        assertThat(neutron.portForwardings(floating.id()).list(Query.ALL))
                .singleElement()
                .satisfies(f -> {
                    assertThat(f.externalPort()).isEqualTo(8080);
                    assertThat(f.internalPort()).isEqualTo(80);
                });
        Port port = containerPorts().getFirst();
        List<SecurityGroup> exposed = neutron.securityGroups().list(Query.named(port.id() + "-exposed_ports"));
        assertThat(port.securityGroups()).contains(exposed.getFirst().id());

        done("NetworkDriver.RevokeExternalConnectivity", both(id(1), id(2)));
        done("NetworkDriver.DeleteEndpoint", both(id(1), id(2)));
        assertThat(neutron.floatingIps().list(Query.ALL)).isEmpty();
        assertThat(neutron.securityGroups().list(Query.named(port.id() + "-exposed_ports")))
                .isEmpty();
        release(pool, address);
        done("NetworkDriver.DeleteNetwork", "{\"NetworkID\": \"%s\"}", id(1));
        assertThat(neutron.routers().list(Query.ALL)).isEmpty();
        assertThat(neutron.networks().list(Query.ALL)).extracting(Network::name).containsExactly("public");
    }

    @Test
    void aSubnetPoolGivesAPrefixThatIsFree() {
        neutron.subnetPools()
                .create(SubnetPoolAttributes.of("pool", List.of(IpPrefix.parse("10.6.0.0/16")))
                        .defaultPrefixLength(24));
        JsonNode one = pool("", "\"neutron.pool.name\": \"pool\"");
        assertThat(create(id(1), "", one).has("Err")).isFalse();
        JsonNode two = pool("", "\"neutron.pool.name\": \"pool\"");
        assertThat(create(id(2), "", two).has("Err")).isFalse();
        assertThat(one.get("Pool").asString()).isEqualTo("10.6.0.0/24");
        assertThat(two.get("Pool").asString()).isEqualTo("10.6.1.0/24");
        assertThat(neutron.subnets().list(Query.ALL))
                .allSatisfy(s -> assertThat(s.subnetPoolId()).isPresent());
    }

    @Test
    void aNetworkThatCannotBeLeavesNothingBehind() {
        JsonNode pool = pool("10.7.0.0/24", "");
        assertThat(create(id(1), "\"weft.nat\": \"nowhere\"", pool).get("Err").asString())
                .contains("there is no network 'nowhere'");
        assertThat(create(id(2), "\"weft.security-groups\": \"nobody\"", pool("10.7.0.0/24", ""))
                        .get("Err")
                        .asString())
                .contains("nobody");
        assertThat(create(id(3), "\"neutron.net.name\": \"x\"", pool("10.7.0.0/24", ""))
                        .get("Err")
                        .asString())
                .contains("there is no network 'x'");
        assertThat(neutron.networks().list(Query.ALL)).isEmpty();
        assertThat(post(
                                "IpamDriver.RequestAddress",
                                "{\"PoolID\": \"%s\", \"Address\": \"\", \"Options\": null}",
                                UUID.randomUUID())
                        .get("Err")
                        .asString())
                .contains("serves weft networks alone");
    }

    @Test
    void anAddressOfAnotherIsRefusedAndStaysWithIt() {
        Network network = neutron.networks().create(NetworkAttributes.NONE.name("web"));
        subnet(network, "web4", "10.8.0.0/24");
        Port machine = neutron.ports()
                .create(PortAttributes.on(network.id())
                        .deviceOwner("compute:nova")
                        .deviceId("vm"));
        JsonNode pool = pool("", "\"neutron.subnet.name\": \"web4\"");
        create(id(1), "", pool);
        String taken = machine.fixedIps().getFirst().ipAddress().toString();
        assertThat(post("IpamDriver.RequestAddress", """
                                {"PoolID": "%s", "Address": "%s",
                                 "Options": {"com.docker.network.endpoint.macaddress": "%s"}}""", pool.get("PoolID").asString(), taken, MAC)
                        .get("Err")
                        .asString())
                .contains("belongs to port " + machine.id());
        release(pool, taken + "/24");
        assertThat(neutron.ports().show(machine.id())).isEqualTo(machine);
    }

    @Test
    @Timeout(60)
    void theLabelsOfAContainerBecomeTagsOfItsPortAndGoWithIt() {
        Network network = neutron.networks().create(NetworkAttributes.NONE.name("web"));
        subnet(network, "web4", "10.11.0.0/24");
        Port prepared = neutron.ports().create(PortAttributes.on(network.id()));
        String taken = prepared.fixedIps().getFirst().ipAddress().toString();
        JsonNode pool = pool("", "\"neutron.subnet.name\": \"web4\"");
        create(id(1), "", pool);
        endpoint(id(1), id(2), address(pool, taken), "", "");
        engine.answers("/containers/json", "[{\"Id\": \"%s\"}]".formatted(id(8)));
        String labels =
                "{\"Config\": {\"Labels\": {%s}}, \"NetworkSettings\": {\"Networks\": {\"n\": {\"EndpointID\": \"%s\"}}}}";
        engine.answers(
                "/containers/" + id(8) + "/json", labels.formatted("\"tier\": \"web\", \"path\": \"/srv\"", id(2)));
        engine.answers("/containers/" + id(9) + "/json", labels.formatted("\"late\": \"\"", id(2)));
        engine.answers(LabelKeeper.EVENTS, """
                {"Actor": {"Attributes": {"container": "%s", "type": "bridge"}}}
                no JSON
                {"Actor": {"Attributes": {"container": "%s", "type": "weft"}}}
                """.formatted(id(7), id(9)));
        try (LabelKeeper keeper =
                new LabelKeeper(neutron, "host1", new EngineClient(directory.resolve("docker.sock")), "weft")) {
            keeper.start();
            List<String> wanted = List.of("docker.label:late=", "docker.label:tier=web", "kuryr.port.existing");
            while (!neutron.ports().show(prepared.id()).tags().equals(wanted)) {
                Thread.onSpinWait();
            }
        }
        done("NetworkDriver.DeleteEndpoint", both(id(1), id(2)));
        release(pool, taken + "/24");
        assertThat(neutron.ports().show(prepared.id()).tags()).isEmpty();
    }

    @Test
    void theCheckFindsAndRemovesWhatTheEngineDoesNotHave() throws IOException {
        JsonNode pool = pool("10.9.0.0/24", "");
        create(id(1), "", pool);
        JsonNode other = pool("10.10.0.0/24", "");
        create(id(5), "", other);
        endpoint(id(1), id(2), address(pool, ""), "", "");
        address(other, "");
        engine.answers(
                "/networks",
                "[{\"Id\": \"%s\", \"Driver\": \"weft\"}, {\"Id\": \"x\", \"Driver\": \"bridge\"}]".formatted(id(1)));
        engine.answers(
                "/networks/" + id(1),
                "{\"Containers\": {\"c\": {\"Name\": \"web\", \"EndpointID\": \"%s\"}}}".formatted(id(2)));
        assertThat(plugin.check().run(false))
                .extracting(DockerCheck.Finding::kind)
                .containsExactlyInAnyOrder("port", "network");
        assertThat(plugin.check().run(true)).hasSize(2).allMatch(DockerCheck.Finding::repaired);
        assertThat(plugin.check().run(false)).isEmpty();
        assertThat(neutron.networks().list(Query.ALL)).hasSize(1);

        neutron.ports().delete(containerPorts().getFirst().id());
        assertThat(plugin.check().run(true)).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo("container");
            assertThat(finding.id()).isEqualTo("web");
            assertThat(finding.repaired()).isFalse();
        });
    }
}
