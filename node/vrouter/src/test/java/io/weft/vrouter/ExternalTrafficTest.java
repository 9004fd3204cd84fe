package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.fixture.Host;
import io.weft.kernel.socket.Offload;
import io.weft.model.IpAddress;
import io.weft.vrouter.DataCentre.Gateway;
import io.weft.vrouter.DataCentre.Guest;
import io.weft.vrouter.DataCentre.Site;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Real packets in and out of the data centre: floating addresses on the workload's node, shared ones on the gateway node. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExternalTrafficTest {
    private static final int LARGE = 3_000_000;
    private static final int PINGS = 10;

    private final DataCentre centre = new DataCentre(false, true);
    private final Site one = centre.site("one");
    private final Site two = centre.site("two");
    private final Site three = centre.site("three");
    private final Outside outside = new Outside(centre);
    private final Gateway red;
    private final Gateway blue;
    /** On the gateway node, with a floating address. */
    private final Guest floatsOnOne;
    /** On a node that has the external network, but is not the gateway node. */
    private final Guest floatsOnTwo;
    /** Without a floating address, on the gateway node and elsewhere. */
    private final Guest sharesOnOne;

    private final Guest sharesOnTwo;
    /** On a node that has no external network; its floating address is the gateway node's to translate. */
    private final Guest floatsByOne;

    private final Guest sharesOnThree;
    private final Guest other;
    private final IpAddress router;
    private final IpAddress floating1;
    private final IpAddress floating2;
    private final IpAddress floating3;
    private final IpAddress forwarded;

    ExternalTrafficTest() {
        centre.network(100, false, false, false);
        centre.network(200, false, false, false);
        red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
        blue = centre.gateway(2, 200, "10.0.1.0/24", "2001:db8:2::/64");
        floatsOnOne = centre.guest("f1", one, red, 11);
        floatsOnTwo = centre.guest("f2", two, red, 12);
        sharesOnOne = centre.guest("s1", one, red, 13);
        sharesOnTwo = centre.guest("s2", two, red, 14);
        floatsByOne = centre.guest("f3", three, red, 15);
        sharesOnThree = centre.guest("s3", three, red, 16);
        other = centre.guest("b1", one, blue, 11);
        centre.publish();
        outside.join(one);
        outside.join(two);
        router = outside.gateway(red, 2, one, true);
        outside.gateway(blue, 3, two, true);
        floating1 = outside.floating(red, floatsOnOne, 51, one);
        floating2 = outside.floating(red, floatsOnTwo, 52, two);
        floating3 = outside.floating(red, floatsByOne, 53, one);
        forwarded = outside.forward(red, 60, 8080, sharesOnThree, 80, one);
        outside.router().route("2001:db8:1::/64", "2001:db8:f::2");
    }

    @AfterAll
    void close() {
        centre.close();
    }

    /** Some echo is answered; the first ones may be spent on questions for neighbours. */
    private void pings(Host from, Object to, String... options) {
        List<String> command = new ArrayList<>(List.of("ping", "-c1", "-W1", "-q", "-n"));
        command.addAll(List.of(options));
        command.add(to.toString());
        Host.Output output = from.run(command.toArray(String[]::new));
        for (int again = 1; again < PINGS && !output.succeeded(); again++) {
            output = from.run(command.toArray(String[]::new));
        }
        assertThat(output.status())
                .as("%s: %s: %s%n%s", from.name(), String.join(" ", command), output.output(), centre.drops())
                .isZero();
    }

    private String tcp(Host from, Host server, IpAddress to, int port, int listening, int bytes) throws IOException {
        try {
            return Calls.tcp(from, server, to, port, listening, bytes)
                    .getAddress()
                    .getHostAddress();
        } catch (IOException e) {
            throw new IOException(from.name() + " to " + to + "\n" + centre.drops(), e);
        }
    }

    private String udp(Host from, Host server, IpAddress to, int port, int listening, int bytes) throws IOException {
        try {
            return Calls.udp(from, server, to, port, listening, bytes)
                    .getAddress()
                    .getHostAddress();
        } catch (IOException e) {
            throw new IOException(from.name() + " to " + to + "\n" + centre.drops(), e);
        }
    }

    @Test
    void floatingAddressesAreReachedFromOutsideAndSpeakFromThere() throws IOException {
        Guest[] guests = {floatsOnOne, floatsOnTwo, floatsByOne};
        IpAddress[] floating = {floating1, floating2, floating3};
        for (int i = 0; i < guests.length; i++) {
            Host inside = guests[i].inside();
            for (Host host : new Host[] {outside.router(), outside.beyond()}) {
                IpAddress there = host.equals(outside.router()) ? Outside.ROUTER4 : Outside.BEYOND;
                pings(host, floating[i]);
                pings(inside, there);
                assertThat(tcp(host, inside, floating[i], 5000, 5000, LARGE)).isEqualTo(there.toString());
                assertThat(tcp(inside, host, there, 5001, 5001, LARGE)).isEqualTo(floating[i].toString());
                assertThat(udp(host, inside, floating[i], 5000, 5000, 1000)).isEqualTo(there.toString());
                assertThat(udp(inside, host, there, 5001, 5001, 1000)).isEqualTo(floating[i].toString());
            }
            pings(outside.router(), floating[i], "-s", "4000");
        }
    }

    @Test
    void guestsWithoutFloatingAddressesShareTheRouters() throws IOException {
        for (Guest guest : new Guest[] {sharesOnOne, sharesOnTwo, sharesOnThree}) {
            Host inside = guest.inside();
            pings(inside, Outside.ROUTER4);
            pings(inside, Outside.BEYOND);
            assertThat(tcp(inside, outside.router(), Outside.ROUTER4, 5001, 5001, LARGE))
                    .isEqualTo(router.toString());
            assertThat(tcp(inside, outside.beyond(), Outside.BEYOND, 5001, 5001, LARGE))
                    .isEqualTo(router.toString());
            assertThat(udp(inside, outside.router(), Outside.ROUTER4, 5001, 5001, 1000))
                    .isEqualTo(router.toString());
            pings(inside, Outside.ROUTER4, "-s", "4000");
        }
        pings(other.inside(), Outside.ROUTER4);
    }

    @Test
    void manyClientsCallOneServerFromTheSamePort() throws IOException {
        Set<Integer> ports = new HashSet<>();
        for (Guest guest : new Guest[] {sharesOnOne, sharesOnTwo, sharesOnThree}) {
            try (java.net.DatagramSocket calling = guest.inside().call(() -> new java.net.DatagramSocket(7777));
                    java.net.DatagramSocket server = outside.router().call(() -> new java.net.DatagramSocket(7000))) {
                server.setSoTimeout(200);
                byte[] content = guest.name().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                java.net.DatagramPacket seen = new java.net.DatagramPacket(new byte[100], 100);
                for (int attempt = 0; ; attempt++) {
                    calling.send(new java.net.DatagramPacket(
                            content, content.length, Outside.ROUTER4.toInetAddress(), 7000));
                    try {
                        server.receive(seen);
                        break;
                    } catch (java.net.SocketTimeoutException e) {
                        assertThat(attempt).as(centre.drops()).isLessThan(150);
                    }
                }
                ports.add(seen.getPort());
                server.send(seen);
                calling.setSoTimeout(30_000);
                java.net.DatagramPacket answer = new java.net.DatagramPacket(new byte[100], 100);
                calling.receive(answer);
                assertThat(answer.getLength()).isEqualTo(content.length);
            }
        }
        assertThat(ports).hasSize(3).contains(7777);
    }

    @Test
    void floatingAddressesReachEachOtherOnOneNodeAndOnTwo() throws IOException {
        assertThat(tcp(floatsOnOne.inside(), floatsOnTwo.inside(), floating2, 5002, 5002, LARGE))
                .isEqualTo(floating1.toString());
        assertThat(tcp(floatsOnTwo.inside(), floatsOnOne.inside(), floating1, 5002, 5002, LARGE))
                .isEqualTo(floating2.toString());
        assertThat(tcp(floatsOnOne.inside(), floatsByOne.inside(), floating3, 5002, 5002, LARGE))
                .isEqualTo(floating1.toString());
        assertThat(tcp(floatsOnOne.inside(), floatsOnOne.inside(), floating1, 5002, 5002, 100))
                .isEqualTo(floating1.toString());
        assertThat(tcp(sharesOnThree.inside(), floatsOnOne.inside(), floating1, 5002, 5002, LARGE))
                .isEqualTo(router.toString());
        assertThat(tcp(sharesOnOne.inside(), floatsOnTwo.inside(), floating2, 5002, 5002, LARGE))
                .isEqualTo(router.toString());
        assertThat(tcp(other.inside(), floatsOnOne.inside(), floating1, 5002, 5002, LARGE))
                .isEqualTo("203.0.113.3");
    }

    @Test
    void forwardedPortsLeadInsideFromOutsideAndFromInside() throws IOException {
        assertThat(tcp(outside.beyond(), sharesOnThree.inside(), forwarded, 8080, 80, LARGE))
                .isEqualTo(Outside.BEYOND.toString());
        assertThat(udp(outside.router(), sharesOnThree.inside(), forwarded, 8080, 80, 500))
                .isEqualTo(Outside.ROUTER4.toString());
        assertThat(tcp(floatsOnTwo.inside(), sharesOnThree.inside(), forwarded, 8080, 80, LARGE))
                .isEqualTo(floating2.toString());
        assertThat(tcp(sharesOnOne.inside(), sharesOnThree.inside(), forwarded, 8080, 80, LARGE))
                .isEqualTo(router.toString());
    }

    @Test
    void pathsAreTracedAndTooBigPacketsAnsweredInBothDirections() {
        for (Guest guest : new Guest[] {floatsOnOne, sharesOnOne, sharesOnThree}) {
            pings(guest.inside(), Outside.BEYOND);
            assertThat(guest.inside()
                            .run("ping", "-n", "-c1", "-W5", "-t1", Outside.BEYOND.toString())
                            .output())
                    .as(centre.drops())
                    .contains("From " + red.ipv4());
            assertThat(guest.inside()
                            .run("ping", "-n", "-c1", "-W5", "-t2", Outside.BEYOND.toString())
                            .output())
                    .as(centre.drops())
                    .contains("From " + Outside.ROUTER4);
            assertThat(guest.inside()
                            .run("ping", "-n", "-c1", "-W5", "-M", "do", "-s", "1400", Outside.BEYOND.toString())
                            .output())
                    .as(centre.drops())
                    .containsPattern("mtu ?= ?1300");
        }
        pings(outside.beyond(), floating1);
        assertThat(outside.beyond()
                        .run("ping", "-n", "-c1", "-W5", "-t2", floating1.toString())
                        .output())
                .as(centre.drops())
                .contains("From " + router);
        assertThat(outside.router()
                        .run("ping", "-n", "-c1", "-W5", "-M", "do", "-s", "1460", floating1.toString())
                        .output())
                .as(centre.drops())
                .containsPattern("mtu ?= ?1450");
    }

    @Test
    void routersAnswerEchoesAtTheirAddressOutside() {
        pings(outside.router(), router);
        pings(outside.router(), "2001:db8:f::2");
        pings(sharesOnThree.inside(), router);
        pings(floatsOnOne.inside(), router);
    }

    @Test
    void ipv6IsRoutedWithoutTranslation() throws IOException {
        for (Guest guest : new Guest[] {floatsOnOne, sharesOnThree}) {
            pings(guest.inside(), Outside.ROUTER6);
            pings(outside.router(), guest.ipv6());
            assertThat(tcp(guest.inside(), outside.router(), Outside.ROUTER6, 5003, 5003, LARGE))
                    .startsWith("2001:db8:1:");
        }
    }

    @Test
    void nobodyReachesTheUnderlayOrPretendsToBeInside() {
        for (Guest guest : new Guest[] {floatsOnOne, sharesOnOne, sharesOnThree}) {
            for (Site site : new Site[] {one, two}) {
                assertThat(guest.inside()
                                .run("ping", "-c1", "-W1", site.tunnel().toString())
                                .succeeded())
                        .isFalse();
            }
            assertThat(guest.site().vrouter().counters(guest.number()).drops(DropReason.UNDERLAY_ADDRESS))
                    .isPositive();
        }
        outside.router().address("segment", "10.0.1.13/32");
        assertThat(outside.router()
                        .run("ping", "-c1", "-W1", "-I", "10.0.1.13", floating1.toString())
                        .succeeded())
                .isFalse();
        assertThat(one.vrouter().counters(0).drops(DropReason.EXTERNAL_SPOOFED)).isPositive();
    }

    /**
     * A way on which addresses are replaced, or hops counted.
     *
     * @param seenAs whom the server takes the caller for
     */
    private record Way(Host from, Host server, IpAddress to, int port, int listening, IpAddress seenAs) {}

    private List<Way> ways() {
        Host next = outside.router();
        return List.of(
                new Way(outside.beyond(), floatsOnTwo.inside(), floating2, 5005, 5005, Outside.BEYOND),
                new Way(floatsByOne.inside(), outside.beyond(), Outside.BEYOND, 5005, 5005, floating3),
                new Way(floatsOnOne.inside(), floatsOnTwo.inside(), floating2, 5005, 5005, floating1),
                new Way(sharesOnThree.inside(), outside.beyond(), Outside.BEYOND, 5005, 5005, router),
                new Way(sharesOnTwo.inside(), floatsOnOne.inside(), floating1, 5005, 5005, router),
                new Way(next, sharesOnThree.inside(), forwarded, 8080, 80, Outside.ROUTER4),
                new Way(sharesOnThree.inside(), next, Outside.ROUTER6, 5005, 5005, sharesOnThree.ipv6()),
                new Way(next, floatsOnOne.inside(), floatsOnOne.ipv6(), 5005, 5005, Outside.ROUTER6));
    }

    /** Small and large, in fragments and in segments, there and back. */
    private void everythingPasses(Way way) throws IOException {
        try {
            for (int bytes : new int[] {1000, 4000}) {
                assertThat(Calls.udp(way.from, way.server, way.to, way.port, way.listening, bytes)
                                .getAddress())
                        .isEqualTo(way.seenAs.toInetAddress());
            }
            Calls.segments(way.from, way.server, way.to, way.port, way.listening);
            assertThat(Calls.tcp(way.from, way.server, way.to, way.port, way.listening, 300_000)
                            .getAddress())
                    .isEqualTo(way.seenAs.toInetAddress());
        } catch (IOException e) {
            throw new IOException(way.from.name() + " to " + way.to + "\n" + centre.drops(), e);
        }
    }

    @Test
    void fragmentsAndSegmentsPassEveryTranslation() throws IOException {
        for (Way way : ways()) {
            everythingPasses(way);
        }
    }

    @Test
    void everyTranslationIsRightWithOffloadsOff() throws IOException {
        offload(false);
        try {
            for (Way way : ways()) {
                everythingPasses(way);
            }
            pings(sharesOnTwo.inside(), Outside.BEYOND);
            assertThat(sharesOnTwo
                            .inside()
                            .run("ping", "-n", "-c1", "-W5", "-t2", Outside.BEYOND.toString())
                            .output())
                    .contains("From " + Outside.ROUTER4);
        } finally {
            offload(true);
        }
    }

    private void offload(boolean on) {
        List<Host> hosts = new ArrayList<>(List.of(outside.router(), outside.beyond()));
        centre.sites().forEach(site -> hosts.add(site.host()));
        List<String> links = new ArrayList<>(List.of("eth0", "uplink", "external", "narrow", "to-ext1", "to-ext2"));
        for (Guest guest : List.of(floatsOnOne, floatsOnTwo, floatsByOne, sharesOnTwo, sharesOnThree)) {
            hosts.add(guest.inside());
            links.add("port" + guest.number());
        }
        for (Host host : hosts) {
            for (String link : links) {
                if (host.netlink().link(link).isPresent()) {
                    for (Offload offload : Offload.values()) {
                        offload.set(host.namespace(), link, on);
                    }
                }
            }
        }
    }
}
