package io.weft.vrouter;

import static io.weft.vrouter.Packets.TCP;
import static io.weft.vrouter.Packets.UDP;
import static io.weft.vrouter.Rig.ALICE;
import static io.weft.vrouter.Rig.ALICE4;
import static io.weft.vrouter.Rig.BOB;
import static io.weft.vrouter.Rig.BOB4;
import static io.weft.vrouter.Rig.DROP;
import static io.weft.vrouter.Rig.REDIRECT;
import static io.weft.vrouter.Rig.RED_ROUTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls from outside to a floating address that leads to a virtual one: who gets them, what comes back, and when they end. */
class BalancedOutsidePacketsTest {
    private static final int EXTERNAL = 900;
    private static final MacAddress GATEWAY_MAC = MacAddress.parse("fa:16:3e:ee:00:01");
    private static final MacAddress FLOATING_MAC = MacAddress.parse("fa:16:3e:ee:00:02");
    private static final MacAddress OUTSIDE_MAC = MacAddress.parse("fa:16:3e:ee:00:99");
    private static final IpAddress SHARED = IpAddress.parse("203.0.113.2");
    private static final IpAddress FLOATING = IpAddress.parse("203.0.113.20");
    private static final IpAddress OUTSIDE = IpAddress.parse("203.0.113.1");
    private static final IpAddress CLIENT = IpAddress.parse("198.51.100.9");
    private static final UUID POOL = new UUID(7, 9);
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int ACK = 16;

    private Rig rig;
    private int device;

