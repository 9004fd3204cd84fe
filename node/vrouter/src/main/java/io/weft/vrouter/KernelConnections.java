package io.weft.vrouter;

import io.weft.kernel.bpf.BpfMap;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/** Connections over the programs' table, which is read here, and written by a program alone. */
final class KernelConnections implements Connections {
    private static final int LOAD_CONNECTIONS_OFFSET = 16;

    private final ConnectionTable table;
    private final BpfMap loads;
    private final Flows flows;

    KernelConnections(ConnectionTable table, BpfMap loads, Flows flows) {
        this.table = table;
        this.loads = loads;
        this.flows = flows;
    }

    @Override
    public Map<ConnectionKey, Connection> list(BiPredicate<ConnectionKey, Connection> filter) {
        Map<ConnectionKey, Connection> found = new LinkedHashMap<>();
        table.forEach((key, value) -> {
            Connection connection = Connection.CODEC.decode(value);
            if (isConnection(key, connection) && filter.test(key, connection)) {
                found.put(key, connection);
            }
        });
        if (!found.isEmpty()) {
            flows.counts()
                    .forEach((key, counts) ->
                            found.computeIfPresent(key, (name, connection) -> connection.plus(counts)));
        }
        return found;
    }

    /** What is kept beside balanced connections is none. */
    private static boolean isConnection(ConnectionKey key, Connection connection) {
        return key.role() == ConnectionKey.Role.CONNECTION && connection.isAlive(key.protocol());
    }

    @Override
    public int cut(BiPredicate<ConnectionKey, Connection> filter) {
        List<ConnectionKey> chosen = new ArrayList<>();
        table.forEach((key, value) -> {
            Connection connection = Connection.CODEC.decode(value);
            if (isConnection(key, connection) && filter.test(key, connection)) {
                chosen.add(key);
            }
        });
        int cut = 0;
        for (ConnectionKey key : chosen) {
            cut += table.cut(key) ? 1 : 0;
        }
        flows.forget();
        return cut;
    }

    @Override
    public void forget(int port) {
        table.forget(port);
        flows.forget();
    }

    @Override
    public int answered(int port) {
        byte[] load = loads.lookup(BpfMap.intKey(port))
                .orElseThrow(() -> new IllegalArgumentException("no port has the number " + port));
        return ByteBuffer.wrap(load).order(ByteOrder.nativeOrder()).getInt(LOAD_CONNECTIONS_OFFSET);
    }
}
