package io.weft.agent.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.policy.PolicyLimits;
import io.weft.agent.tables.HostPort.HealthCheck;
import io.weft.model.AllowedCallers;
import io.weft.model.HostAccess;
import io.weft.model.HostAccess.NodePorts;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.model.MemberLocality;
import io.weft.protocol.Fact;
import io.weft.protocol.LocalPort;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.Peer;
import io.weft.protocol.RouterFact;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.ServiceFact;
import io.weft.protocol.ServiceMember;
import io.weft.protocol.StaticRoute;
import io.weft.protocol.SubnetFact;
import io.weft.protocol.Subscription;
import io.weft.protocol.Topic;
import io.weft.protocol.Trunking;
import io.weft.vrouter.Port;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the node's own stack is told of the network, from records. */
class HostPortTest {
    private static final UUID PODS = new UUID('n', 0);
    private static final UUID SERVICES = new UUID('n', 1);
    private static final UUID ROUTER = new UUID('r', 0);
    private static final UUID PORT = new UUID('p', 0);
    private static final MacAddress MAC = MacAddress.parse("fa:16:3e:00:00:09");
    private static final IpAddress IPV4 = IpAddress.parse("10.244.0.9");
    private static final IpAddress IPV6 = IpAddress.parse("fd44::9");

    private final Fold fold =
            new Fold("host", new Limits(64, 64, 64, 64, new PolicyLimits(64, 64, 1000, 1000)), Remembered.nothing());

    HostPortTest() {
        put(Topic.network(PODS), new NetworkFact(PODS, 100, 1450, true));
        put(Topic.network(PODS), subnet(0, PODS, "10.244.0.0/16"));
        put(Topic.network(PODS), subnet(1, PODS, "fd44::/64"));
        put(Topic.network(SERVICES), new NetworkFact(SERVICES, 101, 1450, true));
        put(Topic.router(ROUTER), new RouterFact(ROUTER, true));
        put(Topic.router(ROUTER), face(0, PODS, "10.244.0.1", "10.244.0.0/16"));
        put(Topic.router(ROUTER), face(1, SERVICES, "10.96.0.1", "10.96.0.0/16"));
        put(Topic.router(ROUTER), face(2, SERVICES, "fd96::1", "fd96::/64"));
        put(
                Topic.router(ROUTER),
                new StaticRoute(ROUTER, IpPrefix.parse("192.0.2.7/32"), List.of(new StaticRoute.NextHop(PODS, IPV4))));
    }

    private void put(Topic topic, Fact fact) {
        fold.apply(List.of(new Subscription.Difference(topic, fact.key(), Optional.empty(), Optional.of(fact))));
    }

    private static SubnetFact subnet(int number, UUID network, String cidr) {
        return new SubnetFact(
                new UUID('s', number),
                network,
                IpPrefix.parse(cidr),
                Optional.empty(),
                false,
                Ipv6Mode.NONE,
                Ipv6Mode.NONE,
                List.of(),
                List.of());
    }

    private static RouterInterface face(int number, UUID network, String address, String subnet) {
        return new RouterInterface(
                new UUID('f', number),
                ROUTER,
                network,
                new MacAddress(0xfa163e000100L + number),
                List.of(new RouterInterface.InterfaceAddress(IpAddress.parse(address), IpPrefix.parse(subnet))),
                true);
    }

    private static LocalPort port(UUID id, Optional<HostAccess> host) {
        return new LocalPort(
                id,
                PODS,
                true,
                MAC,
                List.of(
                        new LocalPort.LocalAddress(new UUID('s', 0), IPV4),
                        new LocalPort.LocalAddress(new UUID('s', 1), IPV6)),
                List.of(),
                true,
                Optional.empty(),
                "",
                List.of(),
                "",
                "",
                "",
                "",
                Trunking.NONE,
                host);
    }

    private static HostPort.Way way(String destination, Optional<String> gateway, IpAddress source) {
        return new HostPort.Way(IpPrefix.parse(destination), gateway.map(IpAddress::parse), source);
    }

