package io.weft.reference;

import static io.weft.reference.Worlds.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.Direction;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpProtocol;
import io.weft.model.RuleAction;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.Tier;
import io.weft.reference.Outcome.Delivered;
import io.weft.reference.Outcome.Dropped;
import io.weft.reference.Outcome.Reason;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SecurityRulesTest {
    private static final IpAddress A = IpAddress.parse("10.0.0.10");
    private static final IpAddress B = IpAddress.parse("10.0.0.11");

    private static Worlds pair(boolean stateful) {
        return new Worlds()
                .network("red", 1450)
                .subnet("red4", "red", "10.0.0.0/24", "10.0.0.1")
                .port("a", "red", "red4", A.toString())
                .port("b", "red", "red4", B.toString())
                .group("web", stateful)
                .group("users", stateful);
    }

    private static RuleMatch rule(Direction direction, String protocol, int min, int max, RuleRemote remote) {
        return new RuleMatch(
                direction,
                IpFamily.IPV4,
                Optional.of(IpProtocol.parse(protocol)),
                Optional.of(min),
                Optional.of(max),
                remote);
    }

    private static RuleMatch all(Direction direction) {
        return RuleMatch.all(direction, IpFamily.IPV4, new RuleRemote.Anyone());
    }

    private static Outcome send(Worlds worlds, String from, IpAddress to, Transport transport) {
        return new Reachability(worlds.build()).send(id(from), to, transport);
    }

    @Test
    void withoutRulesNothingPassesEitherWay() {
        assertThat(send(pair(true).join("a", "users"), "a", B, Transport.tcp(1000, 80)))
                .isEqualTo(new Dropped(Reason.EGRESS_DENIED));
        assertThat(send(pair(true).join("b"), "a", B, Transport.tcp(1000, 80)))
                .isEqualTo(new Dropped(Reason.INGRESS_DENIED));
        assertThat(send(pair(true), "a", B, Transport.tcp(1000, 80))).isInstanceOf(Delivered.class);
    }

    @Test
    void aRuleAllowsItsProtocolItsPortsAndItsRemote() {
        Worlds worlds = pair(true)
                .join("b", "web")
                .rule("web", rule(Direction.INGRESS, "tcp", 80, 81, RuleRemote.Prefix.parse("10.0.0.10/31")));
        assertThat(send(worlds, "a", B, Transport.tcp(1000, 81))).isInstanceOf(Delivered.class);
        assertThat(send(worlds, "a", B, Transport.tcp(80, 82))).isEqualTo(new Dropped(Reason.INGRESS_DENIED));
        assertThat(send(worlds, "a", B, Transport.udp(1000, 80))).isEqualTo(new Dropped(Reason.INGRESS_DENIED));
        worlds.port("c", "red", "red4", "10.0.0.12");
        assertThat(send(worlds, "c", B, Transport.tcp(1000, 80))).isEqualTo(new Dropped(Reason.INGRESS_DENIED));
    }

    private static RuleMatch tcp(int port) {
        return rule(Direction.INGRESS, "tcp", port, port, new RuleRemote.Anyone());
    }

    private static boolean reaches(Worlds worlds, int port) {
        return send(worlds, "a", B, Transport.tcp(1000, port)) instanceof Delivered;
    }

    @Test
    void theFirstRuleOfTheFirstTierThatSaysSomethingDecides() {
        Worlds worlds = pair(true)
                .tier("late", Tier.ADMIN, 2)
                .tier("early", Tier.ADMIN, 1)
                .tier("last", Tier.BASELINE, 0)
                .join("b", "web", "late", "early", "last")
                .rule("web", tcp(80))
                .rule("late", tcp(80), RuleAction.ALLOW, 0)
                .rule("late", tcp(81), RuleAction.ALLOW, 0)
                .rule("late", tcp(82), RuleAction.DENY, 5)
                .rule("late", tcp(82), RuleAction.PASS, 4)
                .rule("late", tcp(83), RuleAction.PASS, 4)
                .rule("early", tcp(80), RuleAction.DENY, 9)
                .rule("last", tcp(82), RuleAction.ALLOW, 1)
                .rule("last", tcp(84), RuleAction.ALLOW, 1)
                .rule("last", tcp(84), RuleAction.DENY, 1);
        assertThat(reaches(worlds, 80)).as("the earlier group denies").isFalse();
        assertThat(reaches(worlds, 81)).isTrue();
        assertThat(reaches(worlds, 82)).as("passed on to the last tier").isTrue();
        assertThat(reaches(worlds, 83)).as("passed on, and nobody allows it").isFalse();
        assertThat(reaches(worlds, 84)).as("at one position denials count").isFalse();
    }

    @Test
    void icmpIsMatchedByTypeAndCode() {
        Worlds worlds =
                pair(true).join("b", "web").rule("web", rule(Direction.INGRESS, "icmp", 8, 0, new RuleRemote.Anyone()));
        assertThat(send(worlds, "a", B, Transport.echoRequest(IpFamily.IPV4))).isInstanceOf(Delivered.class);
        assertThat(send(worlds, "a", B, new Transport(1, 8, 1))).isEqualTo(new Dropped(Reason.INGRESS_DENIED));
        assertThat(send(worlds, "a", B, new Transport(1, 13, 0))).isEqualTo(new Dropped(Reason.INGRESS_DENIED));
    }

    @Test
    void groupsAndAddressGroupsAreMeantByTheirAddresses() {
        Worlds worlds = pair(true)
                .addressGroup("office", "10.0.0.12/32", "192.0.2.0/24")
                .port("c", "red", "red4", "10.0.0.12")
                .join("a", "users")
                .rule("users", all(Direction.EGRESS))
                .join("b", "web")
                .rule("web", rule(Direction.INGRESS, "tcp", 80, 80, new RuleRemote.Group(id("users"))))
                .rule("web", rule(Direction.INGRESS, "tcp", 22, 22, new RuleRemote.Addresses(id("office"))));
        assertThat(send(worlds, "a", B, Transport.tcp(1000, 80))).isInstanceOf(Delivered.class);
        assertThat(send(worlds, "a", B, Transport.tcp(1000, 22))).isEqualTo(new Dropped(Reason.INGRESS_DENIED));
        assertThat(send(worlds, "c", B, Transport.tcp(1000, 22))).isInstanceOf(Delivered.class);
        assertThat(send(worlds, "c", B, Transport.tcp(1000, 80))).isEqualTo(new Dropped(Reason.INGRESS_DENIED));
    }

    @Test
    void repliesNeedNoRuleOfStatefulGroupsAndOneOfStatelessGroups() {
        for (boolean stateful : new boolean[] {true, false}) {
            Worlds worlds = pair(stateful)
                    .join("a", "users")
                    .rule("users", all(Direction.EGRESS))
                    .join("b", "web")
                    .rule("web", rule(Direction.INGRESS, "icmp", 8, 0, new RuleRemote.Anyone()));
            assertThat(new Reachability(worlds.build()).talk(id("a"), id("b"), B))
                    .isEqualTo(stateful);
            assertThat(new Reachability(worlds.build()).talk(id("b"), id("a"), A))
                    .isFalse();
            worlds.rule("web", rule(Direction.EGRESS, "icmp", 0, 0, new RuleRemote.Anyone()))
                    .rule("users", rule(Direction.INGRESS, "icmp", 0, 0, new RuleRemote.Anyone()));
            assertThat(new Reachability(worlds.build()).talk(id("a"), id("b"), B))
                    .isTrue();
        }
    }

    @Test
    void neighbourDiscoveryNeedsNoRule() {
        Worlds worlds = new Worlds()
                .network("red", 1450)
                .subnet("red6", "red", "2001:db8::/64", "")
                .port("a", "red", "red6", "2001:db8::10")
                .port("b", "red", "red6", "2001:db8::11")
                .join("a")
                .join("b");
        IpAddress b = IpAddress.parse("2001:db8::11");
        assertThat(send(worlds, "a", b, new Transport(58, 135, 0))).isInstanceOf(Delivered.class);
        assertThat(send(worlds, "a", b, new Transport(58, 128, 0))).isEqualTo(new Dropped(Reason.EGRESS_DENIED));
    }
}
