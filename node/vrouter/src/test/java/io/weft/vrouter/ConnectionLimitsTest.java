package io.weft.vrouter;

import static io.weft.vrouter.DropReason.CONNECTIONS_FULL;
import static io.weft.vrouter.DropReason.HALF_OPEN_LIMIT;
import static io.weft.vrouter.GuardedPort.ACK;
import static io.weft.vrouter.GuardedPort.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.SkbContext;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.MacAddress;
import io.weft.vrouter.PolicyKey.Direction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What bounds connections: time, a port's share, and the room that there is. */
class ConnectionLimitsTest {
    private static final int FLOOD = 5000;

    /** Of {@code struct load} and {@code enum connection_kept}. */
    private static final int LOAD_CONNECTIONS_OFFSET = 16;

    private static final byte HALF_OPEN = 1;
    private static final byte ANSWERED = 2;

    private final GuardedPort port = new GuardedPort(IpFamily.IPV4);

    ConnectionLimitsTest() {
        port.allow(Direction.INGRESS, Packets.TCP, 22, 1);
        port.allow(Direction.EGRESS, Packets.TCP, 80, 2);
    }

    @AfterEach
    void close() {
        port.close();
    }

    private void establish(int from) {
        assertThat(port.tcpOut(from, 80, SYN, 1, 0)).isEmpty();
        assertThat(port.tcpIn(80, from, SYN | ACK, 1, 2)).isEmpty();
        assertThat(port.tcpOut(from, 80, ACK, 2, 2)).isEmpty();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void livesAreThoseOfTheHeader() throws Exception {
        String header = Files.readString(Path.of("src/main/bpf/weft/tables.h"));
        Map<String, Integer> lives = Pattern.compile("#define LIFE_(\\w+) (\\d+)")
                .matcher(header)
                .results()
                .collect(Collectors.toMap(match -> match.group(1), match -> Integer.valueOf(match.group(2))));
        for (Connection.State state : Connection.State.values()) {
            assertThat(state.life(99)).hasSeconds(lives.getOrDefault(state.name(), 0));
        }
        assertThat(Connection.ESTABLISHED_TCP).isEqualTo(lives.get("ESTABLISHED_TCP"));
        assertThat(Connection.ESTABLISHED_UDP).isEqualTo(lives.get("ESTABLISHED_UDP"));
        assertThat(Connection.ESTABLISHED_ICMP).isEqualTo(lives.get("ESTABLISHED_ICMP"));
    }

    @Test
    void aFloodStopsAtThePortsLimitAndLeavesEstablishedConnectionsAlone() {
        establish(5000);
        int passed = 0;
        for (int i = 0; i < FLOOD; i++) {
            var dropped = port.tcpIn(10_000 + i, 22, SYN, 1, 0);
            if (dropped.isEmpty()) {
                passed++;
            } else {
                assertThat(dropped).contains(HALF_OPEN_LIMIT);
            }
        }
        assertThat(passed).isPositive().isLessThan(FLOOD);
        assertThat(port.tcpIn(80, 5000, ACK, 2, 2)).isEmpty();
        assertThat(port.tcpOut(5000, 80, ACK, 2, 2)).isEmpty();
        assertThat(port.rig.vrouter.connections().answered(Rig.ALICE_PORT)).isEqualTo(1);
        establish(5001);
        await(() -> port.tcpIn(9_999, 22, SYN, 1, 0).isEmpty());
    }

    @Test
    void aFloodToAndFromOnePortLosesNoConnectionOfAnotherAndKeepsItFromNone() {
        int flooded = 3;
        int device = port.rig.spare(1);
        MacAddress mac = MacAddress.parse("fa:16:3e:00:00:05");
        IpAddress address = IpAddress.parse("10.0.1.15");
        IpAddress address6 = IpAddress.parse("2001:db8:1::15");
        port.rig
                .tables()
                .ports()
                .put(
                        device,
                        new Port(flooded, Rig.RED, mac, Rig.FLAGS, Rig.MTU, address, address6)
                                .withRules(GuardedPort.SET, GuardedPort.SCOPE));
        port.rig.guest(Rig.RED, mac, address, address6, Place.local(device));
        int many = 50;
        for (int i = 0; i < many; i++) {
            establish(5000 + i);
        }
        for (int i = 0; i < FLOOD; i++) {
            byte[] arriving = Packets.segment(Rig.BOB4, address, 10_000 + i, 22, SYN, 1, 0);
            byte[] leaving = Packets.segment(address, Rig.BOB4, 10_000 + i, 80, SYN, 1, 0);
            port.rig.run(
                    "from_workload",
                    port.rig.bob,
                    Packets.ip(mac, Rig.BOB, Rig.BOB4, address, Packets.TCP, 64, arriving),
                    SkbContext.EMPTY);
            port.rig.run(
                    "from_workload",
                    device,
                    Packets.ip(Rig.BOB, mac, address, Rig.BOB4, Packets.TCP, 64, leaving),
                    SkbContext.EMPTY);
            // Nobody may call alice from there: what bob sends her passes as an answer only.
            int from = 5000 + i % many;
            assertThat(port.tcpIn(80, from, ACK, 2, 2)).isEmpty();
            assertThat(port.tcpOut(from, 80, ACK, 2, 2)).isEmpty();
            if (i % 100 == 0) {
                establish(7000 + i);
            }
        }
        assertThat(port.rig.counted(flooded, HALF_OPEN_LIMIT)).isPositive();
        assertThat(port.rig.vrouter.counters(Rig.ALICE_PORT).drops()).isEmpty();
        assertThat(port.rig.vrouter.connections().answered(Rig.ALICE_PORT)).isEqualTo(many + FLOOD / 100);
    }

    @Test
    void answersMakeRoomForOthers() {
        int many = Sizes.small().halfOpen() / 8 + 50;
        for (int i = 0; i < many; i++) {
            assertThat(port.tcpOut(10_000 + i, 80, SYN, 1, 0)).isEmpty();
            assertThat(port.tcpIn(80, 10_000 + i, 20, 1, 2)).as("refused").isEmpty();
        }
        assertThat(port.connections()).isEmpty();
    }

    @Test
    void aPortHasItsShareOfAnsweredConnections() {
        int share = Sizes.small().connections() / 4;
        for (int i = 0; i < share; i++) {
            establish(10_000 + i);
        }
        assertThat(port.rig.vrouter.connections().answered(Rig.ALICE_PORT)).isEqualTo(share);
        assertThat(port.tcpOut(9_000, 80, SYN, 1, 0)).isEmpty();
        assertThat(port.tcpIn(80, 9_000, SYN | ACK, 1, 2)).isEmpty();
        assertThat(port.tcpOut(9_000, 80, ACK, 2, 2)).contains(CONNECTIONS_FULL);
        assertThat(port.tcpOut(10_000, 80, ACK, 2, 2)).as("those that are").isEmpty();

        port.rig.vrouter.connections().forget(Rig.ALICE_PORT);
        await(() -> port.rig.vrouter.connections().answered(Rig.ALICE_PORT) == 0);
        establish(9_000);
    }

    @Test
    void withoutRoomTcpIsRefusedAndOthersStayHalfOpen() {
        port.allow(Direction.EGRESS, Packets.UDP, 53, 3);
        count(Sizes.small().connections());
        assertThat(port.tcpOut(9_000, 80, SYN, 1, 0)).isEmpty();
        assertThat(port.tcpIn(80, 9_000, SYN | ACK, 1, 2)).isEmpty();
        assertThat(port.tcpOut(9_000, 80, ACK, 2, 2)).contains(CONNECTIONS_FULL);
        assertThat(port.udpOut(4000, 53)).isEmpty();
        assertThat(port.udpIn(53, 4000)).isEmpty();
        assertThat(port.udpOut(4000, 53)).isEmpty();
        assertThat(port.udpIn(53, 4000)).isEmpty();
        assertThat(port.connections().values())
                .extracting(Connection::state)
                .containsExactlyInAnyOrder(Connection.State.SYN_RECEIVED, Connection.State.ANSWERED);
        count(Sizes.small().connections() - 1);
        assertThat(port.tcpOut(9_000, 80, ACK, 2, 2)).as("there is room").isEmpty();
        assertThat(port.rig.vrouter.connections().answered(Rig.ALICE_PORT)).isEqualTo(1);
    }

    /** Says that all ports together have so many answered connections. */
    private void count(int connections) {
        BpfMap loads = port.rig.vrouter.map("loads");
        byte[] all = loads.lookup(BpfMap.intKey(0)).orElseThrow();
        ByteBuffer.wrap(all).order(ByteOrder.nativeOrder()).putInt(LOAD_CONNECTIONS_OFFSET, connections);
        loads.update(BpfMap.intKey(0), all);
    }

    /** Gives others' connections all entries that they can have, and more than once. */
    private void crowd(ConnectionTable table, byte kept) {
        byte[] value = fresh(kept);
        int entries = Sizes.small().connectionSets() * Sizes.CONNECTION_WAYS;
        for (int i = 0; i < 4 * entries; i++) {
            table.keep(new ConnectionKey(60, Connection.TCP, Rig.CAROL4, i, Rig.BOB4, 80), value);
        }
    }

    /** An entry that the kernel does not collect while the test goes on. */
    private static byte[] fresh(byte kept) {
        byte[] value = Connection.CODEC.encode(new Connection(
                Connection.State.ESTABLISHED, true, 1, 1, 1, Connection.now(), Connection.now(), 0, 0, 0, 0));
        value[Connection.KEPT_OFFSET] = kept;
        return value;
    }

    @Test
    void theHalfOpenMakeRoomForOthersAndTheAnsweredForNobody() {
        ConnectionTable table = port.rig.vrouter.connectionTable();
        for (int i = 0; i < 100; i++) {
            establish(5000 + i);
        }
        crowd(table, HALF_OPEN);
        for (int i = 0; i < 100; i++) {
            assertThat(port.tcpIn(80, 5000 + i, ACK, 2, 2)).isEmpty();
            establish(6000 + i);
        }
        crowd(table, ANSWERED);
        assertThat(port.rig.vrouter.connections().answered(Rig.ALICE_PORT)).isEqualTo(200);
        assertThat(port.tcpOut(7000, 80, SYN, 1, 0)).contains(CONNECTIONS_FULL);
        assertThat(port.tcpIn(80, 5000, ACK, 2, 2)).isEmpty();
        assertThat(port.tcpIn(80, 6000, ACK, 2, 2)).isEmpty();
        table.forget(60);
        establish(7000);
    }

    @Test
    void aKeyHasOneEntryHoweverManyLookForRoomAtOnce() throws InterruptedException {
        ConnectionTable table = port.rig.vrouter.connectionTable();
        byte[] value = fresh(HALF_OPEN);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int from = 1; from <= 1000; from++) {
                    table.keep(new ConnectionKey(60, Connection.TCP, Rig.CAROL4, from, Rig.BOB4, 80), value);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Map<ConnectionKey, Integer> seen = new HashMap<>();
        table.forEach((key, entry) -> seen.merge(key, 1, Integer::sum));
        assertThat(seen).hasSize(1000).values().allMatch(count -> count == 1);
    }

    @Test
    void theKernelRemovesWhatHasExpired() {
        establish(5000);
        establish(5001);
        age(5000, Connection.State.ESTABLISHED.life(Connection.TCP).plusSeconds(5));
        assertThat(port.connections()).hasSize(1);
        ConnectionTable table = port.rig.vrouter.connectionTable();
        await(() -> table.find(key(5000)).isEmpty());
        assertThat(table.find(key(5001))).isPresent();
        assertThat(port.rig.vrouter.connections().answered(Rig.ALICE_PORT)).isEqualTo(1);
        assertThat(port.tcpIn(80, 5000, ACK, 2, 2)).isPresent();
    }

    @Test
    void whatHasExpiredIsNoConnectionEvenBeforeItIsRemoved() {
        assertThat(port.tcpOut(5000, 80, SYN, 1, 0)).isEmpty();
        age(5000, Connection.State.SYN_SENT.life(Connection.TCP).plusSeconds(5));
        assertThat(port.tcpIn(80, 5000, SYN | ACK, 1, 2)).isPresent();
        assertThat(port.connections()).isEmpty();
        establish(5000);
    }

    private static ConnectionKey key(int localPort) {
        return new ConnectionKey(Rig.ALICE_PORT, Connection.TCP, Rig.ALICE4, localPort, Rig.BOB4, 80);
    }

    private void age(int localPort, Duration time) {
        ConnectionTable table = port.rig.vrouter.connectionTable();
        byte[] value = table.find(key(localPort)).orElseThrow();
        ByteBuffer bytes = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
        bytes.putInt(Connection.SEEN_OFFSET, bytes.getInt(Connection.SEEN_OFFSET) - (int) (time.toNanos() >>> 30));
        table.keep(key(localPort), value);
    }
}
