package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.vrouter.PolicyKey.Direction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Alice's port under rules, and bob's without any, on one host: what bob sends meets alice's ingress rules, what alice
 * sends her egress rules. Addresses are of one family.
 */
final class GuardedPort implements AutoCloseable {
    static final int SET = 5;
    static final int SCOPE = 9;
    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int ACK = 16;

    final Rig rig = new Rig();
    final IpFamily family;
    final IpAddress alice;
    final IpAddress bob;
    private int epoch = 1;

    GuardedPort(IpFamily family) {
        this.family = family;
        boolean ipv4 = family == IpFamily.IPV4;
        alice = ipv4 ? Rig.ALICE4 : Rig.ALICE6;
        bob = ipv4 ? Rig.BOB4 : Rig.BOB6;
        rig.tables()
                .ports()
                .put(
                        rig.alice,
                        new Port(Rig.ALICE_PORT, Rig.RED, Rig.ALICE, Rig.FLAGS, Rig.MTU, Rig.ALICE4, Rig.ALICE6)
                                .withRules(SET, SCOPE));
        rig.tables().ruleSets().put(SET, new RuleSet(epoch, false));
    }

    /** The number of ICMP in this family. */
    int icmp() {
        return family == IpFamily.IPV4 ? Packets.ICMP : Packets.ICMPV6;
    }

    /** The body of an ICMP message from one end to the other. */
    byte[] icmp(IpAddress source, IpAddress destination, int type, int rest, byte[] data) {
        return family == IpFamily.IPV4
                ? Packets.icmp(type, 0, rest, data)
                : Packets.icmpv6(source, destination, type, 0, rest, data);
    }

    int echo() {
        return family == IpFamily.IPV4 ? 8 : 128;
    }

    int reply() {
        return family == IpFamily.IPV4 ? 0 : 129;
    }

    /** Allows one port of a protocol to and from anybody; remembers under this rule number. */
    void allow(Direction direction, int protocol, int port, int rule) {
        verdict(
                new PolicyKey(SET, PeerClassKey.NOBODY, direction, family, protocol, port, 16),
                new PolicyVerdict(true, true, 1, rule));
    }

    void allowAll(Direction direction, int rule) {
        verdict(
                PolicyKey.allPorts(SET, PeerClassKey.NOBODY, direction, family, PolicyKey.ANY_PROTOCOL),
                new PolicyVerdict(true, true, 1, rule));
    }

    void verdict(PolicyKey key, PolicyVerdict verdict) {
        rig.tables().policy().put(key, verdict);
    }

    void deny(Direction direction, int protocol, int port) {
        rig.tables().policy().remove(new PolicyKey(SET, PeerClassKey.NOBODY, direction, family, protocol, port, 16));
    }

    /** Everything is judged again from now on. */
    void nextEpoch() {
        rig.tables().ruleSets().put(SET, new RuleSet(++epoch, false));
    }

    void named(String prefix, int peerClass) {
        rig.tables().peerClasses().put(new PeerClassKey(SCOPE, IpPrefix.parse(prefix)), peerClass);
    }

    /** Alice sends; why it was dropped, if it was. */
    Optional<DropReason> out(int protocol, byte[] body) {
        return out(Packets.ip(Rig.BOB, Rig.ALICE, alice, bob, protocol, 64, body));
    }

    Optional<DropReason> out(byte[] frame) {
        return outcome(rig.alice, frame);
    }

    /** Bob sends to alice. */
    Optional<DropReason> in(int protocol, byte[] body) {
        return in(Packets.ip(Rig.ALICE, Rig.BOB, bob, alice, protocol, 64, body));
    }

    Optional<DropReason> in(byte[] frame) {
        return outcome(rig.bob, frame);
    }

    private Optional<DropReason> outcome(int ifindex, byte[] frame) {
        Map<DropReason, Long> before = rig.vrouter.counters(Rig.ALICE_PORT).drops();
        TestRun.Result result = rig.run("from_workload", ifindex, frame, SkbContext.EMPTY);
        Map<DropReason, Long> after = rig.vrouter.counters(Rig.ALICE_PORT).drops();
        List<DropReason> counted = after.entrySet().stream()
                .filter(entry -> entry.getValue() > before.getOrDefault(entry.getKey(), 0L))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(counted).hasSizeLessThan(2);
        assertThat(result.returned())
                .as("%s %s", counted, rig.vrouter.counters(Rig.BOB_PORT))
                .isEqualTo(counted.isEmpty() ? Rig.REDIRECT : Rig.DROP);
        return counted.stream().findFirst();
    }

    Optional<DropReason> tcpOut(int from, int to, int flags, int sequence, int acknowledgement) {
        return out(Packets.TCP, Packets.segment(alice, bob, from, to, flags, sequence, acknowledgement));
    }

    Optional<DropReason> tcpIn(int from, int to, int flags, int sequence, int acknowledgement) {
        return in(Packets.TCP, Packets.segment(bob, alice, from, to, flags, sequence, acknowledgement));
    }

    Optional<DropReason> udpOut(int from, int to) {
        return out(Packets.UDP, Packets.udp(alice, bob, from, to, new byte[20]));
    }

    Optional<DropReason> udpIn(int from, int to) {
        return in(Packets.UDP, Packets.udp(bob, alice, from, to, new byte[20]));
    }

    /** All connections of alice. */
    Map<ConnectionKey, Connection> connections() {
        return rig.vrouter.connections().list((key, connection) -> key.port() == Rig.ALICE_PORT);
    }

    /** The state of her only connection. */
    Connection.State state() {
        Map<ConnectionKey, Connection> all = connections();
        assertThat(all).hasSize(1);
        return all.values().iterator().next().state();
    }

    @Override
    public void close() {
        rig.close();
    }
}
