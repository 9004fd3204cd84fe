package io.weft.vrouter;

import io.weft.kernel.bpf.BpfMap;
import io.weft.model.IpAddress;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What the programs remember of flows, so that a packet need not take the whole way after one like it. Every change of a
 * table ends that at once. Any thread may call.
 */
final class Flows {
    /** As FLOW_BITS and FLOW_STAMP_BITS in {@code tables.h} say. */
    static final int SLOTS = 1 << 13;

    static final int STAMPS = 1 << 12;

    /** Of {@code struct flow}. */
    static final int SIZE = 128;

    private static final int PORTS_OFFSET = 18;
    private static final int ADDRESSES_OFFSET = 24;
    private static final int TICKS_OFFSET = 72;
    private static final int ENDS_OFFSET = 84;
    private static final int COUNTS_OFFSET = 96;

    private final BpfMap flows;
    private final BpfMap generation;

    Flows(BpfMap flows, BpfMap generation) {
        this.flows = flows;
        this.generation = generation;
    }

    /** What was counted since it was last added to a connection; ticks are those of the latest count. */
    record Counts(int ticks, long sentPackets, long sentBytes, long receivedPackets, long receivedBytes) {
        private Counts plus(Counts more) {
            return new Counts(
                    ticks - more.ticks > 0 ? ticks : more.ticks,
                    sentPackets + more.sentPackets,
                    sentBytes + more.sentBytes,
                    receivedPackets + more.receivedPackets,
                    receivedBytes + more.receivedBytes);
        }
    }

    /** Nothing that was remembered holds from now on. The number is random, so that several processes need not agree. */
    void forget() {
        generation.update(
                BpfMap.intKey(0),
                ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putLong(ThreadLocalRandom.current().nextLong())
                        .array());
    }

    /** What is still to be added to connections, by their names. */
    Map<ConnectionKey, Counts> counts() {
        Map<ConnectionKey, Counts> counts = new HashMap<>();
        flows.forEach((slot, copies) -> {
            ByteBuffer bytes =
                    ByteBuffer.wrap(copies.toArray(ValueLayout.JAVA_BYTE)).order(ByteOrder.nativeOrder());
            for (int start = 0; start + SIZE <= bytes.limit(); start += SIZE) {
                if (bytes.getLong(start + COUNTS_OFFSET) != 0) {
                    read(bytes.slice(start, SIZE).order(ByteOrder.nativeOrder()), counts);
                }
            }
        });
        return counts;
    }

    private static void read(ByteBuffer flow, Map<ConnectionKey, Counts> counts) {
        flow.order(ByteOrder.BIG_ENDIAN).position(PORTS_OFFSET);
        int sourcePort = flow.getShort() & 0xffff;
        int destinationPort = flow.getShort() & 0xffff;
        int protocol = flow.get() & 0xff;
        flow.order(ByteOrder.nativeOrder()).position(ADDRESSES_OFFSET);
        IpAddress source = Codec.getAddress(flow);
        IpAddress destination = Codec.getAddress(flow);
        int ticks = flow.getInt(TICKS_OFFSET);
        int sender = flow.getInt(ENDS_OFFSET);
        int receiver = flow.getInt(ENDS_OFFSET + Integer.BYTES);
        long packets = flow.getLong(COUNTS_OFFSET);
        long bytes = flow.getLong(COUNTS_OFFSET + Long.BYTES);
        if (sender != 0) {
            counts.merge(
                    new ConnectionKey(sender, protocol, source, sourcePort, destination, destinationPort),
                    new Counts(ticks, packets, bytes, 0, 0),
                    Counts::plus);
        }
        if (receiver != 0) {
            counts.merge(
                    new ConnectionKey(receiver, protocol, destination, destinationPort, source, sourcePort),
                    new Counts(ticks, 0, 0, packets, bytes),
                    Counts::plus);
        }
    }
}
