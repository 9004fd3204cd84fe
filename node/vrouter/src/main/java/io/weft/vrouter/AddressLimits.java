package io.weft.vrouter;

import io.weft.vrouter.QosLimits.PacketRate;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What may pass by an address outside; the key is its number, {@link ExternalAddress#limits}. The number is also that of the
 * class which holds back, at each of the shapers, under the qdisc {@link #CLASSES}.
 *
 * @param sends ifindex of the device that holds back what leaves with the address, whose other end runs the program of
 *     {@link Vrouter#attachShaper}; 0 for none
 * @param receives the same for what comes for it
 * @param mark the code point (RFC 2474) that IP packets which leave with it get, 0 to 63
 * @param sent how many packets may leave with it
 * @param received how many packets may come for it
 */
public record AddressLimits(int sends, int receives, Optional<Integer> mark, PacketRate sent, PacketRate received) {
    /** How many addresses of a node may have limits: numbers are from 1 and less than this. */
    public static final int NUMBERS = 16_384;

    /** The handle of the shapers' qdisc. */
    public static final int CLASSES = 0x57520000;

    private static final int MARKED = 1;

    static final Codec<AddressLimits> CODEC = new Codec<>(48, AddressLimits::write, AddressLimits::read);

    private static void write(AddressLimits limits, ByteBuffer out) {
        out.putInt(limits.sends).putInt(limits.receives);
        QosLimits.write(limits.sent, out);
        QosLimits.write(limits.received, out);
        out.put((byte) (limits.mark.isPresent() ? MARKED : 0));
        out.put(limits.mark.orElse(0).byteValue());
        out.putShort((short) 0).putInt(0);
    }

    private static AddressLimits read(ByteBuffer in) {
        int sends = in.getInt();
        int receives = in.getInt();
        PacketRate sent = new PacketRate(in.getLong(), in.getLong());
        PacketRate received = new PacketRate(in.getLong(), in.getLong());
        boolean marked = (in.get() & MARKED) != 0;
        int mark = in.get();
        in.position(in.position() + 6);
        return new AddressLimits(sends, receives, marked ? Optional.of(mark) : Optional.empty(), sent, received);
    }
}
