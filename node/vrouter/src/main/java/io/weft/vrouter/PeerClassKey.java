package io.weft.vrouter;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.nio.ByteBuffer;

/**
 * Addresses that the rules of a scope name: the members of remote groups, and the prefixes of rules and address groups.
 * The value is their class, 1 or more: all addresses to which the same rules apply are of one class. An address without
 * an entry is of class {@link #NOBODY}. Longest match counts, so what applies to a shorter prefix must also be said of
 * the classes of the longer ones within it.
 *
 * @param scope {@link Port#peerScope}
 */
public record PeerClassKey(int scope, IpPrefix prefix) {
    /** The class of addresses that no rule names. */
    public static final int NOBODY = 0;

    private static final int HEAD_BITS = 64;

    static final Codec<PeerClassKey> CODEC = new Codec<>(28, PeerClassKey::write, PeerClassKey::read);

    static void write(PeerClassKey key, ByteBuffer out) {
        out.putInt(HEAD_BITS + Codec.mappedLength(key.prefix.address(), key.prefix.length()));
        out.putInt(key.scope).putInt(key.prefix.family().version());
        Codec.putAddress(out, key.prefix.address());
    }

    static PeerClassKey read(ByteBuffer in) {
        int length = in.getInt() - HEAD_BITS;
        int scope = in.getInt();
        in.getInt();
        IpAddress address = Codec.getAddress(in);
        return new PeerClassKey(scope, PortAddressKey.prefix(address, length));
    }
}
