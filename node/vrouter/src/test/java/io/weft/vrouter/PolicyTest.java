package io.weft.vrouter;

import static io.weft.vrouter.DropReason.POLICY_EGRESS;
import static io.weft.vrouter.DropReason.POLICY_INGRESS;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.vrouter.PolicyKey.Direction;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Which verdict a packet finds. */
@ParameterizedClass
@EnumSource(IpFamily.class)
class PolicyTest {
    private static final PolicyVerdict STATELESS = new PolicyVerdict(true, false, 1, 7);
    private static final PolicyVerdict DENY = new PolicyVerdict(false, false, 5, 8);

    private final GuardedPort port;

    PolicyTest(IpFamily family) {
        port = new GuardedPort(family);
    }

    @AfterEach
    void close() {
        port.close();
    }

    private PolicyKey key(int peerClass, Direction direction, int protocol, int number, int bits) {
        return new PolicyKey(GuardedPort.SET, peerClass, direction, port.family, protocol, number, bits);
    }

    @Test
    void withoutARuleEverythingIsDenied() {
        assertThat(port.udpOut(1, 2)).contains(POLICY_EGRESS);
        assertThat(port.udpIn(1, 2)).contains(POLICY_INGRESS);
        assertThat(port.out(99, new byte[20])).contains(POLICY_EGRESS);
        port.rig.tables().ruleSets().remove(GuardedPort.SET);
        assertThat(port.udpIn(1, 2)).contains(POLICY_INGRESS);
    }

    @Test
    void aPrefixOfPortsCoversARange() {
        port.verdict(key(0, Direction.INGRESS, Packets.UDP, 0x1230, 12), new PolicyVerdict(true, true, 1, 3));
        assertThat(port.udpIn(9, 0x122f)).contains(POLICY_INGRESS);
        assertThat(port.udpIn(9, 0x1230)).isEmpty();
        assertThat(port.udpIn(9, 0x123f)).isEmpty();
        assertThat(port.udpIn(9, 0x1240)).contains(POLICY_INGRESS);
        assertThat(port.rig.vrouter.ruleHits(3)).isEqualTo(2);
        port.rig.vrouter.clearRuleHits(3);
        assertThat(port.rig.vrouter.ruleHits(3)).isZero();
    }

    /** Each datagram begins a connection and puts the question of the one before. */
    @Test
    void aQuestionThatWasPutBeforeIsAnsweredByTheRulesOfNow() {
        PolicyKey anyone = key(0, Direction.EGRESS, Packets.UDP, 53, 16);
        PolicyKey named = key(2, Direction.EGRESS, Packets.UDP, 53, 16);
        int from = 1000;
        for (int turn = 0; turn < 3; turn++) {
            port.verdict(anyone, new PolicyVerdict(true, true, 1, 3));
            for (int i = 0; i < 10; i++) {
                assertThat(port.udpOut(from++, 53)).isEmpty();
            }
            assertThat(port.rig.vrouter.ruleHits(3)).as("each is counted").isEqualTo(20L * turn + 10);
            port.named(port.bob + (port.family == IpFamily.IPV4 ? "/32" : "/128"), 2);
            for (int i = 0; i < 10; i++) {
                assertThat(port.udpOut(from++, 53)).contains(POLICY_EGRESS);
            }
            port.verdict(named, new PolicyVerdict(true, true, 1, 3));
            for (int i = 0; i < 10; i++) {
                assertThat(port.udpOut(from++, 53)).isEmpty();
            }
            port.rig.tables().policy().remove(named);
            assertThat(port.udpOut(from++, 53)).contains(POLICY_EGRESS);
            port.rig
                    .tables()
                    .peerClasses()
                    .remove(new PeerClassKey(
                            GuardedPort.SCOPE,
                            IpPrefix.parse(port.bob + (port.family == IpFamily.IPV4 ? "/32" : "/128"))));
            port.rig.tables().policy().remove(anyone);
            assertThat(port.udpOut(from++, 53)).contains(POLICY_EGRESS);
        }
    }

    @Test
    void icmpIsChosenByTypeAndCode() {
        port.verdict(key(0, Direction.EGRESS, port.icmp(), port.echo() << 8, 8), new PolicyVerdict(true, true, 1, 3));
        byte[] request = port.icmp(port.alice, port.bob, port.echo(), 1, new byte[8]);
        assertThat(port.out(port.icmp(), request)).isEmpty();
        byte[] other = port.icmp(port.alice, port.bob, port.echo() + 30, 1, new byte[8]);
        assertThat(port.out(port.icmp(), other)).contains(POLICY_EGRESS);
    }

