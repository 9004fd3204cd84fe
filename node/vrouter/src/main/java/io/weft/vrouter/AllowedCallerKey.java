package io.weft.vrouter;

import io.weft.model.IpPrefix;
import java.nio.ByteBuffer;

/**
 * Addresses that may call a listener that is {@link Listener#restricted}.
 *
 * @param listener which one
 * @param callers the addresses
 */
public record AllowedCallerKey(ListenerKey listener, IpPrefix callers) {
    private static final int HEAD_BITS = 192;

    static final Codec<AllowedCallerKey> CODEC = new Codec<>(44, AllowedCallerKey::write, AllowedCallerKey::read);

    private static void write(AllowedCallerKey key, ByteBuffer out) {
        out.putInt(HEAD_BITS + Codec.mappedLength(key.callers.address(), key.callers.length()));
        ListenerKey.CODEC.writer().accept(key.listener, out);
        Codec.putAddress(out, key.callers.address());
    }

    private static AllowedCallerKey read(ByteBuffer in) {
        int length = in.getInt() - HEAD_BITS;
        ListenerKey listener = ListenerKey.CODEC.reader().apply(in);
        return new AllowedCallerKey(listener, PortAddressKey.prefix(Codec.getAddress(in), length));
    }
}
