package io.weft.vrouter;

import static io.weft.vrouter.Packets.TCP;
import static io.weft.vrouter.Packets.UDP;
import static io.weft.vrouter.Rig.ALICE;
import static io.weft.vrouter.Rig.ALICE4;
import static io.weft.vrouter.Rig.ALICE_PORT;
import static io.weft.vrouter.Rig.DROP;
import static io.weft.vrouter.Rig.GO_ON;
import static io.weft.vrouter.Rig.REDIRECT;
import static io.weft.vrouter.Rig.RED_ROUTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.KernelException;
import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.BpfProgram;
import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.kernel.fixture.Lab;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Translation, packet by packet: what becomes of it, what ends, and what is kept for how long. */
class ExternalPacketsTest {
    private static final int EXTERNAL = 900;
    private static final int TRANSIT = 901;
    private static final int TRIES = 128;
    private static final MacAddress GATEWAY_MAC = MacAddress.parse("fa:16:3e:ee:00:01");
    private static final MacAddress OUTSIDE_MAC = MacAddress.parse("fa:16:3e:ee:00:99");
    private static final IpAddress SHARED = IpAddress.parse("203.0.113.2");
    private static final IpAddress OUTSIDE = IpAddress.parse("203.0.113.1");
    private static final IpAddress SERVER = IpAddress.parse("198.51.100.9");

    private Rig rig;
    private int device;

    @BeforeEach
    void build() {
        rig = new Rig();
        device = rig.spare(1);
        Tables tables = rig.tables();
        tables.externalNetworks().put(EXTERNAL, new ExternalNetwork(device, 1500));
        tables.externalDevices().put(device, EXTERNAL);
        tables.externalAddresses().put(new AddressKey(EXTERNAL, SHARED), ExternalAddress.own(Rig.DOMAIN, GATEWAY_MAC));
        hear();
        rig.route(Rig.DOMAIN, "0.0.0.0/0", new Route.External(new NextHop(EXTERNAL, GATEWAY_MAC, 1500, OUTSIDE)));
        gateway(DomainGateway.HERE);
    }

    /** The next hop outside has just been heard of. */
    private void hear() {
        rig.tables()
                .neighbours()
                .put(new AddressKey(EXTERNAL, OUTSIDE), new Neighbour(OUTSIDE_MAC, System.nanoTime(), 0));
    }

