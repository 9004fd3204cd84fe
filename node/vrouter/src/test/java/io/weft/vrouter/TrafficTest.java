package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.fixture.Host;
import io.weft.kernel.fixture.Lab;
import io.weft.model.IpFamily;
import io.weft.vrouter.DataCentre.Gateway;
import io.weft.vrouter.DataCentre.Guest;
import io.weft.vrouter.DataCentre.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real packets of real stacks between guests on two hosts, the underlay routed and of either family. */
class TrafficTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int CALLS = 7;
    private static final int CALLED = 8;

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "IPv6 underlay: {0}")
    @ValueSource(booleans = {false, true})
    void allGuestsOfOneRouterTalkAndStrangersDoNot(boolean ipv6Underlay) throws IOException {
        try (DataCentre centre = new DataCentre(ipv6Underlay)) {
            Site one = centre.site("one");
            Site two = centre.site("two");
            centre.network(100, false, false, false);
            centre.network(200, false, false, false);
            centre.network(300, false, false, false);
            Gateway red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
            Gateway blue = centre.gateway(1, 200, "10.0.2.0/24", "2001:db8:2::/64");
            Gateway foreign = centre.gateway(2, 300, "10.0.1.0/24", "2001:db8:1::/64");
            Guest r1 = centre.guest("r1", one, red, 11);
            Guest r2 = centre.guest("r2", one, red, 12);
            Guest r3 = centre.guest("r3", two, red, 13);
            Guest b1 = centre.guest("b1", one, blue, 11);
            Guest b2 = centre.guest("b2", two, blue, 12);
            Guest f1 = centre.guest("f1", two, foreign, 14);
            centre.publish();

            for (Guest to : new Guest[] {r2, r3, b1, b2}) {
                talks(centre, r1, to);
            }
            pings(centre, r1, red.ipv4().toString());
            pings(centre, r1, blue.ipv6().toString());
            pings(centre, r1, blue.ipv4().toString(), "-s", "4000");
            assertThat(r1.inside()
                            .run("ping", "-c1", "-W1", f1.ipv4().toString())
                            .succeeded())
                    .isFalse();
        }
    }

    /** Two routers join the same networks: one end's default route is by the first of them, the other's by the second. */
    @ParameterizedTest(name = "IPv6 underlay: {0}")
    @ValueSource(booleans = {false, true})
    void questionsMayTakeOneRouterAndAnswersAnother(boolean ipv6Underlay) throws IOException {
        try (DataCentre centre = new DataCentre(ipv6Underlay)) {
            Site one = centre.site("one");
            Site two = centre.site("two");
            centre.network(100, false, false, false);
            centre.network(200, false, false, false);
            Gateway red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
            centre.gateway(1, 200, "10.0.2.0/24", "2001:db8:2::/64");
            centre.gateway(2, 100, "10.0.1.0/24", "2001:db8:1::/64", 2);
            Gateway blue = centre.gateway(2, 200, "10.0.2.0/24", "2001:db8:2::/64", 2);
            Guest client = centre.guest("client", one, red, 11);
            Guest near = centre.guest("near", one, blue, 12);
            Guest far = centre.guest("far", two, blue, 13);
            centre.publish();
            // Whoever calls may call, and whoever is called may be; all else is an answer, or ends.
            rules(one, CALLS, PolicyKey.Direction.EGRESS);
            centre.guard(client, CALLS);
            for (Guest server : new Guest[] {near, far}) {
                rules(server.site(), CALLED, PolicyKey.Direction.INGRESS);
                centre.guard(server, CALLED);
                talks(centre, client, server);
                assertThat(server.inside()
                                .run("ping", "-c1", "-W1", client.ipv4().toString())
                                .succeeded())
                        .isFalse();
            }
        }
    }

    private static void rules(Site site, int set, PolicyKey.Direction direction) {
        Tables tables = site.vrouter().tables();
        tables.ruleSets().put(set, new RuleSet(1, false));
        for (IpFamily family : IpFamily.values()) {
            tables.policy()
                    .put(
                            PolicyKey.allPorts(set, PeerClassKey.NOBODY, direction, family, PolicyKey.ANY_PROTOCOL),
                            new PolicyVerdict(true, true, 1, 2));
        }
    }

    private void talks(DataCentre centre, Guest from, Guest to) throws IOException {
        for (String address : new String[] {to.ipv4().toString(), to.ipv6().toString()}) {
            pings(centre, from, address);
            pings(centre, from, address, "-s", "8000");
            sends(centre, from, to, address, "TCP", 3_000_000, 65536);
        }
    }

    private static void pings(DataCentre centre, Guest from, String address, String... options) {
        String[] command = new String[5 + options.length];
        System.arraycopy(new String[] {"ping", "-c1", "-W3", "-q"}, 0, command, 0, 4);
        System.arraycopy(options, 0, command, 4, options.length);
        command[command.length - 1] = address;
        Host.Output output = from.inside().run(command);
        assertThat(output.status())
                .as("%s pings %s: %s%n%s", from.name(), String.join(" ", command), output.output(), centre.drops())
                .isZero();
    }

    private void sends(DataCentre centre, Guest from, Guest to, String address, String protocol, int bytes, int block)
            throws IOException {
        byte[] content = new byte[bytes];
        ThreadLocalRandom.current().nextBytes(content);
        Path sent = Files.write(directory.resolve("sent"), content);
        Path received = directory.resolve("received");
        Files.deleteIfExists(received);
        String family = address.indexOf(':') < 0 ? "4" : "6";
        String peer = family.equals("4") ? address : "[" + address + "]";
        Process server =
                to.inside().start("socat", "-u", protocol + family + "-LISTEN:5000,reuseaddr", "CREATE:" + received);
        Lab.await(
                "a listener in " + to.name(),
                LIMIT,
                () -> to.inside().run("ss", "-Htln", "sport = :5000").output().contains("5000"));
        from.inside()
                .require(
                        "timeout",
                        "20",
                        "socat",
                        "-b",
                        "" + block,
                        "-u",
                        "FILE:" + sent,
                        protocol + family + ":" + peer + ":5000");
        server.onExit().join();
        assertThat(Files.mismatch(sent, received))
                .as("what %s sends to %s%n%s", from.name(), address, centre.drops())
                .isEqualTo(-1);
    }
}