    @BeforeEach
    void build() {
        rig = new Rig();
        device = rig.spare(1);
        Tables tables = rig.tables();
        tables.externalNetworks().put(EXTERNAL, new ExternalNetwork(device, 1500));
        tables.externalDevices().put(device, EXTERNAL);
        tables.externalAddresses()
                .put(new AddressKey(EXTERNAL, FLOATING), ExternalAddress.own(Rig.DOMAIN, FLOATING_MAC));
        tables.neighbours().put(new AddressKey(EXTERNAL, OUTSIDE), new Neighbour(OUTSIDE_MAC, System.nanoTime(), 0));
        rig.route(Rig.DOMAIN, "0.0.0.0/0", new Route.External(new NextHop(EXTERNAL, GATEWAY_MAC, 1500, OUTSIDE)));
        tables.gateways()
                .put(Rig.DOMAIN, new DomainGateway(EXTERNAL, 901, DomainGateway.HERE, GATEWAY_MAC, true, SHARED));
        listen(0);
        pool(member(ALICE4, 1), member(BOB4, 1));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void listen(int affinity) {
        listen(affinity, false);
    }

    private void listen(int affinity, boolean restricted) {
        for (int protocol : new int[] {TCP, UDP}) {
            rig.tables()
                    .listeners()
                    .put(
                            new ListenerKey(EXTERNAL, FLOATING, protocol, 80),
                            new Listener(Optional.of(POOL), affinity, restricted, IpAddress.ofIpv6(0, 0)));
        }
    }

    private static Pool.Member member(IpAddress address, int weight) {
        return new Pool.Member(address, 8080, weight);
    }

    private void pool(Pool.Member... all) {
        Map<Integer, Pool.Member> members = new HashMap<>();
        for (Pool.Member member : all) {
            members.put(members.size(), member);
        }
        rig.tables().pools().put(new PoolKey(POOL, IpFamily.IPV4), new Pool(members));
    }

    private TestRun.Result enter(int protocol, int from, int to, int flags) {
        byte[] body = protocol == UDP
                ? Packets.udp(CLIENT, FLOATING, from, to, new byte[20])
                : Packets.segment(CLIENT, FLOATING, from, to, flags, 100, 200);
        return rig.run(
                "from_external",
                device,
                Packets.ip(FLOATING_MAC, OUTSIDE_MAC, CLIENT, FLOATING, protocol, 64, body),
                SkbContext.EMPTY);
    }

    /** Whom a call from a port of the client's reaches. */
    private IpAddress reached(int protocol, int from, int flags) {
        TestRun.Result result = enter(protocol, from, 80, flags);
        assertThat(result.returned()).isEqualTo(REDIRECT);
        Header got = Header.of(result.packet());
        assertThat(got.source()).isEqualTo(CLIENT);
        assertThat(got.transport().source()).isEqualTo(from);
        assertThat(got.transport().destination()).isEqualTo(8080);
        assertThat(got.hops()).isEqualTo(63);
        assertThat(Packets.checksumsHold(result.packet())).isTrue();
        return got.destination();
    }

    /** What a member's packet to the client becomes. */
    private Header left(IpAddress by, int protocol, int from, int to, int flags) {
        boolean alice = by.equals(ALICE4);
        byte[] body = protocol == UDP
                ? Packets.udp(by, CLIENT, from, to, new byte[20])
                : Packets.segment(by, CLIENT, from, to, flags, 100, 200);
        byte[] frame = Packets.ip(RED_ROUTER, alice ? ALICE : BOB, by, CLIENT, protocol, 64, body);
        TestRun.Result result = rig.run("from_workload", alice ? rig.alice : rig.bob, frame, SkbContext.EMPTY);
        assertThat(result.returned()).isEqualTo(REDIRECT);
        assertThat(Packets.checksumsHold(result.packet())).isTrue();
        return Header.of(result.packet());
    }

    private static IpAddress other(IpAddress member) {
        return member.equals(ALICE4) ? BOB4 : ALICE4;
    }

    @Test
    void aCallGetsAMemberAndKeepsItAndTheAnswerComesFromTheFloatingAddress() {
        for (int protocol : new int[] {TCP, UDP}) {
            boolean[] met = new boolean[2];
            for (int from = 5000; from < 5032; from++) {
                IpAddress member = reached(protocol, from, SYN);
                met[member.equals(ALICE4) ? 0 : 1] = true;
                Header answer = left(member, protocol, 8080, from, SYN | ACK);
                assertThat(answer.source()).isEqualTo(FLOATING);
                assertThat(answer.transport().source()).isEqualTo(80);
                assertThat(reached(protocol, from, ACK)).isEqualTo(member);
            }
            assertThat(met).containsExactly(true, true);
        }
        // What is no answer leaves as all else.
        assertThat(left(ALICE4, UDP, 8080, 6000, 0).source()).isEqualTo(SHARED);
    }

    @Test
    void aConnectionKeepsAMemberOfWeightZeroAndIsGivenAnotherWhenItsMemberIsGone() {
        IpAddress member = reached(TCP, 5000, SYN);
        left(member, TCP, 8080, 5000, SYN | ACK);
        pool(member(member, 0), member(other(member), 1));
        assertThat(reached(TCP, 5000, ACK)).isEqualTo(member);
        assertThat(reached(TCP, 5001, SYN)).isEqualTo(other(member));
        pool(member(other(member), 1));
        assertThat(reached(TCP, 5000, ACK)).isEqualTo(other(member));
        assertThat(left(other(member), TCP, 8080, 5000, RST).source()).isEqualTo(FLOATING);
    }

    @Test
    void aSynAfterTheEndIsANewConnection() {
        IpAddress member = reached(TCP, 5000, SYN);
        left(member, TCP, 8080, 5000, SYN | ACK);
        pool(member(member, 0), member(other(member), 1));
        assertThat(reached(TCP, 5000, SYN)).as("it has not ended").isEqualTo(member);
        left(member, TCP, 8080, 5000, RST);
        assertThat(reached(TCP, 5000, SYN)).isEqualTo(other(member));
    }

    @Test
    void affinityKeepsAClientsCallsWithAMember() {
        listen(600);
        IpAddress member = reached(TCP, 5000, SYN);
        for (int from = 5001; from < 5020; from++) {
            assertThat(reached(TCP, from, SYN)).isEqualTo(member);
        }
        pool(member(member, 0), member(other(member), 1));
        assertThat(reached(TCP, 5020, SYN)).isEqualTo(other(member));
    }

    @Test
    void aMemberThatTheClientsPortIsInUseWithIsNotChosen() {
        // A call of alice's from the port where she serves, to where the client calls from.
        left(ALICE4, UDP, 8080, 5000, 0);
        assertThat(reached(UDP, 5000, 0)).isEqualTo(BOB4);
    }

    @Test
    void withoutAMemberTheCallerIsToldAndAnythingElseEndsSilently() {
        pool(member(ALICE4, 0));
        TestRun.Result refused = enter(TCP, 5000, 80, SYN);
        assertThat(rig.counted(0, DropReason.NO_MEMBERS)).isEqualTo(1);
        Header told = Header.of(refused.packet());
        assertThat(told.source()).isEqualTo(FLOATING);
        assertThat(told.destination()).isEqualTo(CLIENT);
        assertThat(told.transport().source()).as("unreachable").isEqualTo(3);
        assertThat(told.transport().destination()).as("the port").isEqualTo(3);
        assertThat(enter(TCP, 5000, 81, SYN).returned()).isEqualTo(DROP);
        assertThat(rig.counted(0, DropReason.TRANSLATION_UNKNOWN)).isEqualTo(1);
        assertThat(rig.translations().dump()).isEmpty();
    }

    private AllowedCallerKey caller(int protocol, String cidr) {
        return new AllowedCallerKey(new ListenerKey(EXTERNAL, FLOATING, protocol, 80), IpPrefix.parse(cidr));
    }

    @Test
    void aRestrictedListenerIsCalledByThoseAloneWhoAreNamed() {
        listen(0, true);
        for (int protocol : new int[] {TCP, UDP}) {
            long before = rig.counted(0, DropReason.CALLER_REFUSED);
            int translations = rig.translations().dump().size();
            assertThat(enter(protocol, 5000, 80, SYN).returned()).isEqualTo(DROP);
            assertThat(rig.counted(0, DropReason.CALLER_REFUSED)).isEqualTo(before + 1);
            assertThat(rig.translations().dump()).hasSize(translations);
            rig.tables().allowedCallers().put(caller(protocol, "198.51.100.0/25"), 1);
            IpAddress member = reached(protocol, 5000, SYN);
            assertThat(left(member, protocol, 8080, 5000, SYN | ACK).source()).isEqualTo(FLOATING);
            rig.tables().allowedCallers().put(caller(protocol, "198.51.100.128/25"), 1);
            rig.tables().allowedCallers().remove(caller(protocol, "198.51.100.0/25"));
            assertThat(enter(protocol, 5000, 80, ACK).returned())
                    .as("ends what has begun")
                    .isEqualTo(DROP);
            assertThat(left(member, protocol, 8080, 5000, ACK).source()).isEqualTo(SHARED);
        }
    }

    @Test
    void aListenerThatIsGoneTakesItsConnectionsAlong() {
        IpAddress member = reached(UDP, 5000, 0);
        rig.tables().listeners().remove(new ListenerKey(EXTERNAL, FLOATING, UDP, 80));
        assertThat(enter(UDP, 5000, 80, 0).returned()).isEqualTo(DROP);
        assertThat(left(member, UDP, 8080, 5000, 0).source()).isEqualTo(SHARED);
    }

    @Test
    void aTraceNamesTheListenerAndKeepsNothing() {
        try (Tracer tracer = rig.vrouter.tracer()) {
            byte[] body = Packets.udp(CLIENT, FLOATING, 5000, 80, new byte[20]);
            byte[] frame = Packets.ip(FLOATING_MAC, OUTSIDE_MAC, CLIENT, FLOATING, UDP, 64, body);
            Trace trace = rig.traced(() -> tracer.fromExternal(device, frame));
            assertThat(trace.all(Decision.Balanced.class)).singleElement().satisfies(balanced -> {
                assertThat(balanced.listener()).isEqualTo(new ListenerKey(EXTERNAL, FLOATING, UDP, 80));
                assertThat(balanced.pool().id()).isEqualTo(POOL);
            });
            assertThat(trace.verdict()).isEqualTo(Trace.Verdict.FORWARDED);
            assertThat(rig.translations().dump()).isEmpty();
        }
    }
}
