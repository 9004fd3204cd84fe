package io.weft.kernel.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.fixture.Host;
import io.weft.kernel.fixture.Lab;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.model.MacAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocketTest {
    /** An EtherType that is kept for experiments (IEEE 802). */
    private static final int EXPERIMENT = 0x88b5;

    private static final Duration LONG = Duration.ofSeconds(5);

    private final Lab lab = new Lab();
    private final Host host = lab.host("host");

    @AfterEach
    void close() {
        lab.close();
    }

    private static byte[] frame(String destination, int length) {
        byte[] frame = new byte[length];
        byte[] mac = MacAddress.parse(destination).toBytes();
        System.arraycopy(mac, 0, frame, 0, 6);
        frame[6] = 2;
        frame[12] = (byte) (EXPERIMENT >> 8);
        frame[13] = (byte) EXPERIMENT;
        frame[length - 1] = 42;
        return frame;
    }

    @Test
    void framesGoOverAWire() {
        host.netlink().createVeth(LinkEnd.of("a"), LinkEnd.of("b"));
        host.up("a").up("b");
        String mac = host.link("b").mac().orElseThrow().toString();
        try (PacketSocket one = PacketSocket.open(host.namespace(), host.index("a"), EXPERIMENT);
                PacketSocket other = PacketSocket.open(host.namespace(), host.index("b"), EXPERIMENT)) {
            one.send(host.index("a"), frame(mac, 60));
            Frame received = other.receive(LONG).orElseThrow();
            assertThat(received.bytes()).isEqualTo(frame(mac, 60));
            assertThat(received.interfaceIndex()).isEqualTo(host.index("b"));
            assertThat(received.type()).isEqualTo(PacketType.HOST);

            one.send(host.index("a"), frame("ff:ff:ff:ff:ff:ff", 1514));
            assertThat(other.receive(LONG).orElseThrow().type()).isEqualTo(PacketType.BROADCAST);
            one.send(host.index("a"), frame("02:00:00:00:00:99", 60));
            assertThat(other.receive(LONG).orElseThrow().type()).isEqualTo(PacketType.OTHER_HOST);
            assertThat(one.receive(Duration.ofMillis(20))).isEmpty();

            assertThatThrownBy(() -> one.send(host.index("a"), frame(mac, 3000)))
                    .hasMessageContaining("EMSGSIZE");
            host.down("a");
            assertThatThrownBy(() -> one.send(host.index("a"), frame(mac, 60)))
                    .isInstanceOfSatisfying(
                            KernelException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENETDOWN));
            host.up("a");
            other.send(host.index("b"), frame(mac, 60));
            assertThat(one.receive(LONG)).isPresent();
        }
    }

    @Test
    void closingEndsAWait() throws Exception {
        PacketSocket socket = PacketSocket.open(host.namespace(), host.index("lo"), PacketSocket.ALL_PROTOCOLS);
        CompletableFuture<Optional<Frame>> waiting =
                CompletableFuture.supplyAsync(() -> socket.receive(Duration.ofMinutes(5)));
        socket.close();
        // Either the wait had begun and ended, or it began too late.
        assertThat(waiting.handle((frame, late) -> late != null || frame.isEmpty())
                        .get(5, TimeUnit.SECONDS))
                .isTrue();
        socket.close();
    }

    @Test
    void tapsAreWiresToThisProcess() {
        try (TapDevice tap = TapDevice.open(host.namespace(), "tap0", true)) {
            host.netlink().setUp(host.index("tap0"), true);
            assertThat(host.link("tap0").kind()).isEqualTo("tun");
            String mac = host.link("tap0").mac().orElseThrow().toString();
            try (PacketSocket socket = PacketSocket.open(host.namespace(), host.index("tap0"), EXPERIMENT)) {
                tap.writeWithEmptyHeader(frame(mac, 60));
                assertThat(socket.receive(LONG).orElseThrow().bytes()).isEqualTo(frame(mac, 60));
                socket.send(host.index("tap0"), frame("02:00:00:00:00:99", 60));
                byte[] sent = frame("02:00:00:00:00:99", 60);
                Optional<byte[]> read = tap.read(LONG);
                while (read.isPresent() && read.get()[TapDevice.VIRTIO_HEADER] != 2) {
                    // The host's own IPv6 multicast comes first.
                    read = tap.read(LONG);
                }
                assertThat(TapDevice.withoutHeader(read.orElseThrow())).isEqualTo(sent);
            }
        }
        assertThat(host.netlink().link("tap0")).isEmpty();
    }

    @Test
    void tapsMayBeJoinedToEachOther() throws InterruptedException {
        Thread relay;
        try (TapDevice other = TapDevice.open(host.namespace(), "tap3", true);
                TapDevice one = TapDevice.open(host.namespace(), "tap2", true)) {
            one.acceptOffloads();
            other.acceptOffloads();
            host.netlink().setUp(host.index("tap2"), true);
            host.netlink().setUp(host.index("tap3"), true);
            relay = Thread.ofPlatform().start(() -> one.relayTo(other));
            try (PacketSocket sender = PacketSocket.open(host.namespace(), host.index("tap2"), EXPERIMENT);
                    PacketSocket receiver = PacketSocket.open(host.namespace(), host.index("tap3"), EXPERIMENT)) {
                String mac = host.link("tap3").mac().orElseThrow().toString();
                sender.send(host.index("tap2"), frame(mac, 60));
                assertThat(receiver.receive(LONG)).isPresent();
            }
        }
        relay.join();
    }

    @Test
    void persistentTapsStay() {
        try (TapDevice tap = TapDevice.open(host.namespace(), "tap1", false)) {
            tap.persistent(true);
        }
        assertThat(host.netlink().link("tap1")).isPresent();
        try (TapDevice tap = TapDevice.open(host.namespace(), "tap1", false)) {
            assertThatThrownBy(() -> TapDevice.open(host.namespace(), "tap1", false))
                    .isInstanceOfSatisfying(
                            KernelException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY));
            assertThatThrownBy(() -> tap.write(new byte[60])).hasMessageContaining("EIO");
            tap.persistent(false);
        }
        assertThat(host.netlink().link("tap1")).isEmpty();
        assertThatThrownBy(() -> TapDevice.open("a-name-that-is-too-long", false))
                .hasMessageContaining("no valid interface name");
    }

    @Test
    void offloadsAreSwitched() {
        host.netlink().createVeth(LinkEnd.of("a"), LinkEnd.of("b"));
        for (Offload offload : Offload.values()) {
            boolean before = offload.isOn(host.namespace(), "a");
            offload.set(host.namespace(), "a", !before);
            assertThat(offload.isOn(host.namespace(), "a")).as("%s", offload).isEqualTo(!before);
            offload.set(host.namespace(), "a", before);
        }
        Offload.TRANSMIT_CHECKSUM.set(host.namespace(), "a", false);
        assertThat(Offload.TCP_SEGMENTATION.isOn(host.namespace(), "a")).isFalse();
        assertThatThrownBy(() -> Offload.TRANSMIT_CHECKSUM.set(host.namespace(), "none", false))
                .hasMessageContaining("TRANSMIT_CHECKSUM of none: ENODEV");
    }
}
