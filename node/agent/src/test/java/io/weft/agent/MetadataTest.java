package io.weft.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.weft.kernel.fixture.Host;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.protocol.Endpoint;
import io.weft.protocol.LocalPort;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.SubnetFact;
import io.weft.protocol.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metadata by stock curl in workloads of two tenants that have the same address on one node. */
class MetadataTest {
    private static final int NOVA = 8775;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void tenantsWithTheSameAddressEachReadTheirOwn() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "secret\n");
        Path userData = Files.createDirectory(directory.resolve("user-data"));
        List<String> options =
                List.of("--nova-metadata", "http://127.0.0.1:" + NOVA, "--nova-metadata-secret", secret.toString());
        try (AgentLab lab = new AgentLab(directory, options)) {
            lab.lab.closing(nova(lab.host("h1")));
            List<AgentLab.Guest> guests = List.of(
                    tenant(lab, 1, "", ""),
                    tenant(lab, 2, "vm-1", "compute:nova"),
                    tenant(lab, 3, "container", "weft:x"));
            Files.writeString(userData.resolve(guests.getFirst().port().toString()), "#cloud-config\n");
            lab.awaitReady("h1");
            for (AgentLab.Guest guest : guests) {
                lab.attach(guest);
                lab.dhclient(guest, "-4");
            }
            for (AgentLab.Guest guest : guests) {
                assertThat(guest.inside().require("ip", "-4", "route")).contains("169.254.169.254 dev eth0");
            }
            for (String service : List.of("http://169.254.169.254", "http://[fe80::a9fe:a9fe%25eth0]")) {
                lab.await(
                        "an answer at " + service,
                        () -> get(guests.getFirst(), service + "/latest/meta-data/instance-id")
                                .equals(guests.getFirst().port().toString()));
                assertThat(get(guests.getFirst(), service + "/latest/user-data"))
                        .isEqualTo("#cloud-config\n");
                assertThat(get(guests.get(2), service + "/openstack/latest/meta_data.json"))
                        .contains("\"uuid\":\"container\"", "\"project_id\":\"project-3\"");
                assertThat(get(guests.get(2), service + "/latest/user-data")).isEqualTo("404");
                String from = service.contains("[") ? "fe80::" : "10.0.9.9";
                assertThat(get(guests.get(1), service + "/latest/meta-data/"))
                        .startsWith("nova vm-1 project-2 "
                                + "8d8df128f7f73330977b8bd71fc9442bf6c491ce9b938aa95d11265d36ce09f5 " + from);
            }
            // A killed agent takes the namespace with it; the next one makes it anew.
            lab.agent("h1").destroyForcibly().waitFor();
            lab.startAgent("h1");
            lab.awaitReady("h1");
            lab.await(
                    "an answer of the next agent",
                    () -> get(guests.get(2), "http://169.254.169.254/latest/meta-data/instance-id")
                            .equals("container"));
            assertThat(guests.getFirst()
                            .inside()
                            .run("curl", "-sm1", "http://169.254.169.254:22/")
                            .succeeded())
                    .isFalse();
        }
    }

    private static String get(AgentLab.Guest guest, String url) {
        Host.Output output = guest.inside()
                .run(
                        "sh",
                        "-c",
                        "curl -gsfm5 '" + url + "' || curl -gsm5 -o /dev/null -w '%{http_code}' '" + url + "'");
        return output.output();
    }

    /** A port at 10.0.9.9 of a network of its own. */
    private static AgentLab.Guest tenant(AgentLab lab, int number, String device, String owner) {
        UUID network = new UUID('x', number);
        UUID subnet = new UUID('y', number);
        IpPrefix prefix = IpPrefix.parse("10.0.9.0/24");
        IpAddress address = IpAddress.parse("10.0.9.9");
        MacAddress mac = new MacAddress(0xfa163ebb0000L + number);
        UUID port = UUID.fromString(String.format("%08x-0000-4000-8000-000000000000", 0xdef00000L + number));
        Topic topic = Topic.network(network);
        lab.server.publish(List.of(
                TestServer.put(topic, new NetworkFact(network, 900 + number, 1450, true)),
                TestServer.put(
                        topic,
                        new SubnetFact(
                                subnet,
                                network,
                                prefix,
                                Optional.empty(),
                                true,
                                Ipv6Mode.NONE,
                                Ipv6Mode.NONE,
                                List.of(),
                                List.of())),
                TestServer.put(topic, new Endpoint(port, network, "h1", mac, List.of(address), List.of(), true, true)),
                TestServer.put(
                        Topic.node("h1"),
                        new LocalPort(
                                port,
                                network,
                                true,
                                mac,
                                List.of(new LocalPort.LocalAddress(subnet, address)),
                                List.of(),
                                true,
                                Optional.empty(),
                                "",
                                List.of(),
                                device,
                                owner,
                                "project-" + number))));
        return new AgentLab.Guest(port, 0, "h1", mac, address, address, lab.lab.host("tenant" + number));
    }

    /** Says who asks, by the headers that only the node can have written. */
    private static AutoCloseable nova(Host host) {
        HttpServer server =
                host.call(() -> HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), NOVA), 16));
        server.createContext("/", exchange -> {
            String said = "nova " + header(exchange, "X-Instance-ID") + " " + header(exchange, "X-Tenant-ID") + " "
                    + header(exchange, "X-Instance-ID-Signature") + " " + header(exchange, "X-Forwarded-For");
            byte[] content = said.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
        return () -> server.stop(0);
    }

    private static String header(com.sun.net.httpserver.HttpExchange exchange, String name) throws IOException {
        String value = exchange.getRequestHeaders().getFirst(name);
        if (value == null) {
            throw new IOException(name + " is missing");
        }
        return value;
    }
}
