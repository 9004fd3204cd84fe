package io.weft.vrouter;

import io.weft.model.MacAddress;
import java.nio.ByteBuffer;

/**
 * Who has an address on an external network, as the programs have learned; the key is the network and the address.
 *
 * @param mac its MAC
 * @param seen when it last said so, in nanoseconds of CLOCK_MONOTONIC; 0 when it has only been asked
 * @param asked when it was last asked, likewise
 */
public record Neighbour(MacAddress mac, long seen, long asked) {
    static final Codec<Neighbour> CODEC = new Codec<>(24, Neighbour::write, Neighbour::read);

    private static void write(Neighbour neighbour, ByteBuffer out) {
        Codec.putMac(out, neighbour.mac);
        out.putLong(neighbour.seen).putLong(neighbour.asked);
    }

    private static Neighbour read(ByteBuffer in) {
        return new Neighbour(Codec.getMac(in), in.getLong(), in.getLong());
    }
}