    @Test
    void rulesSeeThroughOptionsAndExtensionHeaders() {
        port.allow(Direction.EGRESS, Packets.UDP, 53, 1);
        for (int length = 0; length < 3; length++) {
            assertThat(port.out(behindOptions(length, 53))).isEmpty();
            assertThat(port.out(behindOptions(length, 54))).contains(POLICY_EGRESS);
        }
    }

    /** A datagram behind one more word of IPv4 options than this, or a destination options header of this length. */
    private byte[] behindOptions(int length, int to) {
        byte[] udp = Packets.udp(port.alice, port.bob, 7, to, new byte[20]);
        boolean ipv4 = port.family == IpFamily.IPV4;
        int options = ipv4 ? 4 * (length + 1) : 8 * (length + 1);
        byte[] body = new byte[options + udp.length];
        if (ipv4) {
            Arrays.fill(body, 0, options, (byte) 1); // no operation (RFC 791 section 3.1)
        } else {
            body[0] = Packets.UDP;
            body[1] = (byte) length;
            body[2] = 1; // PadN (RFC 8200 section 4.2)
            body[3] = (byte) (options - 4);
        }
        System.arraycopy(udp, 0, body, options, udp.length);
        int protocol = ipv4 ? Packets.UDP : 60;
        byte[] frame = Packets.ip(Rig.BOB, Rig.ALICE, port.alice, port.bob, protocol, 64, body);
        if (ipv4) {
            frame[14] = (byte) (0x45 + options / 4);
        }
        return frame;
    }

    @Test
    void theOtherFamilyIsAnother() {
        IpFamily other = port.family == IpFamily.IPV4 ? IpFamily.IPV6 : IpFamily.IPV4;
        port.verdict(
                PolicyKey.allPorts(GuardedPort.SET, 0, Direction.EGRESS, other, PolicyKey.ANY_PROTOCOL),
                new PolicyVerdict(true, true, 1, 3));
        assertThat(port.udpOut(1, 2)).contains(POLICY_EGRESS);
    }

    @Test
    void aClassHasVerdictsOfItsOwn() {
        port.named(port.bob + (port.family == IpFamily.IPV4 ? "/32" : "/128"), 4);
        port.allow(Direction.INGRESS, Packets.UDP, 53, 1);
        assertThat(port.udpIn(9, 53))
                .as("a rule for class 0 says nothing of class 4")
                .contains(POLICY_INGRESS);
        port.verdict(key(4, Direction.INGRESS, Packets.UDP, 53, 16), new PolicyVerdict(true, true, 1, 3));
        assertThat(port.udpIn(9, 53)).isEmpty();
        port.named(port.family == IpFamily.IPV4 ? "10.0.1.0/24" : "2001:db8:1::/64", 5);
        assertThat(port.udpIn(10, 53)).as("the longest prefix").isEmpty();
    }

    @Test
    void theHigherPrecedenceCounts() {
        port.allowAll(Direction.EGRESS, 1);
        port.verdict(key(0, Direction.EGRESS, Packets.UDP, 53, 16), DENY);
        assertThat(port.udpOut(1, 53)).contains(POLICY_EGRESS);
        assertThat(port.udpOut(1, 54)).isEmpty();
        port.verdict(
                PolicyKey.allPorts(GuardedPort.SET, 0, Direction.EGRESS, port.family, PolicyKey.ANY_PROTOCOL),
                new PolicyVerdict(true, true, 6, 1));
        assertThat(port.udpOut(1, 53)).isEmpty();
        assertThat(port.rig.vrouter.ruleHits(8)).isEqualTo(1);
    }

    @Test
    void statelessVerdictsKeepNoConnection() {
        port.verdict(key(0, Direction.EGRESS, Packets.TCP, 80, 16), STATELESS);
        assertThat(port.tcpOut(5000, 80, GuardedPort.SYN, 1, 0)).isEmpty();
        assertThat(port.tcpIn(80, 5000, GuardedPort.SYN | GuardedPort.ACK, 1, 2))
                .contains(POLICY_INGRESS);
        port.verdict(key(0, Direction.INGRESS, Packets.TCP, 5000, 16), STATELESS);
        assertThat(port.tcpIn(80, 5000, GuardedPort.SYN | GuardedPort.ACK, 1, 2))
                .isEmpty();
        assertThat(port.tcpOut(5000, 80, GuardedPort.ACK, 2, 2)).isEmpty();
        assertThat(port.connections()).isEmpty();
        assertThat(port.rig.vrouter.ruleHits(7)).isEqualTo(3);
        port.rig.tables().ruleSets().put(GuardedPort.SET, new RuleSet(1, true));
        assertThat(port.tcpIn(80, 5000, GuardedPort.ACK, 1, 2)).isEmpty();
        assertThat(port.tcpIn(80, 5001, GuardedPort.ACK, 1, 2)).contains(POLICY_INGRESS);
    }

