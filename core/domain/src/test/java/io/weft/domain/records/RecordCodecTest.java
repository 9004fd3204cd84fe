package io.weft.domain.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.weft.model.AddressGroup;
import io.weft.model.AddressPair;
import io.weft.model.AddressScope;
import io.weft.model.AllowedCallers;
import io.weft.model.BalancedProtocol;
import io.weft.model.Binding;
import io.weft.model.DefaultRule;
import io.weft.model.DefaultRules;
import io.weft.model.DhcpOption;
import io.weft.model.Direction;
import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.Flavor;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.IpProtocol;
import io.weft.model.IpRange;
import io.weft.model.Ipv6Mode;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.MacAddress;
import io.weft.model.MemberLocality;
import io.weft.model.Meta;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.PortDns;
import io.weft.model.PortExtras;
import io.weft.model.Precedence;
import io.weft.model.QosPolicy;
import io.weft.model.QosRule;
import io.weft.model.RbacPolicy;
import io.weft.model.RbacPolicy.Action;
import io.weft.model.Resource;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.RuleAction;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.ServiceProfile;
import io.weft.model.Sharing;
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import io.weft.model.Tier;
import io.weft.model.Trunk;
import io.weft.store.Bytes;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Versioned;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordCodecTest {
    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05Z");
    private static final Instant UPDATED = Instant.parse("2026-02-03T04:05:06Z");

    private final RecordCodec codec = new RecordCodec();

    private static final Sharing SHARED = new Sharing(List.of(
            new RbacPolicy(id(20), "project/ä", Action.ACCESS_AS_SHARED, RbacPolicy.EVERYONE, true),
            new RbacPolicy(id(21), "", Action.ACCESS_AS_SHARED, "other", false),
            new RbacPolicy(id(22), "admin", Action.ACCESS_AS_EXTERNAL, "other", false)));

    private static UUID id(int number) {
        return UUID.fromString("00000000-0000-4000-8000-%012d".formatted(number));
    }

    private static Meta meta(int number) {
        return new Meta(
                id(number),
                "project/ä",
                "na\"me",
                "a description",
                List.of("blue", "green"),
                CREATED,
                UPDATED,
                7,
                Map.of());
    }

    static Stream<Resource> everyKind() {
        return Stream.of(
                new Network(meta(1), true, true, 4242, 1400, true),
                new Subnet(
                        meta(2),
                        id(1),
                        IpPrefix.parse("2001:db8::/64"),
                        Optional.of(IpAddress.parse("2001:db8::1")),
                        List.of(new IpRange(IpAddress.parse("2001:db8::10"), IpAddress.parse("2001:db8::ffff"))),
                        List.of(IpAddress.parse("2001:db8::53")),
                        List.of(new Route(IpPrefix.parse("::/0"), IpAddress.parse("2001:db8::2"))),
                        true,
                        Ipv6Mode.DHCPV6_STATEFUL,
                        Ipv6Mode.DHCPV6_STATEFUL),
                new Port(
                        meta(3),
                        id(1),
                        true,
                        MacAddress.parse("fa:16:3e:01:02:03"),
                        List.of(
                                new FixedIp(id(2), IpAddress.parse("2001:db8::11")),
                                new FixedIp(id(4), IpAddress.parse("10.0.0.5"))),
                        "device",
                        "compute:nova",
                        List.of(new AddressPair(IpPrefix.parse("10.1.0.0/16"), MacAddress.parse("fa:16:3e:09:09:09"))),
                        true,
                        List.of(new DhcpOption(IpFamily.IPV4, "bootfile-name", "pxelinux.0")),
                        new Binding("host-1", "direct", Map.of("slot", 3, "deep", List.of(Map.of("a", true))))),
                new Router(meta(5), true, List.of(new Route(IpPrefix.parse("0.0.0.0/0"), IpAddress.parse("10.0.0.9")))),
                new Node(meta(6), List.of(IpAddress.parse("192.0.2.1"), IpAddress.parse("2001:db8:ffff::1"))),
                new SecurityGroup(meta(7), true, false),
                new SecurityGroupRule(
                        meta(8),
                        id(7),
                        match(IpFamily.IPV4, "tcp", 80, Optional.of(443), RuleRemote.Prefix.parse("10.0.0.5/24"))),
                new AddressGroup(meta(10), List.of(IpPrefix.parse("2001:db8::/64"), IpPrefix.parse("10.0.0.0/24"))),
                new QosPolicy(
                        meta(13),
                        true,
                        true,
                        List.of(
                                new QosRule.BandwidthLimit(id(14), Direction.EGRESS, 10_000, 0),
                                new QosRule.BandwidthLimit(id(15), Direction.INGRESS, 2_000_000_000, 64),
                                new QosRule.PacketRateLimit(id(16), Direction.INGRESS, 20, 3),
                                new QosRule.DscpMarking(id(17), 46))),
                new SubnetPool(
                        meta(18),
                        true,
                        true,
                        IpFamily.IPV6,
                        List.of(IpPrefix.parse("2001:db8::/32"), IpPrefix.parse("2001:db9::/33")),
                        48,
                        64,
                        56,
                        OptionalInt.of(7)),
                new Trunk(meta(19), id(3), true, List.of(new Trunk.Subport(id(4), 4094), new Trunk.Subport(id(5), 1))),
                new LoadBalancer(meta(23), id(3), id(1), id(2), IpAddress.parse("2001:db8::80"), true, true),
                new Listener(
                        meta(24),
                        id(23),
                        true,
                        BalancedProtocol.TCP,
                        443,
                        Optional.of(id(25)),
                        AllowedCallers.EVERYONE,
                        Optional.empty()),
                new Pool(meta(25), id(23), true, BalancedProtocol.UDP, 10_800, MemberLocality.ANY),
                new PoolMember(meta(26), id(25), true, IpAddress.parse("10.0.0.7"), 8080, 256, Optional.of(id(2))),
                new Flavor(meta(23), Flavor.ROUTERS, false, List.of(id(24))),
                new ServiceProfile(meta(24), "weft", "{'a': 1}", false),
                new DefaultRules(
                        meta(11),
                        List.of(new DefaultRule(
                                id(12),
                                "echo",
                                match(IpFamily.IPV6, "icmp", 128, Optional.empty(), new RuleRemote.OwnGroup()),
                                true,
                                false,
                                CREATED))));
    }

    private static RuleMatch match(
            IpFamily family, String protocol, int min, Optional<Integer> max, RuleRemote remote) {
        return new RuleMatch(
                Direction.INGRESS, family, Optional.of(IpProtocol.parse(protocol)), Optional.of(min), max, remote);
    }

    static Stream<Resource> bareOnes() {
        Meta bare = Meta.create(id(9), "", "", "", CREATED);
        return Stream.of(
                new Network(bare, false, false, 1, 68, false),
                new Network(
                        bare, false, false, 1, 68, false, "example.org.", false, Optional.empty(), Optional.empty()),
                new Subnet(
                        bare,
                        id(1),
                        IpPrefix.parse("10.0.0.0/8"),
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        List.of(),
                        false,
                        Ipv6Mode.NONE,
                        Ipv6Mode.NONE,
                        List.of("compute:nova", "network:router_gateway"),
                        Optional.of(id(18))),
                new Port(
                        bare,
                        id(1),
                        false,
                        new MacAddress(2),
                        List.of(),
                        "",
                        "",
                        List.of(),
                        false,
                        List.of(),
                        Binding.NONE),
                new Port(
                        bare,
                        id(1),
                        false,
                        new MacAddress(2),
                        List.of(),
                        "",
                        "",
                        List.of(),
                        false,
                        Optional.empty(),
                        List.of(),
                        Binding.NONE,
                        new PortDns("www", "example.org."),
                        Optional.empty(),
                        new PortExtras(
                                true,
                                "socket",
                                "gpu",
                                List.of(
                                        new Binding("h1", "normal", Map.of()),
                                        new Binding("h2", "direct", Map.of("slot", 3))))),
                portIn(Optional.of(List.of())),
                portIn(Optional.of(List.of(id(7), id(8)))),
                new SecurityGroup(bare, false, true),
                new SecurityGroupRule(
                        bare, id(7), RuleMatch.all(Direction.EGRESS, IpFamily.IPV6, new RuleRemote.Anyone())),
                new SecurityGroupRule(
                        bare, id(7), RuleMatch.all(Direction.EGRESS, IpFamily.IPV6, new RuleRemote.Group(id(8)))),
                new SecurityGroupRule(
                        bare, id(7), RuleMatch.all(Direction.EGRESS, IpFamily.IPV6, new RuleRemote.Addresses(id(8)))),
                new AddressGroup(bare, List.of()),
                new DefaultRules(bare, List.of()),
                new QosPolicy(bare, false, false, List.of()),
                new Trunk(bare, id(3), false, List.of()),
                new LoadBalancer(bare, id(3), id(1), id(2), IpAddress.parse("10.0.0.80"), false, false),
                new Listener(
                        bare,
                        id(23),
                        false,
                        BalancedProtocol.UDP,
                        1,
                        Optional.empty(),
                        AllowedCallers.EVERYONE,
                        Optional.empty()),
                new Listener(
                        bare,
                        id(23),
                        false,
                        BalancedProtocol.TCP,
                        2,
                        Optional.empty(),
                        new AllowedCallers(
                                List.of(IpPrefix.parse("192.0.2.0/24"), IpPrefix.parse("2001:db8::/32")),
                                AllowedCallers.Scope.FLOATING),
                        Optional.of("shop/web.front-1")),
                new Pool(bare, id(23), false, BalancedProtocol.UDP, 0, MemberLocality.LOCAL),
                new PoolMember(bare, id(25), false, IpAddress.parse("10.0.0.7"), 65535, 0, Optional.empty()),
                new Flavor(bare, "FLAVORS", true, List.of()),
                new ServiceProfile(bare, "", "", true),
                new AddressScope(bare, IpFamily.IPV4, Sharing.NONE),
                new AddressScope(meta(1), IpFamily.IPV6, SHARED.without(Action.ACCESS_AS_EXTERNAL)),
                new SubnetPool(
                        meta(1),
                        SHARED.without(Action.ACCESS_AS_EXTERNAL),
                        false,
                        IpFamily.IPV4,
                        List.of(),
                        0,
                        32,
                        0,
                        OptionalInt.empty(),
                        Optional.of(id(15))),
                new SubnetPool(bare, false, false, IpFamily.IPV4, List.of(), 0, 32, 0, OptionalInt.empty()),
                new Network(bare, false, false, 1, 68, false, "", false, Optional.empty(), Optional.of(id(13))),
                new Network(
                        meta(1),
                        true,
                        SHARED,
                        1,
                        68,
                        false,
                        "",
                        Optional.of("physnet1"),
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        List.of()),
                new Network(
                        meta(1),
                        true,
                        SHARED,
                        1,
                        68,
                        false,
                        "",
                        Optional.of("physnet1"),
                        Optional.empty(),
                        true,
                        Optional.of(id(14)),
                        List.of("default")),
                new QosPolicy(meta(13), SHARED.without(Action.ACCESS_AS_EXTERNAL), false, List.of()),
                new SecurityGroup(meta(7), false, true).withSharing(SHARED.without(Action.ACCESS_AS_EXTERNAL)),
                new SecurityGroup(bare, false, true).withPrecedence(new Precedence(Tier.ADMIN, 0)),
                new SecurityGroup(bare, false, true).withPrecedence(new Precedence(Tier.BASELINE, Precedence.LAST)),
                new SecurityGroupRule(
                        bare,
                        id(7),
                        RuleMatch.all(Direction.EGRESS, IpFamily.IPV6, new RuleRemote.Anyone()),
                        RuleAction.DENY,
                        Precedence.LAST),
                new SecurityGroupRule(
                        bare,
                        id(7),
                        RuleMatch.all(Direction.INGRESS, IpFamily.IPV4, new RuleRemote.Anyone()),
                        RuleAction.PASS,
                        0),
                new AddressGroup(meta(10), List.of(), SHARED.without(Action.ACCESS_AS_EXTERNAL)),
                new Router(bare, false, List.of()),
                new Router(
                        bare,
                        true,
                        List.of(),
                        List.of(
                                new ExternalGateway(id(1), id(3), true, 5, List.of(id(6)), Optional.of(id(13))),
                                new ExternalGateway(id(2), id(4), false, 6, List.of())),
                        true,
                        true,
                        List.of("default"),
                        Optional.of(id(23))),
                new Node(bare.describe("n", ""), List.of()));
    }

    private static Port portIn(Optional<List<UUID>> groups) {
        return new Port(
                Meta.create(id(9), "", "", "", CREATED),
                id(1),
                false,
                new MacAddress(2),
                List.of(),
                "",
                "",
                List.of(),
                true,
                groups,
                List.of(),
                Binding.NONE,
                PortDns.NONE,
                Optional.of(id(13)));
    }

    @Test
    void portsInTheSameGroupsHoldOneListOfThem() {
        Port port = portIn(Optional.of(List.of(id(7), id(8))));
        Port one = (Port) codec.decode(Resource.Kind.PORT, codec.encode(port));
        Port two = (Port) codec.decode(Resource.Kind.PORT, codec.encode(port));
        assertThat(one.securityGroups()).isSameAs(two.securityGroups()).isEqualTo(port.securityGroups());
    }

    @ParameterizedTest
    @MethodSource({"everyKind", "bareOnes"})
    void aRecordComesBackAsItWas(Resource resource) {
        assertThat(codec.decode(resource.kind(), codec.encode(resource))).isEqualTo(resource);
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void aRecordOfTheFirstFormatIsReadAsItWasMeantAndWrittenAsItWas(Resource resource) {
        String golden = golden(resource.kind());
        assertThat(codec.decode(resource.kind(), value(1, golden))).isEqualTo(resource);
        if (resource.kind() != Resource.Kind.PORT) {
            assertThat(Versioned.decode(codec.encode(resource)).body().utf8()).isEqualTo(golden);
        }
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void fieldsOfOtherBuildsSurviveBeingRewritten(Resource resource) {
        String body = Versioned.decode(codec.encode(resource)).body().utf8();
        String foreign =
                "{\"future\":{\"list\":[1,2.5,null,{\"x\":\"y\"}],\"big\":123456789012345678901},\"flag\":false,"
                        + body.substring(1);

        Resource read = codec.decode(resource.kind(), value(1, foreign));
        assertThat(read.withMeta(resource.meta())).isEqualTo(resource);
        Resource touched = read.withMeta(read.meta().touched(UPDATED));
        String rewritten = Versioned.decode(codec.encode(touched)).body().utf8();

        assertThat(rewritten)
                .contains("\"flag\":false")
                .contains("\"list\":[1,2.5,null,{\"x\":\"y\"}]")
                .contains("\"big\":123456789012345678901");
        assertThat(codec.decode(resource.kind(), value(1, rewritten))).isEqualTo(touched);
    }

    /** What such builds wrote: the sharing says one thing, the fields that they know another, and these count. */
    @Test
    void whatBuildsWithoutPoliciesMadeOfARecordCounts() {
        String shared = Versioned.decode(codec.encode(new Network(
                        meta(1),
                        true,
                        SHARED,
                        1,
                        68,
                        false,
                        "",
                        Optional.of("p"),
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        List.of())))
                .body()
                .utf8();
        Network closed = (Network) codec.decode(
                Resource.Kind.NETWORK,
                value(1, shared.replace("\"shared\":true,", "").replace("\"external\":true,", "")));
        assertThat(closed.sharing().policies())
                .extracting(RbacPolicy::target, RbacPolicy::action)
                .containsExactly(tuple("other", Action.ACCESS_AS_SHARED));
        Network opened = (Network) codec.decode(
                Resource.Kind.NETWORK,
                value(
                        1,
                        "{\"shared\":true,\"external\":true,"
                                + golden(Resource.Kind.NETWORK)
                                        .replace("\"shared\":true,", "")
                                        .substring(1)));
        assertThat(opened.sharing()).isEqualTo(Sharing.implied(opened.meta(), true, true));
    }

    @Test
    void aRuleThatDoesNotAllowIsOfTheSecondFormatWhichBuildsOfTheFirstRefuse() {
        for (RuleAction action : RuleAction.values()) {
            Bytes value = codec.encode(new SecurityGroupRule(
                    meta(8),
                    id(7),
                    RuleMatch.all(Direction.EGRESS, IpFamily.IPV6, new RuleRemote.Anyone()),
                    action,
                    0));
            assertThat(Versioned.decode(value).format()).isEqualTo(action == RuleAction.ALLOW ? 1 : 2);
        }
        SecurityGroupRule rule = new SecurityGroupRule(
                meta(8),
                id(7),
                match(IpFamily.IPV4, "tcp", 80, Optional.of(443), RuleRemote.Prefix.parse("10.0.0.5/24")),
                RuleAction.DENY,
                3);
        String golden = golden(2, Resource.Kind.SECURITY_GROUP_RULE);
        assertThat(codec.decode(rule.kind(), value(2, golden))).isEqualTo(rule);
        assertThat(Versioned.decode(codec.encode(rule)).body().utf8()).isEqualTo(golden);
    }

    @Test
    void aRecordOfANewerFormatIsRefused() {
        assertThatThrownBy(() -> codec.decode(Resource.Kind.ROUTER, value(3, "{}")))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.error()).isEqualTo(StoreError.NEWER_FORMAT));
    }

    @Test
    void whatIsNoRecordIsCorrupt() {
        for (String text : List.of("", "[]", "{\"id\":3}", "{\"up\":true}", "{\"id\":\"x\"}", "{\"id\":")) {
            assertThatThrownBy(() -> codec.decode(Resource.Kind.ROUTER, value(1, text)))
                    .describedAs(text)
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.error()).isEqualTo(StoreError.CORRUPT));
        }
    }

    @Test
    void whatManyRecordsShareIsHeldOnce() {
        List<Resource> ports = everyKind().filter(Port.class::isInstance).toList();
        Port one = (Port) codec.decode(Resource.Kind.PORT, codec.encode(ports.getFirst()));
        Port two = (Port) codec.decode(Resource.Kind.PORT, codec.encode(ports.getFirst()));

        assertThat(one.project()).isSameAs(two.project());
        assertThat(one.networkId()).isSameAs(two.networkId());
        assertThat(one.extras()).isSameAs(PortExtras.NONE);
        assertThat(one.binding().host()).isSameAs(two.binding().host());
    }

    private static Bytes value(int format, String body) {
        return Versioned.encode(format, body.getBytes(StandardCharsets.UTF_8));
    }

    private static String golden(Resource.Kind kind) {
        return golden(1, kind);
    }

    private static String golden(int format, Resource.Kind kind) {
        String name = "/golden/format-" + format + "/" + kind.name().toLowerCase(Locale.ROOT) + ".json";
        try (InputStream stream = RecordCodecTest.class.getResourceAsStream(name)) {
            assertThat(stream).describedAs(name).isNotNull();
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
