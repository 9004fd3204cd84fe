package io.weft.vrouter;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.nio.ByteBuffer;

/**
 * Addresses of a network that several ports may own, from the allowed address pairs of all its ports on all nodes. Only
 * such addresses are learned, and questions about them go to {@link FloodKey.List#CANDIDATES}.
 *
 * @param network VNI
 */
public record SharedAddressKey(int network, IpPrefix prefix) {
    private static final int HEAD_BITS = 64;

    static final Codec<SharedAddressKey> CODEC = new Codec<>(28, SharedAddressKey::write, SharedAddressKey::read);

    static void write(SharedAddressKey key, ByteBuffer out) {
        out.putInt(HEAD_BITS + Codec.mappedLength(key.prefix.address(), key.prefix.length()));
        out.putInt(key.network).putInt(key.prefix.family().version());
        Codec.putAddress(out, key.prefix.address());
    }

    static SharedAddressKey read(ByteBuffer in) {
        int length = in.getInt() - HEAD_BITS;
        int network = in.getInt();
        in.getInt();
        IpAddress address = Codec.getAddress(in);
        return new SharedAddressKey(network, PortAddressKey.prefix(address, length));
    }
}
