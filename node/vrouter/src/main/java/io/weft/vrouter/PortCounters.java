package io.weft.vrouter;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a port has done since its counters were cleared, summed over all CPUs.
 *
 * @param sentPackets packets that the workload sent and the programs took; a GSO packet counts once
 * @param sentBytes their bytes, Ethernet headers included
 * @param receivedPackets packets that the programs gave to the workload
 * @param receivedBytes their bytes
 * @param drops packets that ended at this port, by reason; reasons without packets are absent
 */
public record PortCounters(
        long sentPackets, long sentBytes, long receivedPackets, long receivedBytes, Map<DropReason, Long> drops) {
    static final int SLOTS = 80;
    static final int SIZE = (4 + SLOTS) * Long.BYTES;

    public PortCounters {
        drops = Collections.unmodifiableMap(new EnumMap<>(drops.isEmpty() ? new EnumMap<>(DropReason.class) : drops));
    }

    /** The packets that ended for one reason. */
    public long drops(DropReason reason) {
        return drops.getOrDefault(reason, 0L);
    }

    /** Sums the copies of all CPUs, which lie one after the other. */
    static PortCounters sum(ByteBuffer copies) {
        long[] totals = new long[4 + SLOTS];
        while (copies.remaining() >= SIZE) {
            for (int i = 0; i < totals.length; i++) {
                totals[i] += copies.getLong();
            }
        }
        Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            if (totals[4 + reason.number()] != 0) {
                drops.put(reason, totals[4 + reason.number()]);
            }
        }
        return new PortCounters(totals[0], totals[1], totals[2], totals[3], drops);
    }
}
