package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.fixture.Lab;
import io.weft.kernel.socket.PacketSocket;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.vrouter.DataCentre.Gateway;
import io.weft.vrouter.DataCentre.Guest;
import io.weft.vrouter.DataCentre.Site;
import io.weft.vrouter.PolicyKey.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The TCP of the kernel between guests with rules, on two hosts. */
class RulesTrafficTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int SERVER_RULES = 7;
    private static final int SSH = 5000;
    private static final int WEB = 5001;

    private final DataCentre centre = new DataCentre(false);
    private final Site one = centre.site("one");
    private final Site two = centre.site("two");
    private final Deque<AutoCloseable> sockets = new ArrayDeque<>();
    private final Guest client;
    private final Guest attacker;
    private final Guest server;
    private final Gateway red;
    private int epoch;

    RulesTrafficTest() {
        centre.network(100, false, false, false);
        red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
        client = centre.guest("client", one, red, 11);
        attacker = centre.guest("attacker", one, red, 12);
        server = centre.guest("server", two, red, 13);
        centre.publish();
        centre.guard(client, DataCentre.RULES);
        centre.guard(server, SERVER_RULES);
        nextEpoch();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable socket : sockets) {
            socket.close();
        }
        centre.close();
    }

    private void nextEpoch() {
        epoch++;
        centre.sites().forEach(site -> site.vrouter().tables().ruleSets().put(SERVER_RULES, new RuleSet(epoch, false)));
    }

    private static PolicyKey calls(IpFamily family, int port) {
        return new PolicyKey(SERVER_RULES, 0, Direction.INGRESS, family, Packets.TCP, port, 16);
    }

    private void allow(IpFamily family, int port) {
        centre.sites()
                .forEach(site ->
                        site.vrouter().tables().policy().put(calls(family, port), new PolicyVerdict(true, true, 1, 2)));
    }

    /** Two ends of a connection. */
    private record Line(Socket near, Socket far) {
        void exchange() throws IOException {
            near.getOutputStream().write(1);
            assertThat(far.getInputStream().read()).isEqualTo(1);
            far.getOutputStream().write(2);
            assertThat(near.getInputStream().read()).isEqualTo(2);
        }
    }

    private InetSocketAddress serverAddress(IpFamily family, int port) {
        IpAddress address = family == IpFamily.IPV4 ? server.ipv4() : server.ipv6();
        return new InetSocketAddress(address.toInetAddress(), port);
    }

    private ServerSocket listen(IpFamily family, int port) {
        return server.inside().call(() -> {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(serverAddress(family, port));
            return socket;
        });
    }

    private Line call(IpFamily family, int port) throws IOException {
        InetSocketAddress to = serverAddress(family, port);
        try (ServerSocket listening = listen(family, port)) {
            Socket near = client.inside().call(() -> {
                Socket socket = new Socket();
                socket.connect(to, (int) LIMIT.toMillis());
                return socket;
            });
            sockets.push(near);
            Socket far = listening.accept();
            sockets.push(far);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            near.setSoTimeout((int) LIMIT.toMillis());
            far.setSoTimeout((int) LIMIT.toMillis());
            return new Line(near, far);
        }
    }

    private long dropped(DropReason reason) {
        return two.vrouter().counters(server.number()).drops(reason);
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void aRuleThatGoesCutsItsLiveConnectionAndNoOther(IpFamily family) throws IOException {
        allow(family, SSH);
        allow(family, WEB);
        Line ssh = call(family, SSH);
        Line web = call(family, WEB);
        ssh.exchange();
        web.exchange();

        two.vrouter().tables().policy().remove(calls(family, SSH));
        nextEpoch();
        ssh.near().getOutputStream().write(1);
        Lab.await(
                "the cut " + centre.drops(),
                LIMIT,
                () -> dropped(DropReason.POLICY_INGRESS) + dropped(DropReason.CONNECTION_CUT) > 0);
        long cut = dropped(DropReason.CONNECTION_CUT);
        ssh.far().getOutputStream().write(2);
        Lab.await("answers too", LIMIT, () -> dropped(DropReason.CONNECTION_CUT) > cut);
        assertThat(ssh.far().getInputStream().available()).isZero();
        assertThat(ssh.near().getInputStream().available()).isZero();
        web.exchange();

        allow(family, SSH);
        nextEpoch();
        assertThat(ssh.far().getInputStream().read())
                .as("sent again by the kernel")
                .isEqualTo(1);
        assertThat(ssh.near().getInputStream().read()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void aRuleThatComesLetsCallsInAtOnce(IpFamily family) throws Exception {
        allow(family, WEB);
        Line web = call(family, WEB);
        Thread later = Thread.ofVirtual().start(() -> {
            Lab.await("a call that is denied", LIMIT, () -> dropped(DropReason.POLICY_INGRESS) > 0);
            allow(family, SSH);
        });
        call(family, SSH).exchange();
        later.join();
        web.exchange();
    }

    /** Nothing lets the server send but that it was called. */
    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void connectionsGoOnWhereverTheirEndsMove(IpFamily family) throws IOException {
        allow(family, SSH);
        Line ssh = call(family, SSH);
        ssh.exchange();
        centre.move(server, one, red);
        ssh.exchange();
        centre.move(client, two, red);
        ssh.exchange();
    }

    @ParameterizedTest
    @EnumSource(IpFamily.class)
    void aSynFloodBreaksNoEstablishedConnection(IpFamily family) throws Exception {
        allow(family, SSH);
        allow(family, WEB);
        Line line = call(family, SSH);
        AtomicBoolean over = new AtomicBoolean();
        Thread flood = Thread.ofPlatform().start(() -> flood(family, over));
        try (ServerSocket listening = listen(family, WEB)) {
            assertThat(listening.isBound()).isTrue();
            Lab.await("the limit", LIMIT, () -> dropped(DropReason.HALF_OPEN_LIMIT) > 1000);
            for (int i = 0; i < 500; i++) {
                line.exchange();
            }
            assertThat(dropped(DropReason.HALF_OPEN_LIMIT)).isGreaterThan(1000);
        } finally {
            over.set(true);
            flood.join();
        }
        line.exchange();
        call(family, WEB).exchange();
    }

    /** Half-open connections from the attacker's 40,000 ports to the server's web port. */
    private void flood(IpFamily family, AtomicBoolean over) {
        IpAddress from = family == IpFamily.IPV4 ? attacker.ipv4() : attacker.ipv6();
        IpAddress to = family == IpFamily.IPV4 ? server.ipv4() : server.ipv6();
        int device = attacker.inside().index("eth0");
        try (PacketSocket socket = PacketSocket.open(attacker.inside().namespace(), device, 0)) {
            for (int i = 0; !over.get(); i++) {
                byte[] segment = Packets.segment(from, to, 20_000 + i % 40_000, WEB, GuardedPort.SYN, i, 0);
                socket.send(device, Packets.ip(server.mac(), attacker.mac(), from, to, Packets.TCP, 64, segment));
            }
        }
    }
}
