package io.weft.reference;

import static io.weft.reference.Worlds.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.Direction;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.IpProtocol;
import io.weft.model.Port;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.World;
import io.weft.reference.Outcome.Answer;
import io.weft.reference.Outcome.Answered;
import io.weft.reference.Outcome.Delivered;
import io.weft.reference.Outcome.Dropped;
import io.weft.reference.Outcome.Left;
import io.weft.reference.Outcome.Reason;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class OutsideTest {
    private static final IpAddress STRANGER = IpAddress.parse("198.51.100.7");
    private static final IpAddress NEIGHBOUR = IpAddress.parse("203.0.113.99");

    /** Two tenants behind routers of their own, on one external network. */
    private static Worlds town() {
        return new Worlds()
                .outside("net", "203.0.113.0/24", "203.0.113.1")
                .node("gate", true)
                .network("red", 1450)
                .subnet("red4", "red", "10.0.0.0/24", "10.0.0.1")
                .router("r")
                .routerInterface("r-red", "r", "red", "red4", "10.0.0.1")
                .wayOut("r", "net", "203.0.113.9", true, "gate")
                .port("a", "red", "red4", "10.0.0.10")
                .port("b", "red", "red4", "10.0.0.11")
                .network("blue", 1450)
                .subnet("blue4", "blue", "10.0.0.0/24", "10.0.0.1")
                .router("s")
                .routerInterface("s-blue", "s", "blue", "blue4", "10.0.0.1")
                .wayOut("s", "net", "203.0.113.19", true, "gate")
                .port("c", "blue", "blue4", "10.0.0.10")
                .floatingIp("fa", "net", "203.0.113.20")
                .leads("fa", "r", "a")
                .floatingIp("fc", "net", "203.0.113.30")
                .leads("fc", "s", "c");
    }

    /** The first tenant's router leads to a second network, too. */
    private static Worlds crossroads() {
        return town().outside("far", "192.0.2.0/24", "192.0.2.1")
                .wayOut("r", "far", "192.0.2.9", true, "gate")
                .floatingIp("fb", "far", "192.0.2.20");
    }

    @Test
    void theFirstGatewayHasTheDefaultRouteAndEachItsOwnNetwork() {
        World world = crossroads().build();
        assertThat(send(world, "b", STRANGER)).satisfies(left(IpAddress.parse("203.0.113.1"), "203.0.113.9", true));
        IpAddress far = IpAddress.parse("192.0.2.99");
        assertThat(send(world, "b", far)).satisfies(left("far", far, "192.0.2.9", true));
    }

    @Test
    void whereRoutersOutsideAreWatchedThoseThatAreLostArePassedByWhileAnotherLives() {
        World unwatched = crossroads().build();
        Router router = unwatched.router(id("r")).orElseThrow();
        LostNextHop first = new LostNextHop(router.gateways().getFirst().portId(), IpFamily.IPV4);
        LostNextHop second = new LostNextHop(router.gateways().getLast().portId(), IpFamily.IPV4);
        LostNextHop ofIpv6 = new LostNextHop(first.gatewayPort(), IpFamily.IPV6);
        World world = unwatched.with(router.withDefaultRouteBfd(true));
        IpAddress near = IpAddress.parse("203.0.113.1");
        IpAddress far = IpAddress.parse("192.0.2.1");
        assertThat(send(world, Set.of(first), "b", STRANGER)).satisfies(left("far", far, "192.0.2.9", true));
        assertThat(send(world, Set.of(second), "b", STRANGER)).satisfies(left(near, "203.0.113.9", true));
        assertThat(send(world, Set.of(first, second), "b", STRANGER)).satisfies(left(near, "203.0.113.9", true));
        assertThat(send(world, Set.of(ofIpv6), "b", STRANGER)).satisfies(left(near, "203.0.113.9", true));
        assertThat(send(unwatched, Set.of(first), "b", STRANGER)).satisfies(left(near, "203.0.113.9", true));
        // Who is on the network itself, and whom an address stands for, has no other way.
        assertThat(send(world, Set.of(first), "b", NEIGHBOUR)).satisfies(left(NEIGHBOUR, "203.0.113.9", true));
        assertThat(send(world, Set.of(first), "a", STRANGER)).satisfies(left(near, "203.0.113.20", false));
    }

    @Test
    void whomAnAddressStandsForLeavesByItsNetwork() {
        IpAddress next = IpAddress.parse("192.0.2.1");
        World world = crossroads().leads("fb", "r", "b").build();
        assertThat(send(world, "b", STRANGER)).satisfies(left("far", next, "192.0.2.20", false));
        assertThat(send(world, "b", NEIGHBOUR)).satisfies(left("far", next, "192.0.2.20", false));
        // A floating IP of the route's own network changes nothing.
        assertThat(send(world, "a", STRANGER)).satisfies(left(IpAddress.parse("203.0.113.1"), "203.0.113.20", false));
    }

    @Test
    void aGatewayWithoutAddressLeadsNowhere() {
        World world = town().build();
        Port gateway = world.routersOut(id("net")).stream()
                .filter(router -> router.id().equals(id("r")))
                .flatMap(router -> router.gateway().stream())
                .flatMap(way -> world.port(way.portId()).stream())
                .findFirst()
                .orElseThrow();
        World bare = world.with(gateway.withFixedIps(List.of()));
        assertThat(send(bare, "a", STRANGER)).isEqualTo(new Dropped(Reason.NO_ROUTE));
        assertThat(send(bare, "a", NEIGHBOUR)).isEqualTo(new Dropped(Reason.NO_ROUTE));
    }

    private static Outcome send(World world, String from, IpAddress to) {
        return new Reachability(world).send(id(from), to);
    }

    private static Outcome send(World world, Set<LostNextHop> lost, String from, IpAddress to) {
        Port port = world.port(id(from)).orElseThrow();
        Port router = world.port(id("r-red")).orElseThrow();
        IpAddress source = port.fixedIps().getFirst().address();
        return new Forwarding(world, List.of(), lost)
                .forward(new Packet(port.id(), port.mac(), router.mac(), source, to, 64, 84));
    }

    /** Left for a neighbour with this source. */
    private static Consumer<Outcome> left(IpAddress neighbour, String source, boolean shared) {
        return left("net", neighbour, source, shared);
    }

    private static Consumer<Outcome> left(String network, IpAddress neighbour, String source, boolean shared) {
        return outcome -> assertThat(outcome).isInstanceOfSatisfying(Left.class, left -> {
            assertThat(left.network()).isEqualTo(id(network));
            assertThat(left.neighbour()).isEqualTo(neighbour);
            assertThat(left.source()).isEqualTo(IpAddress.parse(source));
            assertThat(left.sharedSource()).isEqualTo(shared);
            assertThat(left.hops()).isEqualTo(63);
        });
    }

    private static Outcome enter(World world, String to, Transport transport) {
        IpAddress address = IpAddress.parse(to);
        return new Forwarding(world)
                .enter(new OutsidePacket(id("net"), address, STRANGER, address, transport, 60, 100));
    }

    private static Outcome ping(World world, String to) {
        return enter(world, to, Transport.echoRequest(IpFamily.IPV4));
    }

    private static void assertDelivered(Outcome outcome, String port, int hops) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Delivered.class,
                        delivered -> assertThat(delivered.exits())
                                .singleElement()
                                .satisfies(exit -> {
                                    assertThat(exit.port()).isEqualTo(id(port));
                                    assertThat(exit.hops()).isEqualTo(hops);
                                }));
    }

    @Test
    void aFloatingAddressIsTheSourceOfWhatItStandsForAndTheRoutersThatOfTheRest() {
        World world = town().build();
        IpAddress nextHop = IpAddress.parse("203.0.113.1");
        assertThat(send(world, "a", STRANGER)).satisfies(left(nextHop, "203.0.113.20", false));
        assertThat(send(world, "b", STRANGER)).satisfies(left(nextHop, "203.0.113.9", true));
        assertThat(send(world, "b", NEIGHBOUR)).satisfies(left(NEIGHBOUR, "203.0.113.9", true));
    }

    @Test
    void withoutTranslationSourcesStayAsTheyAre() {
        World world = town().wayOut("r", "net", "203.0.113.9", false, "gate").build();
        assertThat(send(world, "b", NEIGHBOUR)).satisfies(left(NEIGHBOUR, "10.0.0.11", false));
        // And whoever outside knows the way comes in.
        OutsidePacket packet = new OutsidePacket(
                id("net"),
                IpAddress.parse("203.0.113.9"),
                STRANGER,
                IpAddress.parse("10.0.0.11"),
                Transport.tcp(1, 80),
                60,
                100);
        assertDelivered(new Forwarding(world).enter(packet), "b", 59);
        // Where the router translates, nobody outside knows of what is inside.
        assertThat(new Forwarding(town().build()).enter(packet)).isEqualTo(new Dropped(Reason.NO_DESTINATION));
    }

    @Test
    void aFloatingAddressLeadsIn() {
        World world = town().build();
        assertDelivered(ping(world, "203.0.113.20"), "a", 59);
        assertThat(ping(world, "203.0.113.9")).isEqualTo(new Answered(Answer.LOCAL, IpAddress.parse("203.0.113.9")));
        assertThat(ping(world, "203.0.113.77")).isEqualTo(new Dropped(Reason.NO_DESTINATION));
        assertThat(ping(town().floatingIp("free", "net", "203.0.113.40").build(), "203.0.113.40"))
                .isEqualTo(new Dropped(Reason.NO_DESTINATION));
    }

    @Test
    void floatingAddressesReachEachOtherAndThemselves() {
        World world = town().build();
        assertDelivered(send(world, "a", IpAddress.parse("203.0.113.30")), "c", 62);
        assertDelivered(send(world, "b", IpAddress.parse("203.0.113.20")), "a", 62);
        assertDelivered(send(world, "a", IpAddress.parse("203.0.113.20")), "a", 62);
        assertThat(send(world, "a", IpAddress.parse("203.0.113.19")))
                .isEqualTo(new Answered(Answer.LOCAL, IpAddress.parse("203.0.113.19")));
    }

    @Test
    void rulesSeeTheSourceOutside() {
        RuleMatch ingress = new RuleMatch(
                Direction.INGRESS,
                IpFamily.IPV4,
                Optional.of(IpProtocol.parse("icmp")),
                Optional.empty(),
                Optional.empty(),
                RuleRemote.Prefix.parse("203.0.113.20/32"));
        World world = town().group("g", true).rule("g", ingress).join("c", "g").build();
        assertDelivered(send(world, "a", IpAddress.parse("203.0.113.30")), "c", 62);
        assertThat(send(world, "b", IpAddress.parse("203.0.113.30"))).isEqualTo(new Dropped(Reason.INGRESS_DENIED));
        assertThat(ping(world, "203.0.113.30")).isEqualTo(new Dropped(Reason.INGRESS_DENIED));
    }

    @Test
    void forwardedPortsLeadInAndOthersDoNot() {
        World world = town().floatingIp("f", "net", "203.0.113.50")
                .forwards("f", "r", 8080, "b", 80)
                .build();
        assertDelivered(enter(world, "203.0.113.50", Transport.tcp(1, 8080)), "b", 59);
        assertThat(enter(world, "203.0.113.50", Transport.tcp(1, 80))).isEqualTo(new Dropped(Reason.NO_DESTINATION));
        assertThat(enter(world, "203.0.113.50", Transport.udp(1, 8080))).isEqualTo(new Dropped(Reason.NO_DESTINATION));
        RuleMatch web = new RuleMatch(
                Direction.INGRESS,
                IpFamily.IPV4,
                Optional.of(IpProtocol.parse("tcp")),
                Optional.of(80),
                Optional.of(80),
                new RuleRemote.Anyone());
        World ruled = town().floatingIp("f", "net", "203.0.113.50")
                .forwards("f", "r", 8080, "b", 80)
                .group("g", true)
                .rule("g", web)
                .join("b", "g")
                .build();
        assertDelivered(enter(ruled, "203.0.113.50", Transport.tcp(1, 8080)), "b", 59);
    }

    @Test
    void aRouterNeedsANodeThatIsConnectedAndAFloatingAddressOneOfTheTwo() {
        World world = town().node("gate", false).build();
        assertThat(send(world, "b", STRANGER)).isEqualTo(new Dropped(Reason.NO_GATEWAY));
        assertThat(ping(world, "203.0.113.20")).isEqualTo(new Dropped(Reason.NO_GATEWAY));
        World own = town().node("gate", false).node("host", true).build();
        assertThat(send(own, "b", STRANGER)).isEqualTo(new Dropped(Reason.NO_GATEWAY));
        assertDelivered(ping(own, "203.0.113.20"), "a", 59);
    }

    @Test
    void theRoutersOwnRoutesKnowBetter() {
        World world = town().router("r", new Route(IpPrefix.parse("198.51.100.0/24"), IpAddress.parse("10.0.0.10")))
                .wayOut("r", "net", "203.0.113.9", true, "gate")
                .build();
        assertDelivered(send(world, "b", STRANGER), "a", 63);
    }

    @Test
    void whatCameByTheWayOutDoesNotLeaveByIt() {
        World world = town().wayOut("r", "net", "203.0.113.9", false, "gate").build();
        OutsidePacket packet = new OutsidePacket(
                id("net"), IpAddress.parse("203.0.113.9"), STRANGER, NEIGHBOUR, Transport.tcp(1, 80), 60, 100);
        assertThat(new Forwarding(world).enter(packet)).isEqualTo(new Dropped(Reason.NO_ROUTE));
    }

    @Test
    void anAnswerIsForWhoAskedAndAQuestionFromItsForwardedPort() {
        World world = town().floatingIp("f", "net", "203.0.113.50")
                .forwards("f", "r", 8080, "b", 80)
                .build();
        Packet asked = new Packet(
                id("b"),
                world.port(id("b")).orElseThrow().mac(),
                world.port(id("r-red")).orElseThrow().mac(),
                IpAddress.parse("10.0.0.11"),
                STRANGER,
                Transport.udp(500, 53),
                64,
                100);
        Left left = (Left) new Forwarding(world).forward(asked);
        assertThat(left.transport()).as("a port is to be chosen").isEqualTo(Transport.udp(0, 53));
        Forwarding later =
                new Forwarding(world, List.of(left.translations().getFirst().withChosenPort(4000)));
        IpAddress own = IpAddress.parse("203.0.113.9");
        OutsidePacket answer = new OutsidePacket(id("net"), own, STRANGER, own, Transport.udp(53, 4000), 60, 100);
        assertThat(later.enterReply(answer))
                .isInstanceOfSatisfying(
                        Delivered.class,
                        delivered -> assertThat(delivered.exits())
                                .singleElement()
                                .satisfies(exit -> {
                                    assertThat(exit.destination()).isEqualTo(IpAddress.parse("10.0.0.11"));
                                    assertThat(exit.transport()).isEqualTo(Transport.udp(53, 500));
                                }));
        OutsidePacket other = new OutsidePacket(id("net"), own, STRANGER, own, Transport.udp(53, 4001), 60, 100);
        assertThat(later.enterReply(other)).isEqualTo(new Answered(Answer.LOCAL, own));

        Delivered in = (Delivered) enter(world, "203.0.113.50", Transport.tcp(9, 8080));
        Translation forwarded = in.exits().iterator().next().translations().getFirst();
        Packet answered = new Packet(
                id("b"),
                asked.sourceMac(),
                asked.destinationMac(),
                IpAddress.parse("10.0.0.11"),
                STRANGER,
                Transport.tcp(80, 9),
                64,
                100);
        assertThat(new Forwarding(world, List.of(forwarded)).forwardReply(answered))
                .satisfies(left(IpAddress.parse("203.0.113.1"), "203.0.113.50", true));
    }

    @Test
    void nobodyOutsidePretendsToBeInside() {
        IpAddress to = IpAddress.parse("203.0.113.20");
        OutsidePacket packet =
                new OutsidePacket(id("net"), to, IpAddress.parse("10.0.0.77"), to, Transport.tcp(1, 80), 60, 100);
        assertThat(new Forwarding(town().build()).enter(packet)).isEqualTo(new Dropped(Reason.SPOOFED_IP));
    }

    @Test
    void whatHasNoPortsDoesNotShareAnAddress() {
        Packet packet = new Packet(
                id("b"),
                town().build().port(id("b")).orElseThrow().mac(),
                town().build().port(id("r-red")).orElseThrow().mac(),
                IpAddress.parse("10.0.0.11"),
                STRANGER,
                new Transport(47, 0, 0),
                64,
                100);
        assertThat(new Forwarding(town().build()).forward(packet)).isEqualTo(new Dropped(Reason.NO_GATEWAY));
        World plain = town().wayOut("r", "net", "203.0.113.9", false, "gate").build();
        assertThat(new Forwarding(plain).forward(packet))
                .satisfies(left(IpAddress.parse("203.0.113.1"), "10.0.0.11", false));
    }
}
