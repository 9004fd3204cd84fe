package io.weft.agent.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.policy.PolicyLimits;
import io.weft.model.AllowedCallers;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.model.MemberLocality;
import io.weft.protocol.Fact;
import io.weft.protocol.FloatingIpFact;
import io.weft.protocol.LocalPort;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.NetworkNames;
import io.weft.protocol.RouterFact;
import io.weft.protocol.RouterGateway;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.ServiceFact;
import io.weft.protocol.ServiceMember;
import io.weft.protocol.SubnetFact;
import io.weft.protocol.Subscription;
import io.weft.protocol.Topic;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.AddressOwner;
import io.weft.vrouter.AllowedCallerKey;
import io.weft.vrouter.ExternalAddress;
import io.weft.vrouter.Listener;
import io.weft.vrouter.ListenerKey;
import io.weft.vrouter.Place;
import io.weft.vrouter.Pool;
import io.weft.vrouter.PoolKey;
import io.weft.vrouter.SourceGatewayKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What services become in the tables, and what a change of one costs. */
class ServiceTablesTest {
    private static final UUID NETWORK = new UUID('n', 0);
    private static final Topic TOPIC = Topic.network(NETWORK);
    private static final int VNI = 100;
    private static final Limits LIMITS = new Limits(64, 64, 64, 64, new PolicyLimits(64, 64, 10_000, 10_000));
    private static final IpAddress GATEWAY = IpAddress.parse("10.0.0.1");

    private final Fold fold = new Fold("host", LIMITS, Remembered.nothing());

    ServiceTablesTest() {
        put(new NetworkFact(NETWORK, VNI, 1450, true, Optional.empty(), NetworkNames.NONE));
        put(new SubnetFact(
                new UUID('s', 0),
                NETWORK,
                IpPrefix.parse("10.0.0.0/8"),
                Optional.of(GATEWAY),
                true,
                Ipv6Mode.NONE,
                Ipv6Mode.NONE,
                List.of(),
                List.of(),
                Optional.empty()));
    }

    private void put(Fact fact) {
        change(Optional.empty(), Optional.of(fact));
    }

    private void change(Optional<Fact> before, Optional<Fact> after) {
        String key = after.or(() -> before).orElseThrow().key();
        fold.apply(List.of(new Subscription.Difference(TOPIC, key, before, after)));
    }

    private static UUID pool(int service) {
        return new UUID('o', service);
    }

    private static MacAddress mac(int number) {
        return new MacAddress(0xfa163e000000L + number);
    }

    private static IpAddress address(int number) {
        return IpAddress.parse("10.0.0.0").plus(number);
    }

    private static ServiceFact service(int number, int protocol) {
        return service(number, protocol, MemberLocality.ANY);
    }

    private static ServiceFact service(int number, int protocol, MemberLocality locality) {
        return service(number, protocol, locality, AllowedCallers.EVERYONE);
    }

    private static ServiceFact service(int number, int protocol, MemberLocality locality, AllowedCallers callers) {
        return new ServiceFact(
                new UUID('v', number),
                NETWORK,
                new UUID('p', number),
                mac(number),
                List.of(address(80 + number)),
                protocol,
                80,
                Optional.of(pool(number)),
                60,
                locality,
                callers,
                Optional.empty());
    }

    private static ServiceMember member(int service, int number, int weight) {
        return new ServiceMember(new UUID(service, number), pool(service), address(100_000 + number), 8080, weight);
    }

    private Pool members(int service) {
        return fold.tables()
                .pools()
                .get(new PoolKey(pool(service), IpFamily.IPV4))
                .orElseThrow();
    }

    @Test
    void aServiceHasAnAddressAListenerAndMembers() {
        put(service(1, 6));
        put(service(2, 132));
        put(member(1, 0, 3));
        put(new ServiceMember(new UUID(1, 9), pool(1), IpAddress.parse("2001:db8::9"), 8081, 1));
        fold.flush();
        DesiredTables tables = fold.tables();
        assertThat(tables.addresses().get(new AddressKey(VNI, address(81))))
                .contains(new AddressOwner(mac(1), Place.virtual()));
        assertThat(tables.listeners().keys()).hasSize(2);
        assertThat(tables.listeners().get(new ListenerKey(VNI, address(81), 6, 80)))
                .contains(new Listener(Optional.of(pool(1)), 60, false, GATEWAY));
        assertThat(members(1)).isEqualTo(new Pool(Map.of(0, new Pool.Member(address(100_000), 8080, 3))));
        assertThat(tables.pools().get(new PoolKey(pool(1), IpFamily.IPV6)))
                .contains(new Pool(Map.of(0, new Pool.Member(IpAddress.parse("2001:db8::9"), 8081, 1))));
        change(Optional.of(service(1, 6)), Optional.empty());
        change(Optional.of(service(2, 132)), Optional.empty());
        fold.flush();
        assertThat(tables.addresses().size()).isZero();
        assertThat(tables.macs().size()).isZero();
        assertThat(tables.listeners().size()).isZero();
    }

