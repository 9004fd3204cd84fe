package io.weft.vrouter;

import io.weft.model.MacAddress;
import java.nio.ByteBuffer;

/**
 * Who the programs last saw announce an address, and where.
 *
 * @param seen nanoseconds of CLOCK_MONOTONIC
 */
public record LearnedAddress(MacAddress mac, Place place, long seen) {
    static final Codec<LearnedAddress> CODEC = new Codec<>(32, LearnedAddress::write, LearnedAddress::read);

    static void write(LearnedAddress learned, ByteBuffer out) {
        Codec.putMac(out, learned.mac);
        Place.write(learned.place, out);
        out.putLong(0).putLong(learned.seen);
    }

    static LearnedAddress read(ByteBuffer in) {
        MacAddress mac = Codec.getMac(in);
        Place place = Place.read(in);
        in.getLong();
        return new LearnedAddress(mac, place, in.getLong());
    }
}
