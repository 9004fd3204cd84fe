package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the local end of a {@link TranslationKey} is in the other direction.
 *
 * @param scope the other key's scope
 * @param address the other key's local address
 * @param port the other key's local port
 * @param state outward, what has been seen of it; inward {@link Connection.State#NONE}
 * @param flags {@code enum translation_flag}
 * @param seen outward, when its last packet passed, in ticks of {@link Connection#TICK}
 */
@SuppressWarnings("EnumOrdinal") // the order is that of the C enum, which is the origin
record Translation(int scope, IpAddress address, int port, Connection.State state, int flags, long seen) {
    static final Codec<Translation> CODEC = new Codec<>(16, Translation::write, Translation::read);

    private static void write(Translation translation, ByteBuffer out) {
        ByteOrder order = out.order();
        out.putInt(translation.scope);
        Codec.putIpv4(out, translation.address);
        out.order(ByteOrder.BIG_ENDIAN).putShort((short) translation.port).order(order);
        out.put((byte) translation.state.ordinal()).put((byte) translation.flags);
        out.putInt((int) translation.seen);
    }

    private static Translation read(ByteBuffer in) {
        ByteOrder order = in.order();
        int scope = in.getInt();
        IpAddress address = Codec.getIpv4(in);
        int port = in.order(ByteOrder.BIG_ENDIAN).getShort() & 0xffff;
        in.order(order);
        Connection.State state = Connection.State.values()[in.get()];
        return new Translation(scope, address, port, state, in.get() & 0xff, in.getInt() & 0xffffffffL);
    }
}
