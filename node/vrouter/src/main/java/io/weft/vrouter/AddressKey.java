package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;

/**
 * An address in a network.
 *
 * @param network VNI
 */
public record AddressKey(int network, IpAddress address) {
    static final Codec<AddressKey> CODEC = new Codec<>(20, AddressKey::write, AddressKey::read);

    static void write(AddressKey key, ByteBuffer out) {
        out.putInt(key.network);
        Codec.putAddress(out, key.address);
    }

    static AddressKey read(ByteBuffer in) {
        return new AddressKey(in.getInt(), Codec.getAddress(in));
    }
}
