package io.weft.docker.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.client.Port;
import io.weft.client.Subnet;
import io.weft.client.Subnet.AllocationPool;
import io.weft.docker.protocol.Request.PublishedPort;
import io.weft.docker.translate.Ports.Release;
import io.weft.docker.translate.Ports.Reservation;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The table of {@code docs/containers.md}, row by row. */
class TranslationTest {
    private static final String ID = "0ea1484534f560d87d3837bb6cfb491b99e5710cef7b1d9d7ab93f39fe728505";
    private static final UUID NETWORK = new UUID(0, 1);
    private static final UUID FOUR = new UUID(0, 4);
    private static final UUID SIX = new UUID(0, 6);
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final Subnet V4 = subnet(FOUR, "10.0.0.0/24");
    private static final Subnet V6 = subnet(SIX, "fd00::/64");

    private static IpAddress ip(String text) {
        return IpAddress.parse(text);
    }

    private static IpPrefix prefix(String text) {
        return IpPrefix.parse(text);
    }

    private static Subnet subnet(UUID id, String cidr) {
        IpPrefix prefix = prefix(cidr);
        IpPrefix all = prefix(prefix.family() == IpFamily.IPV4 ? "0.0.0.0/0" : "::/0");
        return new Subnet(
                id,
                "",
                "p",
                "",
                NETWORK,
                prefix.family().version(),
                prefix,
                Optional.of(prefix.first().plus(1)),
                true,
                List.of(),
                List.of(),
                List.of(new Subnet.HostRoute(all, prefix.first().plus(9))),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                1);
    }

    private static Port container(String host, List<String> tags, String... ips) {
        return port(MAC, host, "kuryr:container", "", tags, ips);
    }

    private static Port port(
            MacAddress mac, String host, String owner, String device, List<String> tags, String... ips) {
        List<Port.FixedIp> fixed = new ArrayList<>();
        for (String text : ips) {
            fixed.add(new Port.FixedIp(ip(text).isIpv4() ? FOUR : SIX, ip(text)));
        }
        return new Port(
                new UUID(1, mac.bits()),
                "",
                "p",
                "",
                NETWORK,
                true,
                "DOWN",
                mac,
                fixed,
                device,
                owner,
                List.of(),
                true,
                host,
                host.isEmpty() ? "unbound" : "other",
                Optional.empty(),
                "",
                tags,
                1);
    }

