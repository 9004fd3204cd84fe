package io.weft.reference;

import static io.weft.reference.Worlds.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.AddressPair;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.model.Port;
import io.weft.model.Route;
import io.weft.model.World;
import io.weft.reference.Outcome.Answer;
import io.weft.reference.Outcome.Answered;
import io.weft.reference.Outcome.Delivered;
import io.weft.reference.Outcome.Dropped;
import io.weft.reference.Outcome.Exit;
import io.weft.reference.Outcome.Reason;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ForwardingTest {
    private static final MacAddress VIRTUAL = MacAddress.parse("00:00:5e:00:01:07");

    /** Two networks behind router r, a third one behind a second router s; a stranger's network beside them. */
    private static Worlds campus() {
        return new Worlds()
                .network("red", 1450)
                .subnet("red4", "red", "10.0.0.0/24", "10.0.0.1")
                .network("blue", 1400)
                .subnet("blue4", "blue", "10.0.1.0/24", "10.0.1.1")
                .network("far", 1450)
                .subnet("far4", "far", "10.9.0.0/16", "10.9.0.1")
                .network("strange", 1450)
                .subnet("strange4", "strange", "10.0.1.0/24", "10.0.1.1")
                .router("r", route("10.9.0.0/16", "10.0.1.254"))
                .routerInterface("r-red", "r", "red", "red4", "10.0.0.1")
                .routerInterface("r-blue", "r", "blue", "blue4", "10.0.1.1")
                .router("s", route("10.0.0.0/24", "10.0.1.1"))
                .routerInterface("s-blue", "s", "blue", "blue4", "10.0.1.254")
                .routerInterface("s-far", "s", "far", "far4", "10.9.0.1")
                .port("a", "red", "red4", "10.0.0.10")
                .port("b", "red", "red4", "10.0.0.11")
                .port("c", "blue", "blue4", "10.0.1.10")
                .port("d", "far", "far4", "10.9.1.1")
                .port("x", "strange", "strange4", "10.0.1.10");
    }

    private static Route route(String destination, String nexthop) {
        return new Route(IpPrefix.parse(destination), IpAddress.parse(nexthop));
    }

    private static Port port(World world, String name) {
        return world.port(id(name)).orElseThrow();
    }

    private static Packet packet(World world, String from, String via, String destination, int hops, int bytes) {
        Port port = port(world, from);
        return new Packet(
                port.id(),
                port.mac(),
                port(world, via).mac(),
                port.fixedIps().getFirst().address(),
                IpAddress.parse(destination),
                hops,
                bytes);
    }

    /** An echo request from a, as it arrives. */
    private static Exit exit(String port, MacAddress source, MacAddress destination, int hops, String to) {
        return new Exit(
                id(port),
                source,
                destination,
                hops,
                IpAddress.parse("10.0.0.10"),
                IpAddress.parse(to),
                Transport.echoRequest(IpFamily.IPV4),
                List.of());
    }

    @Test
    void neighboursOnANetworkSeeEachOthersFrameUnchanged() {
        World world = campus().build();
        assertThat(new Forwarding(world).forward(packet(world, "a", "b", "10.0.0.11", 64, 100)))
                .isEqualTo(new Delivered(Set.of(
                        exit("b", port(world, "a").mac(), port(world, "b").mac(), 64, "10.0.0.11"))));
    }

    @Test
    void aRoutedFrameCarriesTheRoutersMacAndOneHopLess() {
        World world = campus().build();
        assertThat(new Forwarding(world).forward(packet(world, "a", "r-red", "10.0.1.10", 64, 100)))
                .isEqualTo(new Delivered(Set.of(
                        exit("c", port(world, "r-blue").mac(), port(world, "c").mac(), 63, "10.0.1.10"))));
    }

    @Test
    void aStaticRouteLeadsThroughASecondRouter() {
        World world = campus().build();
        assertThat(new Forwarding(world).forward(packet(world, "a", "r-red", "10.9.1.1", 64, 100)))
                .isEqualTo(new Delivered(Set.of(
                        exit("d", port(world, "s-far").mac(), port(world, "d").mac(), 62, "10.9.1.1"))));
        assertThat(new Reachability(world).talk(id("a"), id("d"), IpAddress.parse("10.9.1.1")))
                .isTrue();
    }

    @Test
    void routersAnswerForThemselvesAndForWhatTheyCannotCarry() {
        World world = campus().build();
        Forwarding forwarding = new Forwarding(world);
        IpAddress gateway = IpAddress.parse("10.0.0.1");
        assertThat(forwarding.forward(packet(world, "a", "r-red", "10.0.0.1", 64, 100)))
                .isEqualTo(new Answered(Answer.LOCAL, gateway));
        assertThat(forwarding.forward(packet(world, "a", "r-red", "10.0.1.1", 1, 100)))
                .isEqualTo(new Answered(Answer.LOCAL, IpAddress.parse("10.0.1.1")));
        assertThat(forwarding.forward(packet(world, "a", "r-red", "10.0.1.10", 1, 100)))
                .isEqualTo(new Answered(Answer.TIME_EXCEEDED, gateway));
        assertThat(forwarding.forward(packet(world, "a", "r-red", "10.0.1.10", 64, 1401)))
                .isEqualTo(new Answered(Answer.TOO_BIG, gateway));
    }

    @Test
    void portSecurityHoldsAPortToItsOwnAddresses() {
        World world = campus().openPort("open", "red", "red4", "10.0.0.66").build();
        Port a = port(world, "a");
        Port b = port(world, "b");
        IpAddress foreign = IpAddress.parse("10.0.0.99");
        IpAddress to = IpAddress.parse("10.0.0.11");
        Forwarding forwarding = new Forwarding(world);
        assertThat(forwarding.forward(new Packet(a.id(), a.mac(), b.mac(), foreign, to, 64, 100)))
                .isEqualTo(new Dropped(Reason.SPOOFED_IP));
        assertThat(forwarding.forward(new Packet(
                        a.id(), VIRTUAL, b.mac(), a.fixedIps().getFirst().address(), to, 64, 100)))
                .isEqualTo(new Dropped(Reason.SPOOFED_MAC));
        assertThat(forwarding.forward(new Packet(id("open"), VIRTUAL, b.mac(), foreign, to, 64, 100)))
                .isInstanceOf(Delivered.class);
    }

    @Test
    void anAllowedPairMayBeAnyOfItsPorts() {
        AddressPair pair = new AddressPair(IpPrefix.parse("10.0.0.200/32"), VIRTUAL);
        World world = campus().port("v1", "red", "red4", "10.0.0.21", List.of(pair))
                .port("v2", "red", "red4", "10.0.0.22", List.of(pair))
                .build();
        Outcome outcome = new Reachability(world).send(id("a"), IpAddress.parse("10.0.0.200"));
        assertThat(outcome)
                .isEqualTo(new Delivered(Set.of(
                        exit("v1", port(world, "a").mac(), VIRTUAL, 64, "10.0.0.200"),
                        exit("v2", port(world, "a").mac(), VIRTUAL, 64, "10.0.0.200"))));
    }

    @Test
    void aVirtualMacThatSpeaksIpv6HasLinkLocalAddresses() {
        AddressPair four = new AddressPair(IpPrefix.parse("10.0.0.200/32"), VIRTUAL);
        AddressPair six = new AddressPair(IpPrefix.parse("2001:db8::200/128"), VIRTUAL);
        World world = campus().port("v4", "red", "red4", "10.0.0.21", List.of(four))
                .port("v6", "red", "red4", "10.0.0.22", List.of(six))
                .build();
        Forwarding forwarding = new Forwarding(world);
        IpPrefix linkLocal = IpPrefix.parse("fe80::/64");
        for (String name : List.of("v4", "v6")) {
            Port port = port(world, name);
            boolean allowed = name.equals("v6");
            assertThat(forwarding.mayUseAddress(port, VIRTUAL, VIRTUAL.eui64Address(linkLocal)))
                    .isEqualTo(allowed);
            assertThat(forwarding.mayUseAddress(port, VIRTUAL, port.mac().eui64Address(linkLocal)))
                    .isEqualTo(allowed);
            assertThat(forwarding.mayUseAddress(port, port.mac(), port.mac().eui64Address(linkLocal)))
                    .isTrue();
            assertThat(forwarding.mayUseAddress(port, port.mac(), VIRTUAL.eui64Address(linkLocal)))
                    .isFalse();
        }
    }

    @Test
    void aLoadBalancerIsReachedOnItsNetworkAndThroughTheRouter() {
        World world = campus().port("vip", "red", "red4", "10.0.0.80")
                .balancer("vip", "b")
                .build();
        Reachability reachability = new Reachability(world);
        IpAddress address = IpAddress.parse("10.0.0.80");
        for (String caller : List.of("a", "b", "c")) {
            Outcome call = reachability.send(id(caller), address, Transport.tcp(40_000, 80));
            assertThat(((Delivered) call).exits()).singleElement().satisfies(exit -> {
                assertThat(exit.port()).isEqualTo(id("b"));
                assertThat(exit.transport()).isEqualTo(Transport.tcp(40_000, 8080));
            });
            assertThat(reachability.send(id(caller), address)).isEqualTo(new Answered(Answer.LOCAL, address));
            assertThat(reachability.send(id(caller), address, Transport.tcp(40_000, 81)))
                    .isEqualTo(new Dropped(Reason.NO_MEMBER));
        }
    }

    @Test
    void strangersWithTheSameAddressesAreNotReached() {
        World world = campus().build();
        Reachability reachability = new Reachability(world);
        assertThat(reachability.send(id("x"), IpAddress.parse("10.0.0.10")))
                .isEqualTo(new Dropped(Reason.NO_DESTINATION));
        assertThat(reachability.send(id("x"), IpAddress.parse("10.0.1.11")))
                .isEqualTo(new Dropped(Reason.NO_DESTINATION));
    }

    @Test
    void equalRoutesShareAndLoopsEnd() {
        World shared = campus().router("r", route("0.0.0.0/0", "10.0.1.10"), route("0.0.0.0/0", "10.0.1.11"))
                .port("c2", "blue", "blue4", "10.0.1.11")
                .build();
        Outcome both = new Reachability(shared).send(id("a"), IpAddress.parse("8.8.8.8"));
        assertThat(((Delivered) both).exits().stream().map(Exit::port)).containsExactlyInAnyOrder(id("c"), id("c2"));

        World looping = campus().router("r", route("0.0.0.0/0", "10.0.1.254"))
                .router("s", route("0.0.0.0/0", "10.0.1.1"))
                .build();
        assertThat(new Reachability(looping).send(id("a"), IpAddress.parse("8.8.8.8")))
                .isEqualTo(new Dropped(Reason.LOOP));
    }
}
