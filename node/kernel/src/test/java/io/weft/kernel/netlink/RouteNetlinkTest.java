package io.weft.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.fixture.Host;
import io.weft.kernel.fixture.Lab;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RouteNetlinkTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");

    private final Lab lab = new Lab();
    private final Host host = lab.host("host");
    private final RouteNetlink netlink = host.netlink();

    @AfterEach
    void close() {
        lab.close();
    }

    private static IpAddress ip(String text) {
        return IpAddress.parse(text);
    }

    @Test
    void makesAVethPairIntoAnotherNamespace() {
        Host guest = lab.host("guest");
        netlink.createVeth(
                LinkEnd.of("port1").withMac(MAC).withMtu(1400),
                LinkEnd.of("eth0").withMac(OTHER_MAC).withMtu(1450).in(guest.namespace()));

        Link port = host.link("port1");
        Link peer = guest.link("eth0");
        assertThat(port.kind()).isEqualTo("veth");
        assertThat(port.mac()).contains(MAC);
        assertThat(port.mtu()).isEqualTo(1400);
        assertThat(port.isUp()).isFalse();
        assertThat(port.peerIndex()).isEqualTo(peer.index());
        assertThat(port.peerNamespaceId()).isNotNegative();
        assertThat(peer.mac()).contains(OTHER_MAC);
        assertThat(peer.mtu()).isEqualTo(1450);
        assertThat(peer.peerIndex()).isEqualTo(port.index());

        host.up("port1");
        guest.up("eth0");
        assertThat(host.link("port1").isUp()).isTrue();
        assertThat(host.link("port1").state()).isEqualTo(OperationalState.UP);
        assertThat(host.link("port1").hasCarrier()).isTrue();
        guest.down("eth0");
        assertThat(host.link("port1").hasCarrier()).isFalse();

        assertThat(netlink.deleteLink(port.index())).isTrue();
        assertThat(netlink.deleteLink(port.index())).isFalse();
        assertThat(netlink.link("port1")).isEmpty();
        assertThat(netlink.link(port.index())).isEmpty();
        assertThat(guest.netlink().link("eth0")).isEmpty();
    }

    @Test
    void changesLinks() {
        netlink.createVeth(LinkEnd.of("a"), LinkEnd.of("b"));
        int index = host.index("a");
        assertThat(host.link("a").peerNamespaceId()).isEqualTo(-1);
        netlink.setMtu(index, 9000);
        netlink.setMac(index, MAC);
        netlink.setAlias(index, "port 8f6c");
        netlink.setName(index, "renamed");
        Link link = netlink.link(index).orElseThrow();
        assertThat(link.mtu()).isEqualTo(9000);
        assertThat(link.mac()).contains(MAC);
        assertThat(link.alias()).isEqualTo("port 8f6c");
        assertThat(link.name()).isEqualTo("renamed");
        netlink.setAlias(index, "");
        assertThat(netlink.link(index).orElseThrow().alias()).isEmpty();
        netlink.set(index, LinkEnd.of("renamed").withMtu(8000));
        assertThat(netlink.link(index).orElseThrow().mtu()).isEqualTo(8000);
        assertThat(netlink.link(index).orElseThrow().isUp()).isFalse();
        netlink.setUp(index, LinkEnd.of("again").withMac(OTHER_MAC), "port 6fd4");
        link = netlink.link("again").orElseThrow();
        assertThat(link.index()).isEqualTo(index);
        assertThat(link.mac()).contains(OTHER_MAC);
        assertThat(link.alias()).isEqualTo("port 6fd4");
        assertThat(link.isUp()).isTrue();
        netlink.setMac(index, MAC);
        netlink.setName(index, "renamed");

        Host other = lab.host("other");
        netlink.moveTo(index, other.namespace());
        assertThat(netlink.link("renamed")).isEmpty();
        assertThat(other.link("renamed").mac()).contains(MAC);
        assertThat(netlink.deleteLink("b")).isTrue();
        assertThat(netlink.deleteLink("b")).isFalse();
    }

    @Test
    void makesBridgesAndVxlanDevices() {
        netlink.createBridge(LinkEnd.of("br0"));
        netlink.createVeth(LinkEnd.of("a"), LinkEnd.of("b"));
        netlink.setMaster(host.index("a"), host.index("br0"));
        assertThat(host.link("a").master()).isEqualTo(host.index("br0"));
        netlink.setMaster(host.index("a"), 0);
        assertThat(host.link("a").master()).isZero();

        netlink.createVxlan(LinkEnd.of("weft0").withMtu(1450), 4789);
        host.up("weft0");
        assertThat(host.link("weft0").kind()).isEqualTo("vxlan");
        assertThat(host.require("ip", "-d", "link", "show", "weft0"))
                .contains("external", "dstport 4789", "udp6zerocsumtx", "udp6zerocsumrx", "nolearning");
        assertThat(host.require("ss", "-lun")).contains("0.0.0.0:4789", "[::]:4789");
    }

    @Test
    void aTokenBucketIsSetChangedFoundAndTakenAway() {
        netlink.createVeth(LinkEnd.of("a"), LinkEnd.of("b"));
        int handle = 0x12340000;
        int index = host.index("a");
        TokenBucket slow = new TokenBucket(125_000, 10_000, 100_000);
        netlink.setTokenBucket(index, handle, slow);
        assertThat(host.require("tc", "qdisc", "show", "dev", "a")).contains("tbf 1234: root", "rate 1Mbit");
        assertThat(netlink.tokenBuckets(handle)).containsOnlyKeys(index);
        assertThat(netlink.tokenBuckets(handle))
                .allSatisfy((_, found) ->
                        assertThat(slow.isSame(found)).as(found.toString()).isTrue());
        assertThat(netlink.tokenBuckets(0x56780000)).isEmpty();

        // Beyond 32 bits, and the largest burst of a rate that is not round.
        for (TokenBucket bucket : List.of(
                new TokenBucket(12_500_000_000L, 4_000_000_000L, 4_000_000_000L),
                new TokenBucket(624_999_875L, 62_500_000L, 31_250_000),
                new TokenBucket(125, 10_000, 100_000))) {
            netlink.setTokenBucket(index, handle, bucket);
            TokenBucket found = netlink.tokenBuckets(handle).get(index);
            assertThat(found).isNotNull();
            assertThat(bucket.isSame(found)).as(bucket + " is " + found).isTrue();
            assertThat(slow.isSame(found)).isFalse();
        }
        assertThat(netlink.deleteTokenBucket(index, 0x56780000)).isFalse();
        assertThat(netlink.deleteTokenBucket(index, handle)).isTrue();
        assertThat(netlink.deleteTokenBucket(index, handle)).isFalse();
        assertThat(netlink.deleteTokenBucket(999, handle)).isFalse();
    }

    @Test
    void classesOfTokenBucketsAreSetChangedFoundAndTakenAway() {
        netlink.createVeth(LinkEnd.of("a"), LinkEnd.of("b"));
        int handle = 0x12340000;
        int index = host.index("a");
        netlink.setTokenClasses(index, handle, 9);
        netlink.setTokenClasses(index, handle, 9);
        assertThat(netlink.hasTokenClasses(index, handle)).isTrue();
        assertThat(netlink.hasTokenClasses(host.index("b"), handle)).isFalse();
        assertThat(netlink.tokenClasses(index, handle)).isEmpty();
        TokenClass whole = new TokenClass(12_500_000_000L, 12_500_000_000L, 25_000_000, 625_000_000);
        TokenClass slow = new TokenClass(125_000, 12_500_000_000L, 25_000_000, 100_000);
        netlink.setTokenClass(index, handle, 0, 5, whole);
        netlink.setTokenClass(index, handle, 5, 7, slow);
        netlink.setTokenClassQueue(index, handle, 7, slow);
        netlink.setTokenClassQueue(index, handle, 7, slow);
        assertThat(host.require("tc", "class", "show", "dev", "a"))
                .contains("class htb 1234:7 parent 1234:5", "rate 1Mbit ceil 100Gbit");
        assertThat(host.require("tc", "qdisc", "show", "dev", "a"))
                .contains("htb 1234: root", "bfifo 7: parent 1234:7 limit 100000b");
        assertThat(netlink.tokenClasses(index, handle)).containsOnlyKeys(5, 7);
        for (TokenClass of : List.of(
                slow,
                new TokenClass(125, 125, 10_000, 100_000),
                new TokenClass(624_999_875L, 624_999_875L, 62_500_000L, 31_250_000))) {
            netlink.setTokenClass(index, handle, 5, 7, of);
            TokenClass found = netlink.tokenClasses(index, handle).get(7);
            assertThat(found).isNotNull();
            assertThat(of.isSame(found)).as(of + " is " + found).isTrue();
            assertThat(whole.isSame(found)).isFalse();
        }
        assertThat(netlink.deleteTokenClass(index, handle, 7)).isTrue();
        assertThat(netlink.deleteTokenClass(index, handle, 7)).isFalse();
        assertThat(netlink.deleteTokenClasses(index, handle)).isTrue();
        assertThat(netlink.deleteTokenClasses(index, handle)).isFalse();
    }

    @Test
    void listsManyLinks() {
        for (int i = 0; i < 150; i++) {
            netlink.createVeth(LinkEnd.of("a" + i), LinkEnd.of("b" + i));
        }
        assertThat(netlink.links()).extracting(Link::name).hasSize(301).contains("lo", "a0", "b149");
    }

    @Test
    void addsListsAndDeletesAddresses() {
        netlink.createVeth(LinkEnd.of("a"), LinkEnd.of("b"));
        host.up("a").up("b");
        InterfaceAddress four = new InterfaceAddress(host.index("a"), ip("192.0.2.1"), 24);
        InterfaceAddress six = new InterfaceAddress(host.index("a"), ip("2001:db8::1"), 64);
        for (InterfaceAddress address : List.of(four, six)) {
            netlink.addAddress(address);
            netlink.addAddress(address);
            assertThat(netlink.addresses()).contains(address);
        }
        assertThat(host.run("ip", "-6", "addr", "show", "tentative").output()).doesNotContain("2001:db8::1");
        for (InterfaceAddress address : List.of(four, six)) {
            assertThat(netlink.deleteAddress(address)).isTrue();
            assertThat(netlink.deleteAddress(address)).isFalse();
            assertThat(netlink.addresses()).doesNotContain(address);
        }
    }

    @Test
    void addsListsAndDeletesRoutes() {
        netlink.createVeth(LinkEnd.of("a"), LinkEnd.of("b"));
        host.up("a").up("b").address("a", "192.0.2.1/24").address("a", "2001:db8::1/64");
        int index = host.index("a");
        List<Route> routes = List.of(
                Route.onLink(IpPrefix.parse("198.51.100.0/24"), index),
                Route.onLink(IpPrefix.parse("2001:db8:1::/48"), index),
                Route.via(IpPrefix.parse("0.0.0.0/0"), ip("192.0.2.254")),
                Route.via(IpPrefix.parse("::/0"), ip("2001:db8::fe")),
                new Route(
                        IpPrefix.parse("203.0.113.0/24"),
                        Optional.of(ip("192.0.2.254")),
                        index,
                        Optional.of(ip("192.0.2.1")),
                        100,
                        7));
        routes.forEach(netlink::addRoute);
        routes.forEach(netlink::addRoute);
        assertThat(netlink.routes())
                .contains(routes.get(0), routes.get(4))
                .anyMatch(route -> route.destination().equals(IpPrefix.parse("2001:db8:1::/48"))
                        && route.interfaceIndex() == index)
                .anyMatch(route -> route.gateway().equals(Optional.of(ip("192.0.2.254")))
                        && route.destination().length() == 0)
                .anyMatch(route -> route.gateway().equals(Optional.of(ip("2001:db8::fe"))));
        for (Route route : routes) {
            assertThat(netlink.deleteRoute(route)).isTrue();
            assertThat(netlink.deleteRoute(route)).isFalse();
        }
        assertThat(netlink.routes()).noneMatch(route -> route.gateway().isPresent());
    }

    @Test
    void setsListsAndDeletesNeighbours() {
        netlink.createVeth(LinkEnd.of("a"), LinkEnd.of("b"));
        host.up("a").up("b");
        for (String address : List.of("192.0.2.9", "2001:db8::9")) {
            Neighbour neighbour = Neighbour.permanent(host.index("a"), ip(address), MAC);
            netlink.setNeighbour(neighbour);
            assertThat(netlink.neighbours()).contains(neighbour);
            Neighbour moved = Neighbour.permanent(host.index("a"), ip(address), OTHER_MAC);
            netlink.setNeighbour(moved);
            assertThat(netlink.neighbours()).contains(moved).doesNotContain(neighbour);
            assertThat(netlink.deleteNeighbour(moved)).isTrue();
            assertThat(netlink.neighbours()).doesNotContain(moved);
        }
    }

    @Test
    void addsClsactOnce() {
        netlink.createVeth(LinkEnd.of("a"), LinkEnd.of("b"));
        assertThat(netlink.addClsact(host.index("a"))).isTrue();
        assertThat(netlink.addClsact(host.index("a"))).isFalse();
        assertThat(host.require("tc", "qdisc", "show", "dev", "a")).contains("clsact");
    }

    @Test
    void repeatsTheKernelsOwnWords() {
        netlink.createVeth(LinkEnd.of("a"), LinkEnd.of("b"));
        assertThatThrownBy(() -> netlink.createVeth(LinkEnd.of("a"), LinkEnd.of("c")))
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST))
                .hasMessageContaining("create veth a and c: EEXIST");
        assertThatThrownBy(() -> netlink.setMtu(host.index("a"), 1_000_000))
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.detail()).contains("mtu greater than device maximum"));
        assertThatThrownBy(() -> netlink.addRoute(Route.via(IpPrefix.parse("10.0.0.0/8"), ip("192.0.2.1"))))
                .hasMessageContaining("ENETUNREACH")
                .hasMessageContaining("Nexthop has invalid gateway");
        assertThatThrownBy(() -> LinkEnd.of("a-name-that-is-too-long")).hasMessageContaining("no valid interface name");
    }
}
