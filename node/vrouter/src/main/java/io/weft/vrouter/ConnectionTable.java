package io.weft.vrouter;

import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.BpfObject;
import io.weft.kernel.bpf.BpfProgram;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.IpAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The table of connections as {@code connection_table.h} has it: sets of entries, each a key and a value. It is read as it
 * lies there; what changes it is asked of the program {@code by_hand}.
 */
final class ConnectionTable {
    static final String SETS = "connection_sets";

    private static final String SECRET = "connection_secret";

    /** Of {@code struct connection_set}. */
    private static final int TAGS = 8;

    private static final int ENTRIES = 64;

    /** The order is the number, as in {@code enum hand}. */
    private enum Hand {
        SEEK,
        KEEP,
        CUT,
        FORGET
    }

    private static final int NOT_FULL = 1;

    private final BpfMap sets;
    private final BpfProgram byHand;
    private final int valueBytes;

    ConnectionTable(BpfObject object) {
        sets = object.map(SETS);
        byHand = object.program("by_hand");
        valueBytes = bytesOfConnection(sets);
    }

    /** How long a connection is in a table of this build or of another, without its key. */
    static int bytesOfConnection(BpfMap sets) {
        return (sets.valueBytes() - ENTRIES) / Sizes.CONNECTION_WAYS - ConnectionKey.CODEC.size();
    }

    /** Has the hash begin with what nobody can guess, if it has not yet: all generations of programs use the same. */
    static void makeSecret(BpfObject object) {
        BpfMap secret = object.map(SECRET);
        byte[] bytes = secret.lookup(BpfMap.intKey(0)).orElseThrow();
        if (Arrays.equals(bytes, new byte[bytes.length])) {
            new SecureRandom().nextBytes(bytes);
            secret.update(BpfMap.intKey(0), bytes);
        }
    }

    /** All entries, dead or alive. */
    void forEach(BiConsumer<ConnectionKey, byte[]> visitor) {
        sets.forEach((number, set) -> {
            for (int way = 0; way < Sizes.CONNECTION_WAYS; way++) {
                if (set.get(ValueLayout.JAVA_SHORT_UNALIGNED, TAGS + (long) way * Short.BYTES) != 0) {
                    visitor.accept(ConnectionKey.CODEC.decode(key(set, way)), value(set, way));
                }
            }
        });
    }

    private byte[] key(MemorySegment set, int way) {
        return set.asSlice(entry(way), ConnectionKey.CODEC.size()).toArray(ValueLayout.JAVA_BYTE);
    }

    private byte[] value(MemorySegment set, int way) {
        return set.asSlice(entry(way) + ConnectionKey.CODEC.size(), valueBytes).toArray(ValueLayout.JAVA_BYTE);
    }

    private long entry(int way) {
        return ENTRIES + (long) way * (ConnectionKey.CODEC.size() + valueBytes);
    }

    /** A key's entry, dead or alive. */
    Optional<byte[]> find(ConnectionKey key) {
        int slot = ask(Hand.SEEK, key, new byte[valueBytes]) - 1;
        if (slot < 0) {
            return Optional.empty();
        }
        MemorySegment set = MemorySegment.ofArray(
                sets.lookup(BpfMap.intKey(slot / Sizes.CONNECTION_WAYS)).orElseThrow());
        int way = slot % Sizes.CONNECTION_WAYS;
        return Arrays.equals(key(set, way), ConnectionKey.CODEC.encode(key))
                ? Optional.of(value(set, way))
                : Optional.empty();
    }

    /** Gives a key an entry; false when there is no room. */
    boolean keep(ConnectionKey key, byte[] value) {
        return ask(Hand.KEEP, key, value) >= NOT_FULL;
    }

    /** Ends a connection; false when there is none. */
    boolean cut(ConnectionKey key) {
        return ask(Hand.CUT, key, new byte[valueBytes]) != 0;
    }

    /** Forgets all connections of a port. */
    void forget(int port) {
        IpAddress nobody = IpAddress.ofIpv6(0, 0);
        ask(Hand.FORGET, new ConnectionKey(port, 0, nobody, 0, nobody, 0), new byte[valueBytes]);
    }

    @SuppressWarnings("EnumOrdinal") // the order is that of the C enum, which is the origin
    private int ask(Hand hand, ConnectionKey key, byte[] value) {
        byte[] question = ByteBuffer.allocate(8 + ConnectionKey.CODEC.size() + valueBytes)
                .order(ByteOrder.nativeOrder())
                .putInt(hand.ordinal())
                .putInt(0)
                .put(ConnectionKey.CODEC.encode(key))
                .put(value)
                .array();
        try (TestRun run = new TestRun(byHand)) {
            int result = run.run(question).returned();
            if (result < 0) {
                throw new IllegalStateException("the program did not take the question " + hand);
            }
            return result;
        }
    }
}
