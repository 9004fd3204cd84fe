package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.fixture.Lab;
import io.weft.model.IpAddress;
import io.weft.vrouter.DataCentre.Gateway;
import io.weft.vrouter.DataCentre.Guest;
import io.weft.vrouter.DataCentre.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets that are forwarded, watched while they are. */
class LiveTraceTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PORT = 5000;

    private static LiveTrace.Filter to(IpAddress destination, int protocol, int port) {
        return new LiveTrace.Filter(0, Optional.empty(), Optional.of(destination), OptionalInt.of(protocol), 0, port);
    }

    private static LiveTrace.Filter arriving(int network, IpAddress destination) {
        return new LiveTrace.Filter(network, Optional.empty(), Optional.of(destination), OptionalInt.empty(), 0, 0);
    }

    private static LiveTrace watch(Guest guest, LiveTrace.Filter filter, int most) {
        return guest.site().host().call(() -> {
            LiveTrace live = guest.site().vrouter().watchWorkload(guest.ifindex(), filter, most, LONG);
            live.go();
            return live;
        });
    }

    @ParameterizedTest(name = "IPv6 underlay: {0}")
    @ValueSource(booleans = {false, true})
    void aPacketIsSeenWhereItIsSentAndWhereItArrives(boolean ipv6Underlay) {
        try (DataCentre centre = new DataCentre(ipv6Underlay, true)) {
            Site one = centre.site("one");
            Site two = centre.site("two");
            centre.network(100, false, false, false);
            Gateway red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
            Guest near = centre.guest("near", one, red, 11);
            Guest far = centre.guest("far", two, red, 12);
            centre.publish();
            for (IpAddress address : List.of(far.ipv4(), far.ipv6())) {
                int icmp = address.isIpv4() ? Packets.ICMP : Packets.ICMPV6;
                try (LiveTrace sent = watch(near, to(address, icmp, 0), 3);
                        LiveTrace arrived = two.host()
                                .call(() -> two.vrouter()
                                        .watchTunnel(
                                                two.host().index("uplink"),
                                                two.host().index("tunnel"),
                                                arriving(100, address),
                                                8,
                                                LONG))) {
                    near.inside().require("ping", "-c1", "-W3", address.toString());
                    assertThat(arrived.packets()).as("before it goes").isEmpty();
                    forget(one, two);
                    arrived.go();
                    sent.go();
                    near.inside().require("ping", "-c5", "-i0.01", "-W3", address.toString());
                    List<LiveTrace.Packet> here = echoes(sent.packets());
                    List<LiveTrace.Packet> there = echoes(arrived.packets());
                    assertThat(here).isNotEmpty().hasSizeLessThanOrEqualTo(3);
                    Trace first = here.getFirst().trace();
                    assertThat(first.verdict()).isEqualTo(Trace.Verdict.FORWARDED);
                    assertThat(first.all(Decision.Sender.class)).hasSize(1);
                    assertThat(first.all(Decision.Tunnelled.class)).hasSize(1);
                    assertThat(here.getFirst().whole()).isTrue();
                    // The first one begins a connection at each end, and each end's rules are asked about it.
                    assertThat(first.all(Decision.Tracked.class).getFirst().kept())
                            .isEqualTo(Decision.Kept.NOWHERE);
                    assertThat(first.all(Decision.Judged.class)).hasSize(1);
                    assertThat(there.getFirst().trace().all(Decision.Judged.class))
                            .hasSize(1);
                    assertThat(there.getFirst().trace().all(Decision.Arrived.class))
                            .hasSize(1);
                    assertThat(there.getFirst().trace().all(Decision.Delivered.class))
                            .hasSize(1);
                    // The next ones belong to it.
                    assertThat(there.get(1).trace().all(Decision.Judged.class)).isEmpty();
                }
            }
        }
    }

    /** Without connections, so that the next packet begins one. */
    private static void forget(Site... sites) {
        for (Site site : sites) {
            ConnectionTable table = site.vrouter().connectionTable();
            Set<Integer> ports = new HashSet<>();
            table.forEach((key, value) -> ports.add(key.port()));
            ports.forEach(table::forget);
        }
    }

    /** Without ND, which nobody asked about but which is ICMPv6 too. */
    private static List<LiveTrace.Packet> echoes(List<LiveTrace.Packet> packets) {
        return packets.stream()
                .filter(packet -> !packet.trace().all(Decision.Tracked.class).isEmpty())
                .toList();
    }

    @Test
    void theShortWayOfAFlowHidesNoPacketThatIsWatchedAndStaysForAllOthers() {
        try (DataCentre centre = new DataCentre(false, true)) {
            Site one = centre.site("one");
            centre.network(100, false, false, false);
            Gateway red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
            Guest near = centre.guest("near", one, red, 11);
            Guest next = centre.guest("next", one, red, 12);
            centre.publish();
            try (DatagramSocket socket = near.inside().call(() -> new DatagramSocket(4000));
                    DatagramSocket far = next.inside().call(() -> new DatagramSocket(PORT))) {
                // Both have spoken, so the flow's next packets take the short way.
                send(socket, 1, next, PORT);
                receive(far);
                send(far, 1, near, 4000);
                receive(socket);
                send(socket, 200, next, PORT);
                try (LiveTrace watched = watch(near, to(next.ipv4(), Packets.UDP, PORT), 4)) {
                    send(socket, 2, next, PORT);
                    assertThat(watched.packets()).hasSize(2);
                    assertThat(watched.isOver()).isFalse();
                    send(socket, 200, next, PORT);
                    List<LiveTrace.Packet> packets = watched.packets();
                    assertThat(watched.isOver()).isTrue();
                    assertThat(packets)
                            .hasSize(4)
                            .allSatisfy(packet -> assertThat(packet.trace().all(Decision.Delivered.class))
                                    .containsExactly(new Decision.Delivered(next.number(), next.ifindex())));
                    assertThat(packets.getFirst().came())
                            .containsSubsequence(next.ipv4().toBytes());
                }
                send(socket, 200, next, PORT);
            }
            // Not one was lost, or counted twice.
            long expected = 1 + 200 + 2 + 200 + 200;
            Connection connection = one.vrouter()
                    .connections()
                    .list((key, _) -> key.port() == next.number() && key.protocol() == Packets.UDP)
                    .values()
                    .iterator()
                    .next();
            assertThat(connection.receivedPackets()).isEqualTo(expected);
        }
    }

    @Test
    void othersForwardAsEverAndTheUsualProgramsReturn() throws IOException {
        try (DataCentre centre = new DataCentre(false, true)) {
            Site one = centre.site("one");
            centre.network(100, false, false, false);
            Gateway red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
            Guest near = centre.guest("near", one, red, 11);
            Guest next = centre.guest("next", one, red, 12);
            centre.publish();
            near.inside().require("ping", "-c1", "-W3", next.ipv4().toString());
            Process traffic = near.inside()
                    .start(
                            "ping",
                            "-q",
                            "-c",
                            "1000",
                            "-i",
                            "0.002",
                            "-W",
                            "1",
                            next.ipv4().toString());
            int watches = 0;
            while (traffic.isAlive() && watches < 3) {
                try (LiveTrace watched = watch(near, to(next.ipv4(), Packets.ICMP, 0), 2)) {
                    Lab.await("a packet", LIMIT, () -> !watched.packets().isEmpty() || !traffic.isAlive());
                    assertThatThrownBy(() -> watch(near, to(next.ipv4(), Packets.ICMP, 0), 2))
                            .isInstanceOf(IllegalStateException.class);
                    // Another direction, another port: nothing of them is here.
                    assertThat(watched.packets())
                            .allSatisfy(packet -> assertThat(packet.trace().all(Decision.Sender.class))
                                    .extracting(Decision.Sender::port)
                                    .containsExactly(near.number()));
                }
                watches++;
            }
            assertThat(traffic.onExit().join().exitValue()).isZero();
            PortCounters counters = one.vrouter().counters(near.number());
            assertThat(counters.sentPackets()).isGreaterThanOrEqualTo(1001);
            assertThat(counters.receivedPackets()).isGreaterThanOrEqualTo(1001);
            assertThat(watches).isPositive();
        }
    }

    @Test
    void nothingIsWatchedWhenTheTimeIsOverEvenIfNobodyCloses() {
        try (DataCentre centre = new DataCentre(false)) {
            Site one = centre.site("one");
            centre.network(100, false, false, false);
            Gateway red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
            Guest near = centre.guest("near", one, red, 11);
            Guest next = centre.guest("next", one, red, 12);
            centre.publish();
            try (LiveTrace watched = one.host()
                    .call(() -> one.vrouter()
                            .watchWorkload(near.ifindex(), to(next.ipv4(), Packets.ICMP, 0), 4, Duration.ofNanos(1)))) {
                watched.go();
                near.inside()
                        .require("ping", "-c2", "-i0.01", "-W3", next.ipv4().toString());
                assertThat(watched.isOver()).isTrue();
                assertThat(watched.packets()).isEmpty();
            }
        }
    }

    private static void send(DatagramSocket socket, int count, Guest to, int port) {
        try {
            for (int i = 0; i < count; i++) {
                socket.send(new DatagramPacket(
                        new byte[8], 8, new InetSocketAddress(to.ipv4().toString(), port)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void receive(DatagramSocket socket) {
        try {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.receive(new DatagramPacket(new byte[8], 8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
