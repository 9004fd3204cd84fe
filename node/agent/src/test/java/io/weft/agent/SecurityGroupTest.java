package io.weft.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.attach.LocalClient;
import io.weft.model.Direction;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import io.weft.model.Tier;
import io.weft.protocol.LocalPort;
import io.weft.protocol.Member;
import io.weft.protocol.PortMatch;
import io.weft.protocol.Remote;
import io.weft.protocol.RuleFact;
import io.weft.protocol.SecurityGroupFact;
import io.weft.protocol.Topic;
import io.weft.protocol.TopicChanges;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Security groups over two hosts, from records to packets. */
class SecurityGroupTest {
    private static final UUID DEFAULT = new UUID('g', 1);
    private static final UUID EXTRA = new UUID('g', 2);
    private static final UUID STATELESS = new UUID('g', 3);
    private static final UUID FIRST = new UUID('g', 4);
    private static final UUID ADDRESSES = new UUID('a', 1);
    private static final UUID BANNED = new UUID('a', 2);
    private static final PortMatch ANY = new PortMatch.Any();
    private static final Remote ANYONE = new Remote.Anyone();

    @TempDir
    private Path directory = Path.of("");

    private static TopicChanges.RecordChange rule(
            int number,
            UUID group,
            Direction direction,
            IpFamily family,
            int protocol,
            PortMatch ports,
            Remote remote) {
        return TestServer.put(Topic.group(group), fact(number, group, direction, family, protocol, ports, remote));
    }

    private static RuleFact fact(
            int number,
            UUID group,
            Direction direction,
            IpFamily family,
            int protocol,
            PortMatch ports,
            Remote remote) {
        return new RuleFact(
                new UUID('r', number),
                group,
                direction,
                family,
                protocol < 0 ? Optional.empty() : Optional.of(protocol),
                ports,
                remote);
    }

    private static RuleFact tcpFromAddresses() {
        return fact(
                20,
                EXTRA,
                Direction.INGRESS,
                IpFamily.IPV4,
                6,
                new PortMatch.Range(8080, 8090),
                new Remote.Members(ADDRESSES));
    }

    private static TopicChanges.RecordChange in(AgentLab.Guest guest, UUID... groups) {
        return port(guest, true, Optional.of(List.of(groups)));
    }

    private static TopicChanges.RecordChange port(
            AgentLab.Guest guest, boolean portSecurity, Optional<List<UUID>> groups) {
        LocalPort port = AgentLab.localPort(guest);
        return TestServer.put(
                Topic.node(guest.host()),
                new LocalPort(
                        port.portId(),
                        port.networkId(),
                        port.adminUp(),
                        port.mac(),
                        port.addresses(),
                        port.allowedPairs(),
                        portSecurity,
                        groups,
                        port.hostname(),
                        port.dhcpOptions(),
                        port.deviceId(),
                        port.deviceOwner(),
                        port.project()));
    }

    private static Member member(AgentLab.Guest guest) {
        return new Member(
                guest.port().toString(), List.of(new IpPrefix(guest.ipv4(), 32), new IpPrefix(guest.ipv6(), 128)));
    }

    /** Publishes, and waits until both hosts have it in force. */
    private static void publish(AgentLab lab, TopicChanges.RecordChange... records) {
        long revision = lab.server.publish(List.of(records));
        for (String host : List.of("h1", "h2")) {
            lab.await("in force at " + host, () -> lab.status(host).contains("\"revision\":" + revision + ","));
        }
    }

    private static void start(AgentLab lab, AgentLab.Guest guest) {
        lab.awaitReady(guest.host());
        lab.attach(guest);
        IpAddress gateway = IpPrefix.parse(guest.ipv4() + "/24").first().plus(1);
        guest.inside().address("eth0", guest.ipv4() + "/24").route("0.0.0.0/0", gateway.toString());
        guest.inside().require("ip", "-6", "address", "replace", guest.ipv6() + "/64", "dev", "eth0", "nodad");
    }

    private static List<TopicChanges.RecordChange> groups() {
        List<TopicChanges.RecordChange> records = new ArrayList<>();
        for (UUID group : List.of(DEFAULT, EXTRA, STATELESS)) {
            records.add(TestServer.put(Topic.group(group), new SecurityGroupFact(group, !group.equals(STATELESS))));
        }
        for (IpFamily family : IpFamily.values()) {
            int number = family.version();
            records.add(rule(number, DEFAULT, Direction.EGRESS, family, -1, ANY, ANYONE));
            records.add(rule(10 + number, DEFAULT, Direction.INGRESS, family, -1, ANY, new Remote.Members(DEFAULT)));
        }
        records.add(TestServer.put(Topic.group(EXTRA), tcpFromAddresses()));
        records.add(rule(30, STATELESS, Direction.EGRESS, IpFamily.IPV4, -1, ANY, ANYONE));
        records.add(rule(31, STATELESS, Direction.INGRESS, IpFamily.IPV4, 6, new PortMatch.Range(9000, 9000), ANYONE));
        return records;
    }