    @Test
    void aRuleSetThatBecomesStatelessLetsItsConnectionsGo() {
        port.allow(Direction.EGRESS, Packets.UDP, 53, 1);
        assertThat(port.udpOut(1, 53)).isEmpty();
        assertThat(port.udpIn(53, 1)).isEmpty();
        port.verdict(key(0, Direction.EGRESS, Packets.UDP, 53, 16), STATELESS);
        port.nextEpoch();
        assertThat(port.udpIn(53, 1)).contains(POLICY_INGRESS);
        assertThat(port.udpOut(1, 53)).isEmpty();
        assertThat(port.connections()).isEmpty();
    }

    @Test
    void whatGuestsNeedPassesWithoutARule() {
        if (port.family == IpFamily.IPV4) {
            byte[] arp = Packets.arp(2, Rig.ALICE, Rig.ALICE4, Rig.BOB, Rig.BOB4);
            assertThat(port.out(Packets.ethernet(Rig.BOB, Rig.ALICE, Packets.ETHERTYPE_ARP, arp)))
                    .isEmpty();
            return;
        }
        byte[] advertisement = Packets.neighbour(port.bob, port.alice, 136, port.bob, 2, Rig.BOB);
        assertThat(port.in(Packets.ip(Rig.ALICE, Rig.BOB, port.bob, port.alice, Packets.ICMPV6, 255, advertisement)))
                .isEmpty();
        byte[] own = Packets.neighbour(port.alice, port.bob, 136, port.alice, 2, Rig.ALICE);
        assertThat(port.out(Packets.ip(Rig.BOB, Rig.ALICE, port.alice, port.bob, Packets.ICMPV6, 255, own)))
                .isEmpty();
    }

    @Test
    void aConnectionOfOtherRulesIsJudgedByThoseOfToday() {
        port.allow(Direction.EGRESS, Packets.UDP, 53, 1);
        assertThat(port.udpOut(1, 53)).isEmpty();
        int other = GuardedPort.SET + 1;
        port.rig.tables().ruleSets().put(other, new RuleSet(1, false));
        port.rig
                .tables()
                .ports()
                .put(
                        port.rig.alice,
                        new Port(Rig.ALICE_PORT, Rig.RED, Rig.ALICE, Rig.FLAGS, Rig.MTU, Rig.ALICE4, Rig.ALICE6)
                                .withRules(other, GuardedPort.SCOPE));
        assertThat(port.udpIn(53, 1)).as("same epoch, other set").contains(POLICY_INGRESS);
        assertThat(port.udpOut(1, 53)).contains(POLICY_EGRESS);
    }

    @Test
    void copiesOfGroupPacketsAreJudgedAndKeepNoConnection() {
        port.rig.tables().networks().put(Rig.RED, new NetworkFacts(true, true, false, Rig.MTU));
        port.rig.tables().flood().put(new FloodKey(Rig.RED, FloodKey.List.EVERYONE, 0), Place.local(port.rig.alice));
        port.rig.tables().flood().put(new FloodKey(Rig.RED, FloodKey.List.EVERYONE, 1), Place.local(port.rig.bob));
        IpPrefix group = IpPrefix.parse(port.family == IpFamily.IPV4 ? "239.1.2.3/32" : "ff05::7/128");
        MacAddress mac = MacAddress.parse(port.family == IpFamily.IPV4 ? "01:00:5e:01:02:03" : "33:33:00:00:00:07");
        byte[] frame = Packets.ip(
                mac,
                Rig.BOB,
                port.bob,
                group.address(),
                Packets.UDP,
                64,
                Packets.udp(port.bob, group.address(), 1000, 2000, new byte[20]));
        long before = port.rig.vrouter.counters(Rig.ALICE_PORT).receivedPackets();
        port.rig.run("from_workload", port.rig.bob, frame, SkbContext.EMPTY);
        assertThat(port.rig.counted(Rig.ALICE_PORT, POLICY_INGRESS)).isEqualTo(1);
        assertThat(port.rig.vrouter.counters(Rig.ALICE_PORT).receivedPackets()).isEqualTo(before);
        port.allow(Direction.INGRESS, Packets.UDP, 2000, 1);
        port.rig.run("from_workload", port.rig.bob, frame, SkbContext.EMPTY);
        assertThat(port.rig.vrouter.counters(Rig.ALICE_PORT).receivedPackets()).isEqualTo(before + 1);
        assertThat(port.connections()).isEmpty();
    }
}