    private void gateway(Place place) {
        rig.tables().gateways().put(Rig.DOMAIN, new DomainGateway(EXTERNAL, TRANSIT, place, GATEWAY_MAC, true, SHARED));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static byte[] out(int protocol, byte[] body) {
        return Packets.ip(RED_ROUTER, ALICE, ALICE4, SERVER, protocol, 64, body);
    }

    private static byte[] datagram(int from, int to) {
        return out(UDP, Packets.udp(ALICE4, SERVER, from, to, new byte[20]));
    }

    private TestRun.Result in(int protocol, byte[] body) {
        return rig.run(
                "from_external",
                device,
                Packets.ip(GATEWAY_MAC, OUTSIDE_MAC, SERVER, SHARED, protocol, 64, body),
                SkbContext.EMPTY);
    }

    private TestRun.Result answer(int from, int to) {
        return in(UDP, Packets.udp(SERVER, SHARED, from, to, new byte[20]));
    }

    private static TranslationKey outward(int from, int to) {
        return new TranslationKey(Rig.DOMAIN, ALICE4, SERVER, from, to, UDP, false);
    }

    /** The source port of a frame with an IPv4 header without options. */
    private static int sourcePort(byte[] frame) {
        return Packets.number(frame, 34, 2);
    }

    @Test
    void aSourceBecomesTheSharedAddressAndItsAnswerReturns() {
        TestRun.Result sent = rig.fromAlice(datagram(5000, 53));
        assertThat(sent.returned()).isEqualTo(REDIRECT);
        assertThat(Packets.addresses(sent.packet())).containsExactly(SHARED, SERVER);
        assertThat(sourcePort(sent.packet())).isEqualTo(5000);
        assertThat(Packets.sourceMac(sent.packet())).isEqualTo(GATEWAY_MAC);
        assertThat(Packets.destinationMac(sent.packet())).isEqualTo(OUTSIDE_MAC);
        assertThat(Packets.checksumsHold(sent.packet())).isTrue();

        TestRun.Result returned = answer(53, 5000);
        assertThat(returned.returned()).isEqualTo(REDIRECT);
        assertThat(Packets.addresses(returned.packet())).containsExactly(SERVER, ALICE4);
        assertThat(Packets.destinationMac(returned.packet())).isEqualTo(ALICE);
        assertThat(Packets.checksumsHold(returned.packet())).isTrue();
    }

    @Test
    void aTraceSeesTheTranslationsThatThereAreAndKeepsNone() {
        try (Tracer tracer = rig.vrouter.tracer()) {
            byte[] answer = Packets.ip(
                    GATEWAY_MAC,
                    OUTSIDE_MAC,
                    SERVER,
                    SHARED,
                    UDP,
                    64,
                    Packets.udp(SERVER, SHARED, 53, 5000, new byte[20]));
            Trace stranger = rig.traced(() -> tracer.fromExternal(device, answer));
            assertThat(stranger.decisions().getFirst()).isEqualTo(new Decision.Entered(device, EXTERNAL));
            assertThat(stranger.decisions().getLast())
                    .isEqualTo(new Decision.Dropped(0, DropReason.TRANSLATION_UNKNOWN));
            Trace first = rig.traced(() -> tracer.fromWorkload(rig.alice, datagram(5000, 53)));
            assertThat(first.all(Decision.Sought.class).getFirst().state()).isEmpty();
            assertThat(rig.translations().dump()).isEmpty();

            rig.fromAlice(datagram(5000, 53));
            Trace again = rig.traced(() -> tracer.fromWorkload(rig.alice, datagram(5000, 53)));
            assertThat(again.all(Decision.Sought.class).getFirst().state()).contains(Connection.State.NEW);
            assertThat(again.all(Decision.Sought.class).getFirst().key()).isEqualTo(outward(5000, 53));
            Trace returned = rig.traced(() -> tracer.fromExternal(device, answer));
            assertThat(returned.verdict()).as("%s", returned.decisions()).isEqualTo(Trace.Verdict.FORWARDED);
            assertThat(returned.all(Decision.Delivered.class))
                    .containsExactly(new Decision.Delivered(ALICE_PORT, rig.alice));
            assertThat(Packets.addresses(returned.packet())).containsExactly(SERVER, ALICE4);
            // As it was: an answer that was only thought of establishes nothing.
            assertThat(rig.translations().get(outward(5000, 53)))
                    .map(Translation::state)
                    .contains(Connection.State.NEW);
        }
    }

    @Test
    void aPortBelow1024IsReplaced() {
        assertThat(sourcePort(rig.fromAlice(datagram(500, 500)).packet())).isGreaterThanOrEqualTo(1024);
    }

    @Test
    void aPortIsTakenOnceAndAfterManyTriesTheSearchEnds() {
        Set<Integer> ports = new HashSet<>();
        BpfMap counts = rig.vrouter.map("translation_counts");
        for (int i = 0; i < TRIES; i++) {
            ports.add(sourcePort(rig.fromAlice(datagram(5000, 53)).packet()));
            // The way back stays: the port is taken, for this server.
            rig.translations().remove(outward(5000, 53));
            counts.update(BpfMap.intKey(Rig.DOMAIN), new byte[4]);
        }
        assertThat(ports).hasSize(TRIES).allMatch(port -> port >= 1024);
        rig.drops(DropReason.TRANSLATION_PORTS, datagram(5000, 53));
        assertThat(rig.fromAlice(datagram(5000, 54)).returned()).isEqualTo(REDIRECT);
    }

    @Test
    void aRouterHasItsShareAndNoMore() {
        int share = Sizes.small().translations() / 2 / 4;
        for (int i = 0; i < share; i++) {
            assertThat(rig.fromAlice(datagram(2000 + i, 53)).returned()).isEqualTo(REDIRECT);
        }
        rig.drops(DropReason.TRANSLATIONS_FULL, datagram(1999, 53));
        assertThat(rig.fromAlice(datagram(2000, 53)).returned()).isEqualTo(REDIRECT);
    }

    private static byte[] bobsDatagram(int from, int to) {
        return Packets.ip(
                RED_ROUTER, Rig.BOB, Rig.BOB4, SERVER, UDP, 64, Packets.udp(Rig.BOB4, SERVER, from, to, new byte[20]));
    }

    @Test
    void buildsOfAnotherLayoutTakeTranslationsOverUpAndDown(@TempDir Path directory) throws IOException {
        byte[] other = AlteredDataPath.ofAnotherLayout(directory).image();
        // The compiler may have taken longer than a neighbour is known.
        hear();
        rig.fromAlice(datagram(5000, 53));
        rig.fromAlice(datagram(5001, 53));
        assertThat(answer(53, 5001).returned()).isEqualTo(REDIRECT);

        rig.load(other);
        assertThat(answer(53, 5000).returned()).isEqualTo(REDIRECT);
        assertThat(answer(53, 5001).returned()).isEqualTo(REDIRECT);
        assertThat(sourcePort(rig.fromAlice(datagram(5000, 53)).packet())).isEqualTo(5000);
        assertThat(sourcePort(rig.fromAlice(datagram(5002, 53)).packet())).isEqualTo(5002);

        rig.load(KernelVrouter.image());
        for (int to = 5000; to < 5003; to++) {
            assertThat(answer(53, to).returned()).isEqualTo(REDIRECT);
        }
        assertThat(rig.translations().dump()).hasSize(6);
        assertThat(rig.vrouter.map("translation_counts").lookup(BpfMap.intKey(0)))
                .contains(BpfMap.intKey(3));
        assertThat(answer(53, 5003).returned()).isEqualTo(DROP);
    }

    @Test
    void aPortOfAPreviousLayoutsTableIsNotTakenTwice(@TempDir Path directory) throws IOException {
        rig.attach(rig.alice);
        rig.fromAlice(datagram(5000, 53));
        rig.fromAlice(datagram(5001, 53));
        byte[] stops = AlteredDataPath.ofAnotherLayout(directory)
                .with("collect.h", "return bpf_timer_start(&own->timer, 0, 0) ? 3 : 0;", "return 4;")
                .image();
        assertThatThrownBy(() -> rig.load(stops)).isInstanceOf(KernelException.class);
        // Its programs have the packets, and alice's translations are still where they were.
        BpfProgram running = rig.attached(rig.alice);
        assertThat(sourcePort(rig.run(running, rig.bob, bobsDatagram(5000, 53)).packet()))
                .isNotEqualTo(5000);
        assertThat(sourcePort(rig.run(running, rig.alice, datagram(5000, 53)).packet()))
                .isEqualTo(5000);
        rig.load(KernelVrouter.image());
        assertThat(Packets.addresses(answer(53, 5000).packet())).containsExactly(SERVER, ALICE4);
        assertThat(Packets.addresses(answer(53, 5001).packet())).containsExactly(SERVER, ALICE4);
        assertThat(rig.translations().dump()).hasSize(6);
    }

    @Test
    void whatIsOverIsCollectedAndLetsNobodyIn() {
        rig.fromAlice(datagram(5000, 53));
        Translation kept = rig.translations().get(outward(5000, 53)).orElseThrow();
        assertThat(kept.state()).isEqualTo(Connection.State.NEW);
        assertThat(answer(53, 5000).returned()).isEqualTo(REDIRECT);
        Translation answered = rig.translations().get(outward(5000, 53)).orElseThrow();
        assertThat(answered.state()).isEqualTo(Connection.State.ESTABLISHED);
        rig.translations()
                .put(
                        outward(5000, 53),
                        new Translation(
                                answered.scope(),
                                answered.address(),
                                answered.port(),
                                answered.state(),
                                answered.flags(),
                                answered.seen() - 400 & 0xffffffffL));
        assertThat(answer(53, 5000).returned()).isEqualTo(DROP);
        assertThat(rig.counted(0, DropReason.TRANSLATION_UNKNOWN)).isPositive();
        Lab.await(
                "both entries are collected",
                Duration.ofMinutes(1),
                () -> rig.translations().dump().isEmpty());
    }

    @Test
    void aTranslationEndsWithTheAddressThatItWasMadeBy() {
        rig.fromAlice(datagram(5000, 53));
        IpAddress another = IpAddress.parse("203.0.113.7");
        rig.tables()
                .gateways()
                .put(Rig.DOMAIN, new DomainGateway(EXTERNAL, TRANSIT, DomainGateway.HERE, GATEWAY_MAC, true, another));
        assertThat(answer(53, 5000).returned()).isEqualTo(DROP);
        assertThat(Packets.addresses(rig.fromAlice(datagram(5000, 53)).packet()))
                .containsExactly(another, SERVER);
    }

    @Test
    void whatCannotShareAnAddressEnds() {
        rig.drops(DropReason.TRANSLATION_REFUSED, out(47, new byte[40]));
        rig.drops(DropReason.TRANSLATION_REFUSED, out(132, new byte[40]));
        rig.drops(DropReason.TRANSLATION_REFUSED, out(Packets.ICMP, Packets.icmp(0, 0, 0x10001, new byte[8])));
    }

    @Test
    void withoutAGatewayNodeSourcesGoNowhereAndWithAnotherOneToIt() {
        gateway(DomainGateway.NOWHERE);
        assertThat(rig.fromAlice(datagram(5000, 53)).returned()).isEqualTo(REDIRECT);
        assertThat(rig.counted(ALICE_PORT, DropReason.NO_GATEWAY)).isEqualTo(1);
        gateway(Place.remote(Rig.OTHER_NODE));
        TestRun.Result tunnelled = rig.fromAlice(datagram(5000, 53));
        assertThat(tunnelled.returned()).isEqualTo(REDIRECT);
        // Outer IPv4, UDP and VXLAN: the VNI is the transit's; within them the packet is as it came, one hop on.
        assertThat(Packets.number(tunnelled.packet(), 14 + 20 + 8 + 4, 3)).isEqualTo(TRANSIT);
        assertThat(tunnelled.packet()[14 + 36 + 14 + 8]).isEqualTo((byte) 63);
    }

    @Test
    void nothingLeavesForTheUnderlayAndNothingInsideComesFromOutside() {
        rig.tables().underlayAddresses().put(SERVER, 1);
        rig.drops(DropReason.UNDERLAY_ADDRESS, datagram(5000, 53));
        rig.tables().underlayAddresses().remove(SERVER);
        rig.fromAlice(datagram(5000, 53));
        rig.route(Rig.DOMAIN, "198.51.100.0/24", new Route.Blackhole());
        assertThat(answer(53, 5000).returned()).isEqualTo(DROP);
        assertThat(rig.counted(0, DropReason.EXTERNAL_SPOOFED)).isEqualTo(1);
    }

    @Test
    void onlyWhatIsForItsAddressesIsTakenFromTheHost() {
        assertThat(in(TCP, Packets.segment(SERVER, SHARED, 1, 2, GuardedPort.SYN, 1, 0))
                        .returned())
                .isEqualTo(DROP);
        byte[] toHost = Packets.ip(
                MacAddress.parse("fa:16:3e:ee:00:77"),
                OUTSIDE_MAC,
                SERVER,
                IpAddress.parse("203.0.113.9"),
                UDP,
                64,
                Packets.udp(SERVER, IpAddress.parse("203.0.113.9"), 1, 2, new byte[4]));
        assertThat(rig.run("from_external", device, toHost, SkbContext.EMPTY).returned())
                .isEqualTo(GO_ON);
        byte[] otherMac = Packets.ip(
                MacAddress.parse("fa:16:3e:ee:00:77"),
                OUTSIDE_MAC,
                SERVER,
                SHARED,
                UDP,
                64,
                Packets.udp(SERVER, SHARED, 1, 2, new byte[4]));
        assertThat(rig.run("from_external", device, otherMac, SkbContext.EMPTY).returned())
                .isEqualTo(GO_ON);
        // What the agent hears by itself is no loss, but only from a neighbour.
        for (int hops : new int[] {255, 254}) {
            byte[] bfd = Packets.udp(OUTSIDE, SHARED, 49152, 3784, new byte[24]);
            byte[] frame = Packets.ip(GATEWAY_MAC, OUTSIDE_MAC, OUTSIDE, SHARED, UDP, hops, bfd);
            assertThat(rig.run("from_external", device, frame, SkbContext.EMPTY).returned())
                    .isEqualTo(hops == 255 ? GO_ON : DROP);
        }
        TestRun.Result echo = in(Packets.ICMP, Packets.icmp(8, 0, 0x10001, new byte[8]));
        assertThat(echo.returned()).isEqualTo(REDIRECT);
        assertThat(Packets.addresses(echo.packet())).containsExactly(SHARED, SERVER);
        assertThat(Packets.checksumsHold(echo.packet())).isTrue();
    }
}