    @Test
    void whatGroupsAllowPassesAndNothingElse() throws Exception {
        try (AgentLab lab = new AgentLab(directory)) {
            lab.server.publish(groups());
            AgentLab.Guest a = lab.guest(0, "h1");
            AgentLab.Guest b = lab.guest(0, "h2");
            AgentLab.Guest c = lab.guest(1, "h1");
            lab.server.publish(List.of(
                    TestServer.put(Topic.members(DEFAULT), member(a)),
                    TestServer.put(Topic.members(DEFAULT), member(b)),
                    TestServer.put(
                            Topic.members(ADDRESSES),
                            new Member("10.0.1.0/24", List.of(IpPrefix.parse("10.0.1.0/24")))),
                    in(a, DEFAULT),
                    in(b, DEFAULT, EXTRA),
                    port(c, true, Optional.empty())));
            start(lab, a);
            start(lab, b);
            start(lab, c);

            membersReachEachOther(lab, a, b);
            strangersReachWhatBlocksAndPortsAllow(lab, b, c);
            typesOfIcmp(lab, b, c);
            aRuleThatGoesCutsAndOneThatComesLetsIn(lab, b, c);
            connectionsAreSeenAndCutByHand(lab, b, c);
            anEarlierTierDeniesWhatGroupsAllow(lab, b, c);
            aMemberThatGoesIsCut(lab, a, b);
            withoutStateEachDirectionNeedsARule(lab, a, c);
            withoutPortSecurityEverythingPasses(lab, b, c);
        }
    }

    private static void membersReachEachOther(AgentLab lab, AgentLab.Guest a, AgentLab.Guest b) {
        lab.awaitPing(a, b.ipv4());
        lab.awaitPing(b, a.ipv6());
        assertThat(GuestConnection.works(a, b, b.ipv4(), 5000)).as(lab.logs()).isTrue();
        assertThat(GuestConnection.works(b, a, a.ipv6(), 5000)).isTrue();
    }

    private static void strangersReachWhatBlocksAndPortsAllow(AgentLab lab, AgentLab.Guest b, AgentLab.Guest c)
            throws IOException {
        assertThat(lab.pings(c, b.ipv4())).isFalse();
        assertThat(GuestConnection.works(c, b, b.ipv4(), 8079)).isFalse();
        assertThat(GuestConnection.works(c, b, b.ipv4(), 8080)).isTrue();
        assertThat(GuestConnection.works(c, b, b.ipv4(), 8090)).isTrue();
        assertThat(GuestConnection.works(c, b, b.ipv4(), 8091)).isFalse();
        // The answers of what the guest began itself pass.
        assertThat(lab.pings(b, c.ipv4())).isTrue();
        assertThat(ask(lab, "h2", "/v1/drops/" + b.port()))
                .contains(
                        "POLICY_INGRESS",
                        "no rule of the receiving port allows it",
                        "\"security_groups\":",
                        EXTRA.toString());
        assertThat(ask(lab, "h2", "/v1/ports/" + b.port()))
                .contains(
                        DEFAULT.toString(), EXTRA.toString(), tcpFromAddresses().ruleId() + "\":");
    }

    private static String ask(AgentLab lab, String host, String path) throws IOException {
        return new LocalClient(lab.socket(host)).send("GET", path, Map.of()).body();
    }

    private static void typesOfIcmp(AgentLab lab, AgentLab.Guest b, AgentLab.Guest c) {
        publish(
                lab,
                rule(40, EXTRA, Direction.INGRESS, IpFamily.IPV4, 1, new PortMatch.Icmp(8, Optional.of(0)), ANYONE));
        assertThat(lab.pings(c, b.ipv4())).as(lab.logs()).isTrue();
        publish(
                lab,
                rule(40, EXTRA, Direction.INGRESS, IpFamily.IPV4, 1, new PortMatch.Icmp(13, Optional.empty()), ANYONE));
        assertThat(lab.pings(c, b.ipv4())).isFalse();
    }

    private static void aRuleThatGoesCutsAndOneThatComesLetsIn(AgentLab lab, AgentLab.Guest b, AgentLab.Guest c) {
        try (GuestConnection connection =
                GuestConnection.open(c, b, b.ipv4(), 8085).orElseThrow()) {
            assertThat(connection.carries()).isTrue();
            publish(lab, rule(41, EXTRA, Direction.INGRESS, IpFamily.IPV4, 17, new PortMatch.Range(53, 53), ANYONE));
            assertThat(connection.carries()).isTrue();
            publish(lab, TestServer.delete(Topic.group(EXTRA), tcpFromAddresses()));
            assertThat(connection.carries()).isFalse();
            assertThat(GuestConnection.works(c, b, b.ipv4(), 8085)).isFalse();
        }
        publish(lab, TestServer.put(Topic.group(EXTRA), tcpFromAddresses()));
        assertThat(GuestConnection.works(c, b, b.ipv4(), 8085)).as(lab.logs()).isTrue();
    }

