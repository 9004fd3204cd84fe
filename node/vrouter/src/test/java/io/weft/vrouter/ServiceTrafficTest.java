package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.weft.kernel.fixture.Host;
import io.weft.kernel.fixture.Lab;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.Neighbour;
import io.weft.kernel.netlink.Route;
import io.weft.kernel.socket.Offload;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.vrouter.DataCentre.Gateway;
import io.weft.vrouter.DataCentre.Guest;
import io.weft.vrouter.DataCentre.Site;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real requests to the node's services by two tenants with the same addresses at once. */
class ServiceTrafficTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MEGABYTE = 1 << 20;
    private static final int ONLY_METADATA = 11;
    private static final int NOTHING = 12;
    private static final List<String> HOSTS = List.of("169.254.169.254", "[fe80::a9fe:a9fe%25eth0]");

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "offloads: {0}")
    @ValueSource(booleans = {true, false})
    void tenantsWithTheSameAddressAreToldApart(boolean offloads) throws IOException {
        try (DataCentre centre = new DataCentre(false)) {
            Site site = centre.site("one");
            centre.network(100, false, false, false);
            centre.network(200, false, false, false);
            Gateway red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
            Gateway blue = centre.gateway(2, 200, "10.0.1.0/24", "2001:db8:1::/64");
            // One asks through its router's MAC, the other finds the services by ARP.
            List<Guest> guests = List.of(centre.guest("r1", site, red, 11), centre.guest("b1", site, blue, 11));
            centre.publish();
            Host services = services(centre, site, guests);
            Guest blueGuest = guests.getLast();
            blueGuest
                    .inside()
                    .netlink()
                    .addRoute(Route.onLink(
                            IpPrefix.parse("169.254.169.254/32"),
                            blueGuest.inside().index("eth0")));
            if (!offloads) {
                for (Host host :
                        List.of(site.host(), services, guests.getFirst().inside(), blueGuest.inside())) {
                    for (String link : List.of("eth0", "services", "port1", "port2")) {
                        if (host.netlink().link(link).isPresent()) {
                            for (Offload offload : Offload.values()) {
                                offload.set(host.namespace(), link, false);
                            }
                        }
                    }
                }
            }
            byte[] content = new byte[3 * MEGABYTE];
            ThreadLocalRandom.current().nextBytes(content);
            Path sent = Files.write(directory.resolve("sent"), content);
            try (var _ = Echo.start(services)) {
                for (Guest guest : guests) {
                    for (String host : HOSTS) {
                        exchanges(centre, guest, host, sent);
                    }
                }
                rulesDecideWhatAGuestMayAskAndNothingElse(centre, guests.getFirst(), sent);
            }
            for (String family : List.of("4", "6")) {
                Process echo = services.start("socat", "UDP" + family + "-RECVFROM:53,fork", "EXEC:cat");
                String to = family.equals("4") ? "169.254.169.254" : "[fe80::a9fe:a9fe%eth0]";
                for (Guest guest : guests) {
                    Lab.await(
                            "a datagram's echo in " + guest.name(),
                            LIMIT,
                            () -> guest.inside()
                                    .run(
                                            "sh",
                                            "-c",
                                            "echo " + guest.name() + " | socat -t1 - UDP" + family + ":" + to + ":53")
                                    .output()
                                    .equals(guest.name() + "\n"));
                }
                echo.destroy();
            }
        }
    }

    private void exchanges(DataCentre centre, Guest guest, String host, Path sent) throws IOException {
        Path received = directory.resolve("received");
        Host.Output output = guest.inside()
                .run(
                        "curl",
                        "-sS",
                        "-m",
                        "30",
                        "--data-binary",
                        "@" + sent,
                        "-o",
                        received.toString(),
                        "-w",
                        "%header{peer}",
                        "http://" + host + "/");
        assertThat(output.output())
                .as(guest + centre.drops())
                .isEqualTo(inside(guest, host.startsWith("169")).toString());
        assertThat(Files.mismatch(sent, received)).isEqualTo(-1);
    }

    private void rulesDecideWhatAGuestMayAskAndNothingElse(DataCentre centre, Guest guest, Path sent)
            throws IOException {
        Tables tables = guest.site().vrouter().tables();
        tables.ruleSets().put(ONLY_METADATA, new RuleSet(1, false));
        tables.ruleSets().put(NOTHING, new RuleSet(1, false));
        for (IpFamily family : IpFamily.values()) {
            tables.policy()
                    .put(
                            new PolicyKey(
                                    ONLY_METADATA,
                                    PeerClassKey.NOBODY,
                                    PolicyKey.Direction.EGRESS,
                                    family,
                                    Packets.TCP,
                                    80,
                                    16),
                            new PolicyVerdict(true, true, 1, 2));
        }
        for (String host : HOSTS) {
            centre.guard(guest, ONLY_METADATA);
            exchanges(centre, guest, host, sent);
            centre.guard(guest, NOTHING);
            assertThat(guest.inside()
                            .run("curl", "-s", "-m", "1", "http://" + host + "/")
                            .succeeded())
                    .isFalse();
        }
        assertThat(guest.site().vrouter().counters(guest.number()).drops(DropReason.POLICY_EGRESS))
                .isPositive();
        centre.guard(guest, 0);
    }

    private static IpAddress inside(Guest guest, boolean ipv4) {
        return ipv4
                ? IpAddress.ofIpv4(0x64400000 | guest.number() << 6)
                : IpAddress.ofIpv6(0xfd57454654000000L, guest.number());
    }

    /** A namespace as the agent makes it, with all ports as its clients. */
    private static Host services(DataCentre centre, Site site, List<Guest> guests) {
        Host services = centre.lab().host("services");
        services.sysctl("ipv6/conf/default/addr_gen_mode", "1");
        centre.lab().connect(site.host(), LinkEnd.of("services"), services, LinkEnd.of("eth0"));
        services.address("eth0", "169.254.169.254/16").address("eth0", "fe80::a9fe:a9fe/64");
        int device = services.index("eth0");
        IpAddress gateway4 = IpAddress.parse("169.254.0.1");
        IpAddress gateway6 = IpAddress.parse("fe80::1");
        MacAddress mac = MacAddress.parse("02:57:45:46:54:01");
        services.netlink().setNeighbour(Neighbour.permanent(device, gateway4, mac));
        services.netlink().setNeighbour(Neighbour.permanent(device, gateway6, mac));
        services.netlink().addRoute(Route.via(IpPrefix.parse("100.64.0.0/10"), gateway4));
        services.netlink()
                .addRoute(new Route(
                        IpPrefix.parse("fd57:4546:5400::/48"),
                        Optional.of(gateway6),
                        device,
                        Optional.empty(),
                        Route.MAIN,
                        0));
        Tables tables = site.vrouter().tables();
        tables.services().put(0, new Services(site.host().index("services")));
        for (Guest guest : guests) {
            IpAddress linkLocal = guest.mac().eui64Address(IpPrefix.parse("fe80::/64"));
            for (IpAddress own : List.of(guest.ipv4(), linkLocal)) {
                IpAddress inside = inside(guest, own.isIpv4());
                tables.serviceClients().put(new ServiceClientKey(guest.number(), own), inside);
                tables.serviceAddresses().put(inside, new ServiceAddress(guest.ifindex(), own));
            }
        }
        site.host()
                .namespace()
                .run(() -> site.vrouter().attachService(site.host().index("services")));
        return services;
    }

    /** Sends back what it is sent, and says who it was. */
    private record Echo(List<HttpServer> servers) implements AutoCloseable {
        static Echo start(Host host) {
            // By number: the Java runtime looks names of devices up in a namespace of its own choice.
            String address6 = "fe80::a9fe:a9fe%" + host.index("eth0");
            List<HttpServer> servers = host.call(() -> List.of(
                    HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("169.254.169.254"), 80), 16),
                    HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral(address6), 80), 16)));
            for (HttpServer server : servers) {
                server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
                server.createContext("/", exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    exchange.getResponseHeaders()
                            .set(
                                    "Peer",
                                    IpAddress.ofBytes(exchange.getRemoteAddress()
                                                    .getAddress()
                                                    .getAddress())
                                            .toString());
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
                server.start();
            }
            return new Echo(servers);
        }

        @Override
        public void close() {
            servers.forEach(server -> server.stop(0));
        }
    }
}
