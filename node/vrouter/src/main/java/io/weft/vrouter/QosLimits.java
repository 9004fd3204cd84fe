package io.weft.vrouter;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The limits of a port; the key is its number. Without {@link Port.Flag#QOS_SENDS} and {@link Port.Flag#QOS_RECEIVES}
 * nobody looks at them.
 *
 * @param shaper ifindex of the veth that holds back what the workload sends, whose other end runs the program of
 *     {@link Vrouter#attachShaper}; 0 for none
 * @param mark the code point (RFC 2474) that IP packets from the workload get, 0 to 63
 * @param guaranteed whether what it sends has a class of its own on the uplink, under the qdisc {@link #CLASSES}: that of its
 *     number, from 1 to 65,535
 * @param sent how many packets the workload may send
 * @param received how many packets the workload may receive
 */
public record QosLimits(int shaper, Optional<Integer> mark, boolean guaranteed, PacketRate sent, PacketRate received) {
    /** The handle of the uplink's qdisc while a port has a guarantee. */
    public static final int CLASSES = 0x57530000;

    private static final int MARKED = 1;
    private static final int GUARANTEED = 2;

    static final Codec<QosLimits> CODEC = new Codec<>(40, QosLimits::write, QosLimits::read);

    /** Limits without a guarantee. */
    public QosLimits(int shaper, Optional<Integer> mark, PacketRate sent, PacketRate received) {
        this(shaper, mark, false, sent, received);
    }

    /**
     * A rate of packets; segments that a device carries as one count each.
     *
     * @param cost nanoseconds for each packet in units of 1/1024; 0 for no limit
     * @param burst nanoseconds: what may pass at once
     */
    public record PacketRate(long cost, long burst) {
        /** No limit. */
        public static final PacketRate UNLIMITED = new PacketRate(0, 0);

        private static final long SECOND = 1_000_000_000L;
        private static final int SHIFT = 10;

        /**
         * A limit.
         *
         * @param perSecond packets a second, from 1
         * @param atOnce how many may pass without waiting, from 1
         */
        public static PacketRate of(long perSecond, long atOnce) {
            long cost = Math.max(1, (SECOND << SHIFT) / perSecond);
            // The first of a burst costs nothing yet when it is judged.
            return new PacketRate(cost, (long) ((double) (atOnce - 1) * SECOND / perSecond));
        }
    }

    private static void write(QosLimits limits, ByteBuffer out) {
        out.putInt(limits.shaper);
        out.put((byte) ((limits.mark.isPresent() ? MARKED : 0) | (limits.guaranteed ? GUARANTEED : 0)));
        out.put(limits.mark.orElse(0).byteValue());
        out.putShort((short) 0);
        write(limits.sent, out);
        write(limits.received, out);
    }

    static void write(PacketRate rate, ByteBuffer out) {
        out.putLong(rate.cost()).putLong(rate.burst());
    }

    private static QosLimits read(ByteBuffer in) {
        int shaper = in.getInt();
        int flags = in.get();
        int mark = in.get();
        in.getShort();
        return new QosLimits(
                shaper,
                (flags & MARKED) != 0 ? Optional.of(mark) : Optional.empty(),
                (flags & GUARANTEED) != 0,
                new PacketRate(in.getLong(), in.getLong()),
                new PacketRate(in.getLong(), in.getLong()));
    }
}