    private static void connectionsAreSeenAndCutByHand(AgentLab lab, AgentLab.Guest b, AgentLab.Guest c) {
        try (GuestConnection connection =
                GuestConnection.open(c, b, b.ipv4(), 8086).orElseThrow()) {
            Map<String, String> chosen = Map.of(
                    "port", b.port().toString(), "remote", c.ipv4().toString(), "local_port", "8086", "protocol", "6");
            assertThat(lab.request("h2", "/v1/connections/list", chosen))
                    .contains("\"total\":1", "\"state\":\"ESTABLISHED\"", "\"direction\":\"ingress\"")
                    .contains("\"rule_id\":\"" + tcpFromAddresses().ruleId());
            assertThat(lab.request("h2", "/v1/connections/cut", chosen)).isEqualTo("{\"cut\":1}");
            assertThat(connection.carries()).isFalse();
            assertThat(lab.request("h2", "/v1/connections/cut", Map.of())).contains("say which");
            assertThat(lab.request("h2", "/v1/connections/list", Map.of("colour", "1")))
                    .contains("INVALID");
        }
        assertThat(GuestConnection.works(c, b, b.ipv4(), 8086)).isTrue();
    }

    private static void anEarlierTierDeniesWhatGroupsAllow(AgentLab lab, AgentLab.Guest b, AgentLab.Guest c)
            throws IOException {
        RuleFact deny = fact(
                        50,
                        FIRST,
                        Direction.INGRESS,
                        IpFamily.IPV4,
                        6,
                        new PortMatch.Range(8080, 8089),
                        new Remote.Members(BANNED))
                .withAction(RuleAction.DENY, 1);
        RuleFact pass = fact(
                        51,
                        FIRST,
                        Direction.INGRESS,
                        IpFamily.IPV4,
                        6,
                        new PortMatch.Range(8086, 8086),
                        new Remote.Members(BANNED))
                .withAction(RuleAction.PASS, 0);
        try (GuestConnection connection =
                GuestConnection.open(c, b, b.ipv4(), 8085).orElseThrow()) {
            publish(
                    lab,
                    TestServer.put(
                            Topic.group(FIRST), new SecurityGroupFact(FIRST, true, new Precedence(Tier.ADMIN, 3))),
                    TestServer.put(Topic.group(FIRST), deny),
                    in(b, DEFAULT, EXTRA, FIRST));
            assertThat(connection.carries()).as("nobody is banned").isTrue();
            publish(lab, TestServer.put(Topic.members(BANNED), member(c)));
            assertThat(connection.carries()).isFalse();
        }
        assertThat(GuestConnection.works(c, b, b.ipv4(), 8086)).isFalse();
        assertThat(GuestConnection.works(c, b, b.ipv4(), 8090)).as(lab.logs()).isTrue();
        publish(lab, TestServer.put(Topic.group(FIRST), pass));
        assertThat(GuestConnection.works(c, b, b.ipv4(), 8086)).as(lab.logs()).isTrue();
        assertThat(GuestConnection.works(c, b, b.ipv4(), 8085)).isFalse();
        assertThat(ask(lab, "h2", "/v1/ports/" + b.port()))
                .as("who denies is counted")
                .contains(deny.ruleId() + "\":")
                .doesNotContain(deny.ruleId() + "\":0");
        publish(lab, TestServer.delete(Topic.members(BANNED), member(c)));
        assertThat(GuestConnection.works(c, b, b.ipv4(), 8085)).as(lab.logs()).isTrue();
        publish(lab, in(b, DEFAULT, EXTRA));
    }

    private static void aMemberThatGoesIsCut(AgentLab lab, AgentLab.Guest a, AgentLab.Guest b) {
        try (GuestConnection fromMember =
                GuestConnection.open(a, b, b.ipv6(), 5001).orElseThrow()) {
            assertThat(fromMember.carries()).isTrue();
            publish(lab, TestServer.delete(Topic.members(DEFAULT), member(a)));
            assertThat(fromMember.carries()).isFalse();
            assertThat(lab.pings(a, b.ipv4())).isFalse();
        }
        publish(lab, TestServer.put(Topic.members(DEFAULT), member(a)));
        assertThat(lab.pings(a, b.ipv4())).isTrue();
    }

    private static void withoutStateEachDirectionNeedsARule(AgentLab lab, AgentLab.Guest a, AgentLab.Guest c) {
        publish(lab, in(a, STATELESS));
        assertThat(GuestConnection.works(c, a, a.ipv4(), 9000)).as(lab.logs()).isTrue();
        assertThat(GuestConnection.works(a, c, c.ipv4(), 9000)).isFalse();
        publish(lab, in(a, DEFAULT));
        assertThat(GuestConnection.works(c, a, a.ipv4(), 9000)).isFalse();
        assertThat(GuestConnection.works(a, c, c.ipv4(), 9000)).isTrue();
    }

    private static void withoutPortSecurityEverythingPasses(AgentLab lab, AgentLab.Guest b, AgentLab.Guest c) {
        publish(lab, in(b));
        assertThat(lab.pings(b, c.ipv4())).isFalse();
        publish(lab, port(b, false, Optional.empty()));
        assertThat(lab.pings(c, b.ipv4())).isTrue();
        assertThat(GuestConnection.works(c, b, b.ipv4(), 7000)).isTrue();
    }
}