    @Test
    void itReachesItsLinkAndWhatIsBehindRoutersInTheFamiliesThatTheseHave() {
        put(Topic.node("host"), port(PORT, Optional.of(new HostAccess(Optional.empty()))));
        assertThat(fold.hostPorts()).containsExactly(PORT);
        assertThat(fold.hostPort(PORT))
                .contains(new HostPort(
                        PORT,
                        MAC,
                        1450,
                        List.of(IPV4, IPV6),
                        List.of(
                                way("10.244.0.0/16", Optional.empty(), IPV4),
                                way("fd44::/64", Optional.empty(), IPV6),
                                way("10.96.0.0/16", Optional.of("10.244.0.1"), IPV4)),
                        Optional.empty(),
                        List.of()));
        put(Topic.router(ROUTER), face(3, PODS, "fd44::1", "fd44::/64"));
        assertThat(fold.hostPort(PORT).orElseThrow().routes())
                .hasSize(4)
                .contains(way("fd96::/64", Optional.of("fd44::1"), IPV6));
    }

    @Test
    void theProgramsKnowThatTheNodeIsBehindIt() {
        put(Topic.node("host"), port(PORT, Optional.of(new HostAccess(Optional.empty()))));
        put(Topic.node("host"), port(new UUID('p', 1), Optional.empty()));
        fold.device(PORT, Optional.of(new Device(5, false)));
        fold.device(new UUID('p', 1), Optional.of(new Device(6, false)));
        fold.flush();
        assertThat(fold.tables().ports().get(5).orElseThrow().flags()).contains(Port.Flag.HOST);
        assertThat(fold.tables().ports().get(6).orElseThrow().flags()).doesNotContain(Port.Flag.HOST);
    }

    private static ServiceFact told(int number, String virtual, int port, int pool) {
        return told(number, SERVICES, virtual, port, pool);
    }

    private static ServiceFact told(int number, UUID network, String virtual, int port, int pool) {
        return new ServiceFact(
                new UUID('v', number),
                network,
                new UUID('b', number),
                new MacAddress(0xfa163e000200L + number),
                List.of(IpAddress.parse(virtual)),
                6,
                port,
                Optional.of(new UUID('o', pool)),
                0,
                MemberLocality.LOCAL,
                AllowedCallers.EVERYONE,
                Optional.of("shop/web"));
    }

    private void member(int pool, int number, IpAddress address, int weight) {
        put(
                Topic.network(SERVICES),
                new ServiceMember(new UUID('m', number), new UUID('o', pool), address, 80, weight));
    }

    @Test
    void itTellsOfServicesAtItsNodePortsHowManyOfTheirEndpointsAreHereAndOfNoStrangers() {
        List<IpAddress> virtual = List.of(IpAddress.parse("10.96.255.254"), IpAddress.parse("fd96::fffe"));
        put(
                Topic.node("host"),
                port(PORT, Optional.of(new HostAccess(Optional.of(new NodePorts(30000, 32767, virtual))))));
        put(Topic.network(SERVICES), told(1, "10.96.255.254", 31000, 1));
        put(Topic.network(SERVICES), told(2, "fd96::fffe", 31000, 2));
        put(Topic.network(SERVICES), told(3, "10.96.0.7", 31001, 1));
        put(Topic.network(SERVICES), told(4, "10.96.255.254", 31002, 3));
        put(Topic.network(SERVICES), told(5, "10.96.255.254", 8080, 1));
        UUID strangers = new UUID('n', 2);
        put(Topic.network(strangers), new NetworkFact(strangers, 102, 1450, true));
        put(Topic.network(strangers), told(6, strangers, "10.96.255.254", 31003, 1));
        member(1, 1, IPV4, 1);
        member(1, 2, IPV4.plus(1), 1);
        member(2, 3, IPV6.plus(1), 1);
        member(3, 4, IPV4, 0);
        fold.flush();
        assertThat(fold.hostPort(PORT).orElseThrow().healthChecks())
                .containsExactly(
                        new HealthCheck(31000, "shop/web", Map.of(IpFamily.IPV4, 1, IpFamily.IPV6, 0)),
                        new HealthCheck(31002, "shop/web", Map.of(IpFamily.IPV4, 0)));
        assertThat(fold.tables().listeners().size()).as("they take no calls").isZero();
    }

    @Test
    void whatNodesTunnelsNeedIsKnown() {
        put(Topic.peer("two"), new Peer("two", List.of(IpAddress.parse("192.0.2.9"), IpAddress.parse("2001:db8::9"))));
        put(Topic.peer("one"), new Peer("one", List.of(IpAddress.parse("192.0.2.8"))));
        assertThat(fold.tunnelAddresses())
                .containsExactly(
                        IpAddress.parse("192.0.2.8"), IpAddress.parse("192.0.2.9"), IpAddress.parse("2001:db8::9"));
    }
}