    @Test
    void aMemberKeepsItsPlaceWhileOthersComeAndGo() {
        for (int number = 0; number < 3; number++) {
            put(member(1, number, 1));
        }
        fold.flush();
        Pool before = members(1);
        change(Optional.of(member(1, 0, 1)), Optional.empty());
        put(member(1, 7, 1));
        change(Optional.of(member(1, 1, 1)), Optional.of(member(1, 1, 0)));
        fold.flush();
        Pool after = members(1);
        before.members().forEach((place, member) -> {
            if (member.address().equals(address(100_002))) {
                assertThat(after.members()).containsEntry(place, member);
            }
            if (member.address().equals(address(100_001))) {
                assertThat(after.members()).containsEntry(place, new Pool.Member(member.address(), 8080, 0));
            }
        });
        assertThat(after.members()).hasSize(3);
    }

    private static LocalPort port(int number, IpAddress address) {
        return new LocalPort(
                new UUID('l', number),
                NETWORK,
                true,
                mac(1000 + number),
                List.of(new LocalPort.LocalAddress(new UUID('s', 0), address)),
                List.of(),
                true,
                Optional.empty(),
                "",
                List.of(),
                "",
                "",
                "");
    }

    /** The members of the pool that take connections. */
    private List<IpAddress> taking(int service) {
        fold.flush();
        return members(service).members().values().stream()
                .filter(member -> member.weight() > 0)
                .map(Pool.Member::address)
                .sorted()
                .toList();
    }

    @Test
    void nearMembersAreThoseOfThisNodesPortsWhileTheyAreHereAndOthersKeepWhatTheyHave() {
        put(member(1, 0, 3));
        put(member(1, 1, 3));
        put(service(1, 6, MemberLocality.LOCAL));
        assertThat(taking(1)).isEmpty();
        assertThat(members(1).members()).hasSize(2);
        LocalPort here = port(1, address(100_001));
        change(Optional.empty(), Optional.of(here));
        assertThat(taking(1)).containsExactly(address(100_001));
        change(Optional.of(service(1, 6, MemberLocality.LOCAL)), Optional.of(service(1, 6, MemberLocality.ANY)));
        assertThat(taking(1)).hasSize(2);
        change(Optional.of(service(1, 6, MemberLocality.ANY)), Optional.of(service(1, 6, MemberLocality.LOCAL)));
        assertThat(taking(1)).containsExactly(address(100_001));
        LocalPort moved = port(1, address(100_000));
        change(Optional.of(here), Optional.of(moved));
        assertThat(taking(1)).containsExactly(address(100_000));
        change(Optional.of(moved), Optional.empty());
        assertThat(taking(1)).isEmpty();
    }

    @Test
    void nearMembersThatAreMerelyPreferredLeaveCallsToOthersWhereNoneOfThemTakesAny() {
        put(member(1, 0, 3));
        put(member(1, 1, 3));
        put(service(1, 6, MemberLocality.PREFER_LOCAL));
        assertThat(taking(1)).hasSize(2);
        LocalPort here = port(1, address(100_001));
        change(Optional.empty(), Optional.of(here));
        assertThat(taking(1)).containsExactly(address(100_001));
        change(Optional.of(member(1, 1, 3)), Optional.of(member(1, 1, 0)));
        assertThat(taking(1)).containsExactly(address(100_000));
        change(Optional.of(member(1, 1, 0)), Optional.of(member(1, 1, 3)));
        assertThat(taking(1)).containsExactly(address(100_001));
        change(Optional.of(here), Optional.empty());
        assertThat(taking(1)).hasSize(2);
    }

    private void way(UUID router, UUID gateway, UUID external, int vni, String address) {
        IpPrefix subnet = IpPrefix.parse(address + "/24");
        put(new NetworkFact(external, vni, 1500, true, Optional.of("public"), NetworkNames.NONE));
        put(new RouterGateway(
                gateway,
                router,
                external,
                mac(2000 + vni),
                List.of(new RouterInterface.InterfaceAddress(
                        IpAddress.parse(address).plus(2), subnet)),
                List.of(IpAddress.parse(address).plus(1)),
                true,
                5000 + vni,
                List.of("host"),
                true,
                0,
                false,
                false));
        fold.holder(router, gateway, Optional.of("host"), Optional.empty());
    }

