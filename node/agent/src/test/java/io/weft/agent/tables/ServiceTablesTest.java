package io.weft.agent.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.policy.PolicyLimits;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.protocol.Fact;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.NetworkNames;
import io.weft.protocol.ServiceFact;
import io.weft.protocol.ServiceMember;
import io.weft.protocol.SubnetFact;
import io.weft.protocol.Subscription;
import io.weft.protocol.Topic;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.AddressOwner;
import io.weft.vrouter.Listener;
import io.weft.vrouter.ListenerKey;
import io.weft.vrouter.Place;
import io.weft.vrouter.Pool;
import io.weft.vrouter.PoolKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        return new ServiceFact(
                new UUID('v', number),
                NETWORK,
                new UUID('p', number),
                mac(number),
                List.of(address(80 + number)),
                protocol,
                80,
                Optional.of(pool(number)),
                60);
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
        assertThat(tables.listeners().keys()).as("SCTP is not listened for").hasSize(1);
        assertThat(tables.listeners().get(new ListenerKey(VNI, address(81), 6, 80)))
                .contains(new Listener(Optional.of(pool(1)), 60, GATEWAY));
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
