package io.weft.vrouter;

import java.nio.ByteBuffer;

/**
 * Where the programs last saw a MAC.
 *
 * @param seen nanoseconds of CLOCK_MONOTONIC
 */
public record LearnedMac(Place place, long seen) {
    static final Codec<LearnedMac> CODEC = new Codec<>(16, LearnedMac::write, LearnedMac::read);

    static void write(LearnedMac learned, ByteBuffer out) {
        Place.write(learned.place, out);
        out.putLong(learned.seen);
    }

    static LearnedMac read(ByteBuffer in) {
        return new LearnedMac(Place.read(in), in.getLong());
    }
}
