package io.weft.vrouter;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.UpdateMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * Connections over their two maps. Entries of the answered ones are only ever marked here: the collector in the kernel
 * removes them and counts them out.
 */
@SuppressWarnings("EnumOrdinal") // the order is that of the C enum, which is the origin
final class KernelConnections implements Connections {
    private static final int LOAD_CONNECTIONS_OFFSET = 16;

    private final BpfMap answered;
    private final BpfMap halfOpen;
    private final BpfMap loads;
    private final Flows flows;

    KernelConnections(BpfMap answered, BpfMap halfOpen, BpfMap loads, Flows flows) {
        this.answered = answered;
        this.halfOpen = halfOpen;
        this.loads = loads;
        this.flows = flows;
    }

    @Override
    public Map<ConnectionKey, Connection> list(BiPredicate<ConnectionKey, Connection> filter) {
        Map<ConnectionKey, Connection> found = new LinkedHashMap<>();
        walk(halfOpen, filter, (key, value) -> found.put(key, Connection.CODEC.decode(value)));
        walk(answered, filter, (key, value) -> found.put(key, Connection.CODEC.decode(value)));
        if (!found.isEmpty()) {
            flows.counts()
                    .forEach((key, counts) ->
                            found.computeIfPresent(key, (name, connection) -> connection.plus(counts)));
        }
        return found;
    }

    @Override
    public int cut(BiPredicate<ConnectionKey, Connection> filter) {
        int cut = cut(answered, filter) + cut(halfOpen, filter);
        flows.forget();
        return cut;
    }

    private static int cut(BpfMap map, BiPredicate<ConnectionKey, Connection> filter) {
        Map<ConnectionKey, byte[]> chosen = new LinkedHashMap<>();
        walk(map, filter, chosen::put);
        chosen.forEach((key, value) ->
                mark(map, key, value, key.protocol() == Connection.TCP ? Connection.State.CUT : Connection.State.NONE));
        return chosen.size();
    }

    @Override
    public void forget(int port) {
        Map<ConnectionKey, byte[]> chosen = new LinkedHashMap<>();
        walk(answered, (key, connection) -> key.port() == port, chosen::put);
        chosen.forEach((key, value) -> mark(answered, key, value, Connection.State.NONE));
        List<ConnectionKey> waiting = new ArrayList<>();
        walk(halfOpen, (key, connection) -> key.port() == port, (key, value) -> waiting.add(key));
        waiting.forEach(key -> halfOpen.delete(ConnectionKey.CODEC.encode(key)));
        flows.forget();
    }

    @Override
    public int answered(int port) {
        byte[] load = loads.lookup(BpfMap.intKey(port))
                .orElseThrow(() -> new IllegalArgumentException("no port has the number " + port));
        return ByteBuffer.wrap(load).order(ByteOrder.nativeOrder()).getInt(LOAD_CONNECTIONS_OFFSET);
    }

    /** Writes the state into an entry as it was read; what was counted in between is lost. */
    private static void mark(BpfMap map, ConnectionKey key, byte[] value, Connection.State state) {
        ByteBuffer bytes = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
        bytes.put(Connection.STATE_OFFSET, (byte) state.ordinal());
        bytes.put(Connection.FLAGS_OFFSET, (byte) (value[Connection.FLAGS_OFFSET] | Connection.CUT_BY_HAND));
        bytes.putInt(Connection.SEEN_OFFSET, Connection.now());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keySegment = arena.allocateFrom(ValueLayout.JAVA_BYTE, ConnectionKey.CODEC.encode(key));
            MemorySegment valueSegment = arena.allocateFrom(ValueLayout.JAVA_BYTE, value);
            map.update(keySegment, valueSegment, UpdateMode.REPLACE);
        } catch (KernelException e) {
            // It has ended by itself meanwhile.
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    private interface Visitor {
        void visit(ConnectionKey key, byte[] value);
    }

    private static void walk(BpfMap map, BiPredicate<ConnectionKey, Connection> filter, Visitor visitor) {
        map.forEach((keySegment, valueSegment) -> {
            ConnectionKey key = ConnectionKey.CODEC.decode(keySegment.toArray(ValueLayout.JAVA_BYTE));
            byte[] value = valueSegment.toArray(ValueLayout.JAVA_BYTE);
            Connection connection = Connection.CODEC.decode(value);
            if (connection.isAlive(key.protocol()) && filter.test(key, connection)) {
                visitor.visit(key, value);
            }
        });
    }
}
