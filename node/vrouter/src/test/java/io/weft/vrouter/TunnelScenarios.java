package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.fixture.Host;
import io.weft.kernel.fixture.Lab;
import io.weft.kernel.socket.Frame;
import io.weft.kernel.socket.Offload;
import io.weft.kernel.socket.PacketSocket;
import io.weft.kernel.socket.TapDevice;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.vrouter.DataCentre.Gateway;
import io.weft.vrouter.DataCentre.Guest;
import io.weft.vrouter.DataCentre.Site;
import io.weft.vrouter.DataCentre.TapGuest;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of packet takes its way through the tunnel, and arrives whole. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TunnelScenarios {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int EXPERIMENT = 0x88b5;

    private final DataCentre centre;
    private final Site one;
    private final Site two;
    private final Gateway red;
    private final Guest near;
    private final Guest far;
    private final TapGuest nearTap;
    private final TapGuest farTap;

    TunnelScenarios(boolean ipv6, boolean guarded) {
        centre = new DataCentre(ipv6, guarded);
        one = centre.site("one");
        two = centre.site("two");
        centre.network(100, true, true, false);
        red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
        near = centre.guest("near", one, red, 11);
        far = centre.guest("far", two, red, 12);
        nearTap = centre.tapGuest("near-tap", one, red, 13);
        farTap = centre.tapGuest("far-tap", two, red, 14);
        centre.publish();
    }

    @AfterAll
    void close() {
        centre.close();
    }

    @Test
    void udpSegmentsOfOneLargeSendArriveOneByOne() throws IOException {
        for (IpAddress to : new IpAddress[] {far.ipv4(), far.ipv6()}) {
            try {
                Calls.segments(near.inside(), far.inside(), to, 6000, 6000);
            } catch (IOException e) {
                throw new IOException(centre.drops(), e);
            }
        }
    }

    @Test
    void streamsArriveWithOffloadsOff(@TempDir Path directory) throws IOException {
        Offload[] offloads = {
            Offload.TRANSMIT_CHECKSUM,
            Offload.TCP_SEGMENTATION,
            Offload.GENERIC_SEGMENTATION,
            Offload.GENERIC_RECEIVE,
            Offload.RECEIVE_CHECKSUM
        };
        for (Host host : new Host[] {near.inside(), one.host(), two.host(), far.inside()}) {
            for (String link : new String[] {"eth0", "uplink", "port" + near.number(), "port" + far.number()}) {
                if (host.netlink().link(link).isPresent()) {
                    for (Offload offload : offloads) {
                        offload.set(host.namespace(), link, false);
                    }
                }
            }
        }
        byte[] content = new byte[1_000_000];
        ThreadLocalRandom.current().nextBytes(content);
        Path sent = Files.write(directory.resolve("sent"), content);
        for (IpAddress to : new IpAddress[] {far.ipv4(), far.ipv6()}) {
            Path received = directory.resolve("received");
            Files.deleteIfExists(received);
            String family = to.isIpv4() ? "4" : "6";
            Process server =
                    far.inside().start("socat", "-u", "TCP" + family + "-LISTEN:5000,reuseaddr", "CREATE:" + received);
            Lab.await(
                    "a listener",
                    LIMIT,
                    () -> far.inside()
                            .run("ss", "-Htln", "sport = :5000")
                            .output()
                            .contains("5000"));
            near.inside()
                    .require(
                            "timeout",
                            "20",
                            "socat",
                            "-u",
                            "-b",
                            "65536",
                            "FILE:" + sent,
                            "TCP" + family + ":" + (to.isIpv4() ? to : "[" + to + "]") + ":5000");
            server.onExit().join();
            assertThat(Files.mismatch(sent, received)).as(centre.drops()).isEqualTo(-1);
        }
    }

    @Test
    void aFrameThatIsNotIpArrives() {
        byte[] frame = Packets.ethernet(
                far.mac(),
                near.mac(),
                EXPERIMENT,
                "not IP at all, and long enough".repeat(2).getBytes(StandardCharsets.US_ASCII));
        try (PacketSocket listening =
                        PacketSocket.open(far.inside().namespace(), far.inside().index("eth0"), EXPERIMENT);
                PacketSocket sending = PacketSocket.open(
                        near.inside().namespace(), near.inside().index("eth0"), EXPERIMENT)) {
            sending.send(near.inside().index("eth0"), frame);
            assertThat(listening.receive(LIMIT).map(Frame::bytes))
                    .as(centre.drops())
                    .contains(frame);
        }
    }

    @Test
    void framesReachTapsOnTheSameAndOnTheOtherHost() {
        for (TapGuest to : new TapGuest[] {nearTap, farTap}) {
            for (boolean ipv4 : new boolean[] {true, false}) {
                IpAddress destination = ipv4 ? to.guest().ipv4() : to.guest().ipv6();
                near.inside().start("ping", "-c1", "-W1", "-s1000", "-p", "5a", destination.toString());
                byte[] request = read(to.tap(), ipv4 ? Packets.ETHERTYPE_IPV4 : Packets.ETHERTYPE_IPV6);
                assertThat(Packets.sourceMac(request)).isEqualTo(near.mac());
                assertThat(Packets.destinationMac(request)).isEqualTo(to.guest().mac());
                assertThat(Packets.checksumsHold(request)).isTrue();
                assertThat(request).hasSize(14 + (ipv4 ? 20 : 40) + 8 + 1000);
            }
        }
    }

    @Test
    void whatATapSendsReachesVethsOnBothHosts() {
        for (Guest to : new Guest[] {near, far}) {
            byte[] body = Packets.udp(nearTap.guest().ipv4(), to.ipv4(), 7000, 7001, new byte[200]);
            byte[] frame = Packets.ip(
                    to.mac(), nearTap.guest().mac(), nearTap.guest().ipv4(), to.ipv4(), Packets.UDP, 64, body);
            try (PacketSocket listening =
                    PacketSocket.open(to.inside().namespace(), to.inside().index("eth0"), Packets.ETHERTYPE_IPV4)) {
                nearTap.tap().write(frame);
                assertThat(listening.receive(LIMIT).map(Frame::bytes))
                        .as(centre.drops())
                        .contains(frame);
            }
        }
    }

    private static byte[] read(TapDevice tap, int type) {
        while (true) {
            Optional<byte[]> frame = tap.read(LIMIT);
            assertThat(frame).isPresent();
            int protocol = frame.get().length > 54 ? frame.get()[type == Packets.ETHERTYPE_IPV4 ? 23 : 20] : 0;
            boolean echo = protocol == Packets.ICMP || (protocol == Packets.ICMPV6 && (frame.get()[54] & 0xff) == 128);
            if (Packets.number(frame.get(), 12, 2) == type && echo) {
                return frame.get();
            }
        }
    }

    @Test
    void multicastAndBroadcastReachEveryoneOnce() {
        MacAddress group = MacAddress.parse("01:00:5e:01:01:01");
        for (MacAddress to : new MacAddress[] {group, Packets.EVERYONE}) {
            IpAddress address = IpAddress.parse(to.equals(group) ? "239.1.1.1" : "255.255.255.255");
            byte[] frame = Packets.ip(
                    to,
                    near.mac(),
                    near.ipv4(),
                    address,
                    Packets.UDP,
                    8,
                    Packets.udp(near.ipv4(), address, 1, 2, new byte[300]));
            try (PacketSocket sending = PacketSocket.open(
                            near.inside().namespace(), near.inside().index("eth0"), EXPERIMENT);
                    PacketSocket listening = PacketSocket.open(
                            far.inside().namespace(), far.inside().index("eth0"), Packets.ETHERTYPE_IPV4)) {
                sending.send(near.inside().index("eth0"), frame);
                assertThat(listening.receive(LIMIT).map(Frame::bytes))
                        .as(centre.drops())
                        .contains(frame);
                for (TapGuest tap : new TapGuest[] {nearTap, farTap}) {
                    assertThat(awaitFrame(tap.tap(), frame)).isEqualTo(frame);
                }
                assertThat(listening.receive(Duration.ofMillis(50))).isEmpty();
            }
        }
    }

    private static byte[] awaitFrame(TapDevice tap, byte[] expected) {
        while (true) {
            byte[] frame = tap.read(LIMIT).orElseThrow();
            if (Arrays.equals(frame, expected)) {
                return frame;
            }
        }
    }

    @Test
    void whatIsWrittenIntoTheTunnelByStrangersIsCountedAndGoesNowhere() throws IOException {
        // The router between the hosts is no node; node two has no right to send into network 999.
        byte[] frame = Packets.ip(
                near.mac(),
                far.mac(),
                far.ipv4(),
                near.ipv4(),
                Packets.UDP,
                64,
                Packets.udp(far.ipv4(), near.ipv4(), 1, 2, new byte[10]));
        long before = one.vrouter().counters(0).drops(DropReason.TUNNEL_SOURCE);
        inject(centre.fabric(), 100, frame);
        inject(two.host(), 999, frame);
        Lab.await(
                "both tries to be counted",
                LIMIT,
                () -> one.vrouter().counters(0).drops(DropReason.TUNNEL_SOURCE) == before + 2);
        one.vrouter().tables().tunnelSources().put(new TunnelSourceKey(two.tunnel(), 998), two.node());
        byte[] toNobody = frame.clone();
        toNobody[0] = 1;
        inject(two.host(), 998, toNobody);
        Lab.await(
                "the group without members to be counted",
                LIMIT,
                () -> one.vrouter().counters(0).drops(DropReason.TUNNEL_NOT_FLOODED) == 1);
        byte[] nowhere = frame.clone();
        nowhere[5] = (byte) 0xee;
        inject(two.host(), 100, nowhere);
        Lab.await(
                "the unknown MAC to be counted",
                LIMIT,
                () -> one.vrouter().counters(0).drops(DropReason.TUNNEL_UNKNOWN_MAC) > 0);
    }

    private void inject(Host from, int network, byte[] frame) throws IOException {
        byte[] datagram = ByteBuffer.allocate(8 + frame.length)
                .putInt(0x08000000)
                .putInt(network << 8)
                .put(frame)
                .array();
        DatagramSocket socket = from.call(DatagramSocket::new);
        try (socket) {
            socket.send(
                    new DatagramPacket(datagram, datagram.length, one.tunnel().toInetAddress(), Underlay.VXLAN_PORT));
        }
    }

    @Test
    void aTraceShowsTheGateway() {
        Host.Output trace = near.inside().run("ping", "-c1", "-W2", "-t1", "10.0.9.9");
        assertThat(trace.output()).contains("From " + red.ipv4());
    }
}