    @Test
    void labelsBecomeTagsWhereATagCanHoldThem() {
        assertThat(ContainerLabels.tags(Map.of(
                        "tier",
                        "web",
                        "empty",
                        "",
                        "list",
                        "a,b",
                        "path",
                        "/srv",
                        "long",
                        "x".repeat(250),
                        "line",
                        "a\nb")))
                .containsExactly("docker.label:empty=", "docker.label:tier=web")
                .allMatch(ContainerLabels::isLabel);
        Map<String, String> many = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            many.put("label" + i, "value");
        }
        assertThat(ContainerLabels.tags(many)).hasSize(ContainerLabels.MOST);
    }

    @Test
    void aNetworkCarriesKuryrsTagsInTwoHalves() {
        assertThat(Labels.network(ID))
                .containsExactly(
                        "kuryr.net.uuid.lh:0ea1484534f560d87d3837bb6cfb491b",
                        "kuryr.net.uuid.uh:99e5710cef7b1d9d7ab93f39fe728505");
        assertThat(Labels.network("x1y2z3a4b5c6d7e8f9g0h1i2j"))
                .containsExactly("kuryr.net.uuid.lh:x1y2z3a4b5c6d7e8f9g0h1i2j");
        UUID group = UUID.randomUUID();
        List<String> tags = Networks.tags(ID, "host1", true, true, List.of(group), Optional.of(group));
        assertThat(tags)
                .contains("kuryr.net.existing")
                .allSatisfy(tag -> assertThat(tag).hasSizeLessThanOrEqualTo(60));
        assertThat(Labels.securityGroups(ID, tags)).containsExactly(group);
        assertThat(Labels.qosPolicy(ID, tags)).contains(group);
        assertThat(tags).filteredOn(tag -> !Labels.concerns(ID, tag)).containsExactly("kuryr.net.existing");
    }

    @Test
    void theFirstAddressMakesThePortAndTheSecondJoinsIt() {
        assertThat(Ports.reserve(V4, Optional.empty(), MAC, "h", List.of(), List.of()))
                .isInstanceOf(Reservation.Make.class);
        Port made = container("h", List.of(), "10.0.0.5");
        Reservation second = Ports.reserve(V6, Optional.empty(), MAC, "h", List.of(made), List.of());
        assertThat(second).isInstanceOf(Reservation.Extend.class);
        assertThat(((Reservation.Extend) second).attributes().toString()).contains("10.0.0.5", SIX.toString());
    }

    @Test
    void anAddressThatIsAskedForTwiceIsTakenOnce() {
        Port made = container("h", List.of(), "10.0.0.5");
        assertThat(Ports.reserve(V4, Optional.empty(), MAC, "h", List.of(made), List.of()))
                .isEqualTo(new Reservation.Keep(made, ip("10.0.0.5")));
        assertThat(Ports.reserve(V4, Optional.of(ip("10.0.0.5")), MAC, "h", List.of(made), List.of(made)))
                .isEqualTo(new Reservation.Keep(made, ip("10.0.0.5")));
    }

    @Test
    void anotherNodesPortWithTheSameMacIsNotTouched() {
        Port others = container("other", List.of(), "10.0.0.5");
        assertThat(Ports.reserve(V4, Optional.empty(), MAC, "h", List.of(others), List.of()))
                .isInstanceOf(Reservation.Make.class);
    }

    @Test
    void aFreePortWithTheAddressIsAdoptedAndGetsTheContainersMac() {
        Port prepared = port(OTHER_MAC, "", "", "", List.of(), "10.0.0.7");
        Reservation adopt = Ports.reserve(V4, Optional.of(ip("10.0.0.7")), MAC, "h", List.of(), List.of(prepared));
        assertThat(adopt).isInstanceOf(Reservation.Adopt.class);
        assertThat(((Reservation.Adopt) adopt).attributes().toString()).contains("mac_address=" + MAC);
    }

    @Test
    void anAddressOfAPortInUseIsRefused() {
        for (Port used : List.of(
                port(OTHER_MAC, "h", "", "", List.of(), "10.0.0.7"),
                port(OTHER_MAC, "", "compute:nova", "", List.of(), "10.0.0.7"),
                port(OTHER_MAC, "", "", "device", List.of(), "10.0.0.7"))) {
            assertThatThrownBy(() -> Ports.reserve(V4, Optional.of(ip("10.0.0.7")), MAC, "h", List.of(), List.of(used)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("address 10.0.0.7 belongs to port");
        }
    }

    @Test
    void aPortGoesWithItsLastAddressOfThisNodeAlone() {
        Port both = container("h", List.of(), "10.0.0.5", "fd00::5");
        assertThat(Ports.release(V4, ip("10.0.0.5"), "h", List.of(both))).isInstanceOf(Release.Shrink.class);
        Port six = container("h", List.of(), "fd00::5");
        assertThat(Ports.release(V6, ip("fd00::5"), "h", List.of(six))).isEqualTo(new Release.Remove(six));
        assertThat(Ports.release(V6, ip("fd00::5"), "other", List.of(six))).isEqualTo(new Release.Nothing());
        Port machine = port(MAC, "h", "compute:nova", "vm", List.of(), "fd00::5");
        assertThat(Ports.release(V6, ip("fd00::5"), "h", List.of(machine))).isEqualTo(new Release.Nothing());
        Port adopted = container("h", List.of("kuryr.port.existing"), "fd00::5");
        assertThat(Ports.release(V6, ip("fd00::5"), "h", List.of(adopted))).isInstanceOf(Release.GiveBack.class);
    }

    @Test
    void aContainerOfAnInternalNetworkGetsNoDefaultRoute() {
        assertThat(Joins.answer("wd1", List.of(V4, V6), true).answer())
                .doesNotContainKeys("Gateway", "GatewayIPv6")
                .containsEntry("StaticRoutes", List.of());
        assertThat(Joins.answer("wd1", List.of(V4, V6), false).answer())
                .containsEntry("Gateway", "10.0.0.1")
                .containsEntry("GatewayIPv6", "fd00::1");
    }

    @Test
    void optionsThatAreNotKnownOrContradictEachOtherAreRefused() {
        refuses(Map.of("weft.colour", "red"), false, "option 'weft.colour' is not known");
        refuses(Map.of("weft.nat", "true"), true, "nothing leads out of an internal network");
        refuses(Map.of("weft.nat", "a", "weft.router", "b"), false, "not both");
        refuses(Map.of("weft.nat", "a", "neutron.net.name", "b"), false, "existing network");
        refuses(Map.of("com.docker.network.driver.mtu", "12"), false, "between 1280 and 65535");
        assertThatThrownBy(
                        () -> Options.pool(Map.of("neutron.pool.name", "a", "neutron.subnet.name", "b"), IpFamily.IPV4))
                .hasMessageContaining("comes from no pool");
        assertThatThrownBy(() -> Options.endpoint(Map.of("weft.tags", "kuryr.port.existing")))
                .hasMessageContaining("the driver's own");
        assertThat(Options.pool(Map.of("neutron.pool.name", "four", "neutron.pool.v6.name", "six"), IpFamily.IPV6)
                        .pool())
                .contains("six");
    }

    private static void refuses(Map<String, String> options, boolean internal, String reason) {
        assertThatThrownBy(() -> Options.network(options, internal))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void addressesComeFromTheRangeWithoutWhatIsTaken() {
        assertThat(AllocationPools.of(
                        prefix("10.0.0.0/24"), prefix("10.0.0.0/29"), List.of(ip("10.0.0.1"), ip("10.0.0.3"))))
                .containsExactly(
                        new AllocationPool(ip("10.0.0.2"), ip("10.0.0.2")),
                        new AllocationPool(ip("10.0.0.4"), ip("10.0.0.7")));
        assertThat(AllocationPools.of(prefix("10.0.0.0/24"), prefix("10.0.0.128/25"), List.of(ip("10.0.0.1"))))
                .containsExactly(new AllocationPool(ip("10.0.0.128"), ip("10.0.0.254")));
        assertThatThrownBy(() -> AllocationPools.of(prefix("10.0.0.0/24"), prefix("10.0.1.0/25"), List.of()))
                .hasMessageContaining("is not in the subnet");
        assertThatThrownBy(
                        () -> AllocationPools.of(prefix("10.0.0.0/24"), prefix("10.0.0.8/32"), List.of(ip("10.0.0.8"))))
                .hasMessageContaining("no address for a container");
    }

    @Test
    void aFreePrefixOverlapsNothingThatIsUsedAndIsTheFirst() {
        Random random = new Random(11);
        IpPrefix block = prefix("10.0.0.0/20");
        for (int round = 0; round < 2_000; round++) {
            List<IpPrefix> used = new ArrayList<>();
            for (int i = random.nextInt(12); i > 0; i--) {
                int length = 20 + random.nextInt(8);
                int offset = random.nextInt(1 << 12) & -(1 << (32 - length));
                used.add(new IpPrefix(block.first().plus(offset), length));
            }
            Optional<IpPrefix> expected = Optional.empty();
            for (int i = 0; i < 16 && expected.isEmpty(); i++) {
                IpPrefix candidate = new IpPrefix(block.first().plus((long) i << 8), 24);
                if (used.stream().noneMatch(candidate::overlaps)) {
                    expected = Optional.of(candidate);
                }
            }
            assertThat(FreePrefix.find(List.of(block), 24, used)).as("%s", used).isEqualTo(expected);
        }
        assertThat(FreePrefix.find(List.of(prefix("fd00::/56")), 64, List.of(prefix("fd00::/64"))))
                .contains(prefix("fd00:0:0:1::/64"));
        assertThat(FreePrefix.find(List.of(prefix("255.255.255.0/24")), 25, List.of(prefix("255.255.255.0/25"))))
                .contains(prefix("255.255.255.128/25"));
    }

    @Test
    void publishedPortsAreThoseOfAFloatingIp() {
        List<Publishing.Wanted> wanted = Publishing.wanted(List.of(
                new PublishedPort(6, Optional.empty(), 80, 8080, 8081),
                new PublishedPort(17, Optional.of(ip("203.0.113.9")), 53, 0, 0),
                new PublishedPort(6, Optional.of(ip("0.0.0.0")), 80, 9090, 9090)));
        assertThat(Publishing.choose(wanted.get(0), List.of(8080))).isEqualTo(8081);
        assertThat(Publishing.choose(wanted.get(1), List.of())).isEqualTo(32_768);
        assertThat(wanted.get(1).hostAddress()).contains(ip("203.0.113.9"));
        assertThat(wanted.get(2).hostAddress()).isEmpty();
        assertThat(Publishing.rules(NETWORK, wanted)).hasSize(2);
        assertThatThrownBy(() -> Publishing.choose(wanted.get(0), List.of(8080, 8081)))
                .hasMessageContaining("all published already");
        assertThatThrownBy(() -> Publishing.wanted(List.of(new PublishedPort(132, Optional.empty(), 80, 80, 80))))
                .hasMessageContaining("protocol 132");
        assertThatThrownBy(
                        () -> Publishing.wanted(List.of(new PublishedPort(6, Optional.of(ip("fd00::1")), 80, 80, 80))))
                .hasMessageContaining("no floating IP");
    }
}
