package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.fixture.Host;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.TokenBucket;
import io.weft.model.IpAddress;
import io.weft.vrouter.DataCentre.Gateway;
import io.weft.vrouter.DataCentre.Guest;
import io.weft.vrouter.DataCentre.Site;
import io.weft.vrouter.QosLimits.PacketRate;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real stacks behind ports that are held back: everything arrives, and no faster than it may. */
class QosTrafficTest {
    private static final int HANDLE = 0x12340000;

    /** 80 Mbit/s; a burst that takes the largest segments whole. */
    private static final TokenBucket BUCKET = new TokenBucket(10_000_000, 100_000, 500_000);

    private static final int BYTES = 5_000_000;

    @ParameterizedTest(name = "IPv6 underlay: {0}")
    @ValueSource(booleans = {false, true})
    void whatIsHeldBackArrivesWholeAndNoFasterThanItMay(boolean ipv6Underlay) throws Exception {
        try (DataCentre centre = new DataCentre(ipv6Underlay)) {
            Site one = centre.site("one");
            Site two = centre.site("two");
            centre.network(100, false, false, false);
            Gateway red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
            Guest slow = centre.guest("slow", one, red, 11);
            Guest near = centre.guest("near", one, red, 12);
            Guest far = centre.guest("far", two, red, 13);
            centre.publish();
            holdBackSending(centre, slow);
            holdBackReceiving(slow);

            for (Guest other : new Guest[] {near, far}) {
                for (boolean ipv4 : new boolean[] {true, false}) {
                    assertThat(seconds(centre, slow, other, ipv4))
                            .as("to " + other.name())
                            .isGreaterThan(least());
                    assertThat(seconds(centre, other, slow, ipv4))
                            .as("from " + other.name())
                            .isGreaterThan(least());
                }
            }
        }
    }

    /** What the bytes take at the rate, the burst left out: their headers take more. */
    private static double least() {
        return (double) (BYTES - BUCKET.burst()) / BUCKET.rate();
    }

    private static void holdBackSending(DataCentre centre, Guest guest) {
        Host host = guest.site().host();
        host.netlink()
                .createVeth(
                        LinkEnd.of("shaper-a").withMtu(65535),
                        LinkEnd.of("shaper-b").withMtu(65535));
        host.netlink().setTokenBucket(host.index("shaper-a"), HANDLE, BUCKET);
        host.up("shaper-a").up("shaper-b");
        host.namespace().run(() -> guest.site().vrouter().attachShaper(host.index("shaper-b")));
        guest.site()
                .vrouter()
                .tables()
                .qos()
                .put(
                        guest.number(),
                        new QosLimits(
                                host.index("shaper-a"), Optional.of(10), PacketRate.UNLIMITED, PacketRate.UNLIMITED));
        Set<Port.Flag> flags = EnumSet.of(Port.Flag.ADMIN_UP, Port.Flag.PORT_SECURITY, Port.Flag.QOS_SENDS);
        Port port = centre.port(guest);
        guest.site()
                .vrouter()
                .tables()
                .ports()
                .put(
                        guest.ifindex(),
                        new Port(
                                port.number(),
                                port.network(),
                                port.mac(),
                                flags,
                                port.mtu(),
                                port.ipv4(),
                                port.ipv6()));
    }

    /** The port is no PEER_REDIRECT any more, so its device's own qdisc counts. */
    private static void holdBackReceiving(Guest guest) {
        guest.site().host().netlink().setTokenBucket(guest.ifindex(), HANDLE, BUCKET);
    }

    private static double seconds(DataCentre centre, Guest from, Guest to, boolean ipv4) throws Exception {
        IpAddress address = ipv4 ? to.ipv4() : to.ipv6();
        InetSocketAddress end = new InetSocketAddress(address.toInetAddress(), 5000);
        ServerSocket listening = to.inside().call(() -> {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(end);
            return socket;
        });
        long start = System.nanoTime();
        try (listening;
                Socket near = from.inside().call(() -> {
                    Socket socket = new Socket();
                    socket.connect(end, 60_000);
                    return socket;
                });
                Socket far = listening.accept()) {
            CompletableFuture<Void> written = CompletableFuture.runAsync(() -> write(near));
            InputStream in = far.getInputStream();
            byte[] buffer = new byte[1 << 16];
            int arrived = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                arrived += read;
            }
            written.join();
            assertThat(arrived).as(centre.drops()).isEqualTo(BYTES);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static void write(Socket socket) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(new byte[BYTES]);
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