    @Test
    void aFloatingAddressOfAVirtualOneHasItsListenersOnTheGatewaysNode() {
        UUID router = new UUID('r', 0);
        UUID external = new UUID('n', 9);
        IpAddress floating = IpAddress.parse("203.0.113.20");
        fold.physical(Map.of("public", new PhysicalDevice(77, 1500, mac(3), true)));
        put(new RouterFact(router, true));
        put(new RouterInterface(
                new UUID('i', 0),
                router,
                NETWORK,
                mac(1),
                List.of(new RouterInterface.InterfaceAddress(GATEWAY, IpPrefix.parse("10.0.0.0/8"))),
                true));
        way(router, new UUID('e', 0), external, 900, "203.0.113.0");
        put(new FloatingIpFact(
                new UUID('f', 0),
                router,
                new UUID('e', 0),
                external,
                mac(2),
                floating,
                new UUID('p', 1),
                address(81),
                Optional.empty()));
        fold.flush();
        assertThat(fold.tables().floatingAddresses().size())
                .as("no service is known")
                .isEqualTo(1);
        put(member(1, 0, 3));
        put(service(1, 6));
        put(service(2, 6));
        fold.flush();
        DesiredTables tables = fold.tables();
        assertThat(tables.floatingAddresses().size()).isZero();
        assertThat(tables.listeners().keys())
                .contains(new ListenerKey(900, floating, 6, 80))
                .hasSize(3);
        assertThat(tables.externalAddresses().get(new AddressKey(900, floating)))
                .map(ExternalAddress::fixed)
                .contains(IpAddress.ofIpv4(0));
        assertThat(tables.sourceGateways().size()).isZero();
        // With a second way out members are told by which one they answer, as they come and go.
        way(router, new UUID('e', 1), new UUID('n', 10), 901, "198.51.100.0");
        put(member(1, 1, 3));
        fold.flush();
        assertThat(tables.sourceGateways().keys())
                .containsExactlyInAnyOrder(
                        new SourceGatewayKey(domain(), address(100_000), 6, 8080, 16),
                        new SourceGatewayKey(domain(), address(100_001), 6, 8080, 16));
        change(Optional.of(member(1, 1, 3)), Optional.empty());
        fold.flush();
        assertThat(tables.sourceGateways().size()).isEqualTo(1);
        change(Optional.of(service(1, 6)), Optional.empty());
        fold.flush();
        assertThat(tables.listeners().size()).isEqualTo(1);
        assertThat(tables.floatingAddresses().size()).isEqualTo(1);
    }

    @Test
    void whoMayCallAServiceStandsAtItsAddressesUnlessFloatingOnesAloneAsk() {
        ListenerKey inside = new ListenerKey(VNI, address(81), 6, 80);
        IpPrefix some = IpPrefix.parse("192.0.2.0/24");
        for (AllowedCallers.Scope scope : AllowedCallers.Scope.values()) {
            ServiceFact service = service(1, 6, MemberLocality.ANY, new AllowedCallers(List.of(some), scope));
            put(service);
            fold.flush();
            boolean restricted = scope == AllowedCallers.Scope.ALL;
            assertThat(fold.tables().listeners().get(inside))
                    .contains(new Listener(Optional.of(pool(1)), 60, restricted, GATEWAY));
            assertThat(fold.tables().allowedCallers().keys())
                    .isEqualTo(restricted ? Set.of(new AllowedCallerKey(inside, some)) : Set.of());
            change(Optional.of(service), Optional.empty());
            fold.flush();
            assertThat(fold.tables().allowedCallers().size()).isZero();
        }
    }

    private int domain() {
        return fold.tables().gateways().keys().iterator().next();
    }

    @Test
    void moreMembersThanAPoolHoldsAreAProblemAndTheOthersStay() {
        for (int number = 0; number < Pool.MEMBERS + 2; number++) {
            put(member(1, number, 1));
        }
        fold.flush();
        assertThat(members(1).members()).hasSize(Pool.MEMBERS);
        assertThat(fold.problems()).anyMatch(problem -> problem.contains(pool(1).toString()));
    }

    @Test
    void aChangeOfAMemberIsOneRecordAmongAThousandServices() {
        for (int service = 0; service < 1000; service++) {
            put(service(service, 6));
            for (int number = 0; number < 10; number++) {
                put(member(service, number, 1));
            }
        }
        fold.flush();
        assertThat(fold.tables().listeners().size()).isEqualTo(1000);
        assertThat(fold.tables().pools().size()).isEqualTo(1000);
        List<String> changes = new ArrayList<>();
        fold.tables().all().forEach(table -> table.onChange(key -> changes.add(table.name() + " " + key)));
        change(Optional.of(member(500, 3, 1)), Optional.of(member(500, 3, 0)));
        fold.flush();
        assertThat(changes).containsExactly("pools " + new PoolKey(pool(500), IpFamily.IPV4));
        changes.clear();
        change(Optional.of(service(501, 6)), Optional.of(service(501, 17)));
        fold.flush();
        assertThat(changes).hasSize(2).allMatch(change -> change.startsWith("listeners "));
    }
}
