package io.weft.vrouter;

import static io.weft.vrouter.Balancing.ACK;
import static io.weft.vrouter.Balancing.BLUE_VIRTUAL_MAC;
import static io.weft.vrouter.Balancing.FIN_ACK;
import static io.weft.vrouter.Balancing.RED_VIRTUAL_MAC;
import static io.weft.vrouter.Balancing.RST;
import static io.weft.vrouter.Balancing.SYN;
import static io.weft.vrouter.Balancing.SYN_ACK;
import static io.weft.vrouter.Balancing.member;
import static io.weft.vrouter.Packets.TCP;
import static io.weft.vrouter.Packets.UDP;
import static io.weft.vrouter.Rig.ALICE;
import static io.weft.vrouter.Rig.ALICE_PORT;
import static io.weft.vrouter.Rig.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.reference.Transport;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of packets to virtual addresses, and of what comes back. */
@ParameterizedClass
@EnumSource(IpFamily.class)
class BalancedPacketsTest {
    private static final int SCTP = 132;

    private final Balancing world;

    BalancedPacketsTest(IpFamily family) {
        world = new Balancing(family);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private static void reaches(byte[] frame, IpAddress source, int from, IpAddress destination, int to) {
        Header header = Header.of(frame);
        assertThat(header.source()).isEqualTo(source);
        assertThat(header.destination()).isEqualTo(destination);
        assertThat(header.transport())
                .isEqualTo(new Transport(header.transport().protocol(), from, to));
        assertThat(Packets.checksumsHold(frame)).isTrue();
    }

    @Test
    void whoHasAVirtualAddressIsAnsweredHere() {
        byte[] frame = world.family == IpFamily.IPV4
                ? Packets.ethernet(
                        Packets.EVERYONE,
                        ALICE,
                        Packets.ETHERTYPE_ARP,
                        Packets.arp(1, ALICE, world.alice, new MacAddress(0), world.red))
                : Packets.ip(
                        MacAddress.parse("33:33:ff:00:00:80"),
                        ALICE,
                        world.alice,
                        IpAddress.parse("ff02::1:ff00:80"),
                        Packets.ICMPV6,
                        255,
                        Packets.neighbour(world.alice, IpAddress.parse("ff02::1:ff00:80"), 135, world.red, 1, ALICE));
        assertThat(Packets.sourceMac(world.left(frame))).isEqualTo(RED_VIRTUAL_MAC);
    }

    @Test
    void aCallOnTheLinkGoesToAMemberAndItsAnswerComesFromTheVirtualAddress() {
        world.pool(member(world.bob));
        for (int protocol : new int[] {TCP, UDP}) {
            byte[] called = world.left(world.call(protocol, 4000, SYN));
            assertThat(Packets.destinationMac(called)).isEqualTo(BOB);
            reaches(called, world.alice, 4000, world.bob, 8080);
            byte[] answer = world.answered(protocol, 4000, SYN_ACK);
            assertThat(Packets.destinationMac(answer)).isEqualTo(ALICE);
            reaches(answer, world.red, 80, world.alice, 4000);
            reaches(world.left(world.call(protocol, 4000, ACK)), world.alice, 4000, world.bob, 8080);
            reaches(world.answered(protocol, 4000, ACK), world.red, 80, world.alice, 4000);
        }
    }

    /** The common header and a chunk; the checksum, which covers these alone, is none that could hold if a byte changed. */
    private static byte[] association(int from, int to) {
        byte[] body = new byte[32];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i * 7);
        }
        body[0] = (byte) (from >> 8);
        body[1] = (byte) from;
        body[2] = (byte) (to >> 8);
        body[3] = (byte) to;
        return body;
    }

    @Test
    void sctpGoesToAMemberOfTheSamePortWithNothingChangedButAddresses() {
        world.listen(SCTP, 36412);
        world.pool(new Pool.Member(world.bob, 36412, 1));
        byte[] body = association(4000, 36412);
        byte[] call = Packets.ip(RED_VIRTUAL_MAC, ALICE, world.alice, world.red, SCTP, 64, body);
        byte[] called = world.left(call);
        assertThat(Packets.addresses(called)).containsExactly(world.alice, world.bob);
        assertThat(Arrays.copyOfRange(called, called.length - body.length, called.length))
                .isEqualTo(body);
        byte[] back = association(36412, 4000);
        byte[] answer = world.fromBob(Packets.ip(ALICE, BOB, world.bob, world.alice, SCTP, 64, back));
        assertThat(Packets.addresses(answer)).containsExactly(world.red, world.alice);
        assertThat(Arrays.copyOfRange(answer, answer.length - back.length, answer.length))
                .isEqualTo(back);
        world.pool(new Pool.Member(world.bob, 36413, 1));
        world.rig.fromAlice(
                Packets.ip(RED_VIRTUAL_MAC, ALICE, world.alice, world.red, SCTP, 64, association(4001, 36412)));
        assertThat(world.rig.counted(ALICE_PORT, DropReason.NO_MEMBERS)).isEqualTo(1);
    }

    @Test
    void aMemberOnAnotherNodeIsSentToByTheTunnel() {
        world.pool(member(world.carol));
        byte[] called = world.left(world.call(TCP, 4000, SYN));
        assertThat(Packets.destinationMac(called)).isEqualTo(Rig.CAROL);
        reaches(called, world.alice, 4000, world.carol, 8080);
        byte[] answer = world.packet(ALICE, Rig.CAROL, world.carol, world.alice, TCP, 8080, 4000, SYN_ACK);
        byte[] outer = Packets.ethernet(
                new MacAddress(2),
                new MacAddress(4),
                Packets.ETHERTYPE_IPV4,
                Arrays.copyOfRange(
                        Packets.vxlan(Rig.OTHER_TUNNEL, Rig.OWN_TUNNEL, 0x08000000, Rig.RED, answer),
                        14,
                        50 + answer.length));
        for (boolean redirected : new boolean[] {false, true}) {
            if (redirected) {
                var flags = Balancing.flags();
                flags.add(Port.Flag.PEER_REDIRECT);
                world.rig.port(world.rig.alice, ALICE_PORT, ALICE, Rig.ALICE4, Rig.ALICE6, flags);
            }
            TestRun.Result result = world.rig.run("from_uplink", world.rig.uplink, outer, SkbContext.EMPTY);
            if (redirected) {
                assertThat(result.returned()).isEqualTo(Rig.REDIRECT);
                reaches(result.packet(), world.red, 80, world.alice, 4000);
            } else {
                assertThat(result.returned()).as("the device's").isEqualTo(Rig.GO_ON);
            }
        }
    }

    @Test
    void aCallIsRoutedToAVirtualAddressOfAnotherNetwork() {
        world.pool(member(world.dave));
        byte[] called = world.left(world.call(Rig.RED_ROUTER, world.blue, TCP, 4000, 80, SYN));
        assertThat(Packets.destinationMac(called)).isEqualTo(Rig.DAVE);
        assertThat(Header.of(called).hops()).isEqualTo(63);
        reaches(called, world.alice, 4000, world.dave, 8080);

        world.pool(member(world.bob));
        called = world.left(world.call(Rig.RED_ROUTER, world.blue, UDP, 4001, 80, 0));
        assertThat(Packets.destinationMac(called)).isEqualTo(BOB);
        assertThat(Packets.sourceMac(called)).isEqualTo(Rig.RED_ROUTER);
        reaches(called, world.alice, 4001, world.bob, 8080);
        reaches(world.answered(UDP, 4001, 0), world.blue, 80, world.alice, 4001);
    }

    @Test
    void aMemberOfAnotherNetworkIsReachedByTheGatewayOfTheVirtualAddress() {
        world.pool(member(world.dave));
        byte[] called = world.left(world.call(TCP, 4000, SYN));
        assertThat(Packets.destinationMac(called)).isEqualTo(Rig.DAVE);
        assertThat(Header.of(called).hops()).isEqualTo(63);
        reaches(called, world.alice, 4000, world.dave, 8080);
        // What another connection has left behind on this CPU is none of this one's.
        world.left(world.call(Rig.RED_ROUTER, world.blue, UDP, 4001, 80, 0));
        reaches(world.left(world.call(TCP, 4000, ACK)), world.alice, 4000, world.dave, 8080);
    }

    @Test
    void aMemberThatCallsItselfSeesTheVirtualAddress() {
        world.pool(member(world.alice));
        byte[] called = world.left(world.call(TCP, 4000, SYN));
        assertThat(Packets.destinationMac(called)).isEqualTo(ALICE);
        reaches(called, world.red, 4000, world.alice, 8080);
        byte[] answer =
                world.left(world.packet(RED_VIRTUAL_MAC, ALICE, world.alice, world.red, TCP, 8080, 4000, SYN_ACK));
        reaches(answer, world.red, 80, world.alice, 4000);
        reaches(world.left(world.call(TCP, 4000, ACK)), world.red, 4000, world.alice, 8080);
    }

    @Test
    void connectionsStayWhereTheyAreAndNewOnesGoToWhoTakesThem() {
        world.pool(member(world.bob));
        world.left(world.call(TCP, 4000, SYN));
        world.answered(TCP, 4000, SYN_ACK);
        world.left(world.call(UDP, 4000, 0));
        world.pool(member(world.bob, 0), member(world.carol));
        assertThat(world.sent(world.call(TCP, 4000, ACK)).destination()).isEqualTo(world.bob);
        assertThat(world.sent(world.call(UDP, 4000, 0)).destination()).isEqualTo(world.bob);
        assertThat(world.sent(world.call(TCP, 4001, SYN)).destination()).isEqualTo(world.carol);

        world.pool(member(world.carol), member(world.bob, 0));
        assertThat(world.sent(world.call(TCP, 4000, ACK)).destination())
                .as("the members are in other places, as after a restart")
                .isEqualTo(world.bob);

        world.pool(member(world.carol));
        assertThat(world.sent(world.call(UDP, 4000, 0)).destination())
                .as("its member is gone")
                .isEqualTo(world.carol);
        assertThat(world.sent(world.call(TCP, 4000, ACK)).destination()).isEqualTo(world.carol);
    }

    @Test
    void aConnectionThatIsOverMayBeginElsewhere() {
        world.pool(member(world.bob));
        world.left(world.call(TCP, 4000, SYN));
        world.answered(TCP, 4000, SYN_ACK);
        world.left(world.call(TCP, 4000, ACK));
        world.left(world.call(TCP, 4000, FIN_ACK));
        world.answered(TCP, 4000, FIN_ACK);
        world.pool(member(world.bob, 0), member(world.carol));
        assertThat(world.sent(world.call(TCP, 4000, ACK)).destination()).isEqualTo(world.bob);
        assertThat(world.sent(world.call(TCP, 4000, SYN)).destination()).isEqualTo(world.carol);
    }

    @Test
    void connectionsFallToMembersByTheirWeights() {
        world.pool(member(world.bob, 3), member(world.carol, 1));
        Map<IpAddress, Integer> counts = new HashMap<>();
        for (int from = 10_000; from < 10_200; from++) {
            counts.merge(world.sent(world.call(UDP, from, 0)).destination(), 1, Integer::sum);
        }
        assertThat(counts.get(world.bob)).isCloseTo(150, within(30));
        assertThat(counts.get(world.carol)).isCloseTo(50, within(30));
    }

    @Test
    void aClientsAddressStaysWithItsMember() {
        world.listen(3600);
        world.pool(member(world.bob), member(world.carol));
        IpAddress first = world.sent(world.call(TCP, 4000, SYN)).destination();
        world.pool(
                member(world.bob),
                member(world.carol),
                member(world.dave),
                member(world.dave.plus(1)),
                member(world.dave.plus(2)),
                member(world.dave.plus(3)));
        for (int from = 4001; from < 4040; from++) {
            assertThat(world.sent(world.call(TCP, from, SYN)).destination()).isEqualTo(first);
        }
        IpAddress other = first.equals(world.bob) ? world.carol : world.bob;
        world.pool(member(first, 0), member(other));
        assertThat(world.sent(world.call(TCP, 5000, SYN)).destination()).isEqualTo(other);
        assertThat(world.sent(world.call(TCP, 4000, ACK)).destination()).isEqualTo(first);
    }

    @Test
    void aRestrictedListenerIsCalledByThoseAloneWhoAreNamed() {
        int bits = world.family.bits();
        ListenerKey onLink = new ListenerKey(Rig.RED, world.red, TCP, 80);
        ListenerKey routed = new ListenerKey(Rig.BLUE, world.blue, TCP, 80);
        Table<AllowedCallerKey, Integer> callers = world.rig.tables().allowedCallers();
        world.pool(member(world.bob));
        world.listen(0, true);
        byte[] overThere = world.call(Rig.RED_ROUTER, world.blue, TCP, 4001, 80, SYN);
        assertThat(refused(world.call(TCP, 4000, SYN), DropReason.CALLER_REFUSED))
                .isFalse();
        assertThat(refused(overThere, DropReason.CALLER_REFUSED)).isFalse();
        assertThat(world.rig.counted(ALICE_PORT, DropReason.CALLER_REFUSED))
                .as("silently")
                .isEqualTo(2);
        assertThat(world.pairs()).isEmpty();
        callers.put(new AllowedCallerKey(onLink, new IpPrefix(world.alice, bits)), 1);
        reaches(world.left(world.call(TCP, 4000, SYN)), world.alice, 4000, world.bob, 8080);
        reaches(world.answered(TCP, 4000, SYN_ACK), world.red, 80, world.alice, 4000);
        assertThat(refused(overThere, DropReason.CALLER_REFUSED))
                .as("another listener")
                .isFalse();
        callers.put(new AllowedCallerKey(routed, new IpPrefix(world.alice, 0)), 1);
        reaches(world.left(overThere), world.alice, 4001, world.bob, 8080);
        callers.put(new AllowedCallerKey(onLink, new IpPrefix(world.alice.plus(1), bits)), 1);
        callers.remove(new AllowedCallerKey(onLink, new IpPrefix(world.alice, bits)));
        assertThat(refused(world.call(TCP, 4000, ACK), DropReason.CALLER_REFUSED))
                .isFalse();
        assertThat(world.rig.counted(ALICE_PORT, DropReason.CALLER_REFUSED))
                .as("what has begun ends, too")
                .isEqualTo(4);
        try (Tracer tracer = world.rig.vrouter.tracer()) {
            Trace trace = world.rig.traced(() -> tracer.fromWorkload(world.rig.alice, world.call(TCP, 4002, SYN)));
            assertThat(trace.all(Decision.Balanced.class))
                    .singleElement()
                    .extracting(Decision.Balanced::choice)
                    .isEqualTo(Decision.Choice.REFUSED);
        }
        world.listen(0);
        reaches(world.left(world.call(TCP, 4000, ACK)), world.alice, 4000, world.bob, 8080);
    }

    @Test
    void whoCallsNobodyIsTold() {
        byte[] frame = world.call(TCP, 4000, SYN);
        assertThat(refused(frame, DropReason.NO_MEMBERS)).isTrue();
        world.pool(member(world.bob, 0));
        assertThat(refused(frame, DropReason.NO_MEMBERS)).isTrue();
        assertThat(refused(world.call(RED_VIRTUAL_MAC, world.red, UDP, 4000, 81, 0), DropReason.NO_LISTENER))
                .isTrue();
        assertThat(refused(world.call(Rig.RED_ROUTER, world.blue, UDP, 4000, 81, 0), DropReason.NO_LISTENER))
                .isTrue();
        assertThat(refused(world.call(BLUE_VIRTUAL_MAC, world.blue, UDP, 4000, 80, 0), DropReason.UNKNOWN_MAC))
                .as("the MAC of another network")
                .isFalse();
        assertThat(world.pairs()).isEmpty();
    }

    /** Whether alice's packet ends for a reason and she is told that nobody is at the port. */
    private boolean refused(byte[] frame, DropReason reason) {
        long before = world.rig.counted(ALICE_PORT, reason);
        TestRun.Result result = world.rig.fromAlice(frame);
        assertThat(world.rig.counted(ALICE_PORT, reason)).isEqualTo(before + 1);
        if (result.returned() != Rig.REDIRECT) {
            return false;
        }
        Header error = Header.of(result.packet());
        Header asked = Header.of(frame);
        assertThat(error.source()).isEqualTo(asked.destination());
        assertThat(error.destination()).isEqualTo(world.alice);
        boolean ipv4 = world.family == IpFamily.IPV4;
        assertThat(error.transport())
                .isEqualTo(new Transport(ipv4 ? Packets.ICMP : Packets.ICMPV6, ipv4 ? 3 : 1, ipv4 ? 3 : 4));
        assertThat(Header.quoted(result.packet())).isEqualTo(asked);
        return Packets.checksumsHold(result.packet());
    }

    @Test
    void echoesAreAnsweredAndFragmentsAreNot() {
        boolean ipv4 = world.family == IpFamily.IPV4;
        for (IpAddress address : List.of(world.red, world.blue)) {
            byte[] body = ipv4
                    ? Packets.icmp(8, 0, 1, new byte[8])
                    : Packets.icmpv6(world.alice, address, 128, 0, 1, new byte[8]);
            byte[] frame = Packets.ip(
                    address.equals(world.red) ? RED_VIRTUAL_MAC : Rig.RED_ROUTER,
                    ALICE,
                    world.alice,
                    address,
                    ipv4 ? Packets.ICMP : Packets.ICMPV6,
                    64,
                    body);
            byte[] reply = world.left(frame);
            assertThat(Header.of(reply).source()).isEqualTo(address);
            assertThat(Header.of(reply).isEchoReply()).isTrue();
            assertThat(Packets.checksumsHold(reply)).isTrue();
        }
        world.pool(member(world.bob));
        byte[] whole = world.call(UDP, 4000, 0);
        byte[] piece = Arrays.copyOfRange(whole, ipv4 ? 34 : 54, (ipv4 ? 34 : 54) + 16);
        long before = world.rig.counted(ALICE_PORT, DropReason.NO_LISTENER);
        world.rig.fromAlice(Header.fragment(whole, 7, 0, true, piece));
        assertThat(world.rig.counted(ALICE_PORT, DropReason.NO_LISTENER)).isEqualTo(before + 1);
    }

    @Test
    void nobodySendsInTheNameOfAVirtualAddress() {
        byte[] frame = world.packet(BOB, ALICE, world.red, world.bob, UDP, 80, 4000, 0);
        world.rig.drops(world.family == IpFamily.IPV4 ? DropReason.SPOOFED_IPV4 : DropReason.SPOOFED_IPV6, frame);
    }

    @Test
    void rulesAreAskedAboutTheMember() {
        Tables tables = world.rig.tables();
        tables.ports()
                .put(
                        world.rig.alice,
                        new Port(ALICE_PORT, Rig.RED, ALICE, Balancing.flags(), Rig.MTU, Rig.ALICE4, Rig.ALICE6)
                                .withRules(GuardedPort.SET, GuardedPort.SCOPE));
        tables.ruleSets().put(GuardedPort.SET, new RuleSet(1, false));
        world.pool(member(world.bob));
        allow(80);
        world.rig.drops(DropReason.POLICY_EGRESS, world.call(TCP, 4000, SYN));
        assertThat(world.pairs()).as("what may not be sent is not kept").isEmpty();
        allow(8080);
        reaches(world.left(world.call(TCP, 4000, SYN)), world.alice, 4000, world.bob, 8080);
        assertThat(world.rig
                        .vrouter
                        .connections()
                        .list((key, connection) -> true)
                        .keySet())
                .as("the connection is with the member")
                .singleElement()
                .isEqualTo(new ConnectionKey(ALICE_PORT, TCP, world.alice, 4000, world.bob, 8080));
        byte[] answer = world.fromBob(Packets.ip(
                ALICE,
                BOB,
                world.bob,
                world.alice,
                TCP,
                64,
                Packets.segment(world.bob, world.alice, 8080, 4000, SYN_ACK, 1, 101)));
        reaches(answer, world.red, 80, world.alice, 4000);
        reaches(world.left(world.call(TCP, 4000, ACK)), world.alice, 4000, world.bob, 8080);
    }

    private void allow(int port) {
        world.rig
                .tables()
                .policy()
                .put(
                        new PolicyKey(
                                GuardedPort.SET,
                                PeerClassKey.NOBODY,
                                PolicyKey.Direction.EGRESS,
                                world.family,
                                TCP,
                                port,
                                16),
                        new PolicyVerdict(true, true, 1, 1));
    }

    @Test
    void oneAndTheSamePortToTwoVirtualAddressesHasTwoMembers() {
        world.pool(member(world.bob), member(world.carol));
        IpAddress first = world.sent(world.call(UDP, 4000, 0)).destination();
        IpAddress second = world.sent(world.call(Rig.RED_ROUTER, world.blue, UDP, 4000, 80, 0))
                .destination();
        assertThat(second).isNotEqualTo(first).isIn(world.bob, world.carol);
        world.pool(member(first));
        assertThat(refused(world.call(Rig.RED_ROUTER, world.blue, UDP, 4000, 80, 0), DropReason.NO_MEMBERS))
                .as("nobody could tell the answers apart")
                .isTrue();
    }

    @Test
    void anErrorAboutWhatWentToAMemberIsOneAboutTheVirtualAddress() {
        world.pool(member(world.bob));
        for (int protocol : new int[] {TCP, UDP}) {
            byte[] sent = world.call(protocol, 4000, SYN);
            byte[] called = world.left(sent);
            byte[] quote = Arrays.copyOfRange(called, 14, called.length);
            boolean ipv4 = world.family == IpFamily.IPV4;
            for (int length : new int[] {quote.length, ipv4 ? 28 : 48}) {
                byte[] quoted = Arrays.copyOf(quote, length);
                byte[] body =
                        ipv4 ? Packets.icmp(3, 3, 0, quoted) : Packets.icmpv6(world.bob, world.alice, 1, 4, 0, quoted);
                byte[] error = world.fromBob(
                        Packets.ip(ALICE, BOB, world.bob, world.alice, ipv4 ? Packets.ICMP : Packets.ICMPV6, 64, body));
                assertThat(Packets.checksumsHold(error)).isTrue();
                assertThat(Header.of(error).source()).isEqualTo(world.red);
                Header about = Header.quoted(error);
                assertThat(about.source()).isEqualTo(world.alice);
                assertThat(about.destination()).isEqualTo(world.red);
                assertThat(about.transport()).isEqualTo(new Transport(protocol, 4000, 80));
            }
        }
    }

    @Test
    void aPacketThatIsTooBigForTheTunnelIsQuotedAsItCame() {
        world.pool(member(world.carol));
        byte[] body = Packets.udp(world.alice, world.red, 4000, 80, new byte[1460]);
        byte[] frame = Packets.ip(RED_VIRTUAL_MAC, ALICE, world.alice, world.red, UDP, 64, body);
        TestRun.Result result = world.rig.fromAlice(frame);
        assertThat(result.returned()).isEqualTo(Rig.REDIRECT);
        assertThat(Header.of(result.packet()).source()).isEqualTo(world.red);
        assertThat(Header.quoted(result.packet())).isEqualTo(Header.of(frame));
    }

    @Test
    void whatIsNoServiceOfABalancedPortPassesAsEver() {
        world.pool(member(world.carol));
        byte[] direct = world.packet(BOB, ALICE, world.alice, world.bob, UDP, 4000, 80, 0);
        assertThat(world.left(direct)).isEqualTo(direct);
        byte[] answer = world.packet(ALICE, BOB, world.bob, world.alice, UDP, 80, 4000, 0);
        assertThat(world.fromBob(answer)).isEqualTo(answer);
        assertThat(world.pairs()).isEmpty();
    }

    @Test
    void aResetEndsAConnectionUnlessItsSenderGoesOn() {
        world.pool(member(world.bob));
        world.left(world.call(TCP, 4000, SYN));
        world.answered(TCP, 4000, SYN_ACK);
        world.left(world.call(TCP, 4000, ACK));
        world.answered(TCP, 4000, RST);
        world.pool(member(world.bob, 0), member(world.carol));
        world.answered(TCP, 4000, ACK);
        assertThat(world.sent(world.call(TCP, 4000, SYN)).destination())
                .as("the reset was forged")
                .isEqualTo(world.bob);
        world.answered(TCP, 4000, RST);
        assertThat(world.sent(world.call(TCP, 4000, SYN)).destination()).isEqualTo(world.carol);
    }

    @Test
    void aTraceNamesTheListenerAndTheMemberAndChangesNothing() {
        world.pool(member(world.bob));
        try (Tracer tracer = world.rig.vrouter.tracer()) {
            Trace first = world.rig.traced(() -> tracer.fromWorkload(world.rig.alice, world.call(TCP, 4000, SYN)));
            assertThat(first.all(Decision.Balanced.class))
                    .containsExactly(new Decision.Balanced(
                            ALICE_PORT,
                            new ListenerKey(Rig.RED, world.red, TCP, 80),
                            new PoolKey(Balancing.POOL, world.family),
                            Decision.Choice.SLOT));
            assertThat(first.all(Decision.Translated.class))
                    .containsExactly(new Decision.Translated(world.red, 80, world.bob, 8080));
            assertThat(world.pairs()).isEmpty();

            world.left(world.call(TCP, 4000, SYN));
            world.pool(member(world.carol), member(world.bob, 0));
            Trace second = world.rig.traced(() -> tracer.fromWorkload(world.rig.alice, world.call(TCP, 4000, ACK)));
            assertThat(second.all(Decision.Balanced.class).getFirst().choice()).isEqualTo(Decision.Choice.CONNECTION);
            assertThat(second.all(Decision.Translated.class))
                    .containsExactly(new Decision.Translated(world.red, 80, world.bob, 8080));
            byte[] answer = world.packet(ALICE, BOB, world.bob, world.alice, TCP, 8080, 4000, SYN_ACK);
            Trace back = world.rig.traced(() -> tracer.fromWorkload(world.rig.bob, answer));
            assertThat(back.all(Decision.Translated.class))
                    .containsExactly(new Decision.Translated(world.bob, 8080, world.red, 80));
        }
    }

    @Test
    void aListenerWithoutAPoolRefuses() {
        world.rig
                .tables()
                .listeners()
                .put(new ListenerKey(Rig.RED, world.red, TCP, 80), new Listener(Optional.empty(), 0, false, world.red));
        assertThat(refused(world.call(TCP, 4000, SYN), DropReason.NO_MEMBERS)).isTrue();
    }
}
