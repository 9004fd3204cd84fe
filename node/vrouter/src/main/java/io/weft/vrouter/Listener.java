package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * What becomes of what a listener gets.
 *
 * @param pool who takes it; empty when nobody does
 * @param affinity for how many seconds new connections of a client's address go to the member of the one before; 0: a member
 *     is chosen for each
 * @param restricted whether only {@link Tables#allowedCallers} may call
 * @param gateway the router that leads on from the virtual address's link to members elsewhere, or :: for none
 */
public record Listener(Optional<UUID> pool, int affinity, boolean restricted, IpAddress gateway) {
    private static final UUID NONE = new UUID(0, 0);

    static final Codec<Listener> CODEC = new Codec<>(40, Listener::write, Listener::read);

    private static void write(Listener listener, ByteBuffer out) {
        PolicyNumber.NAME.writer().accept(listener.pool.orElse(NONE), out);
        out.putInt(listener.affinity).putInt(listener.restricted ? 1 : 0);
        Codec.putAddress(out, listener.gateway);
    }

    private static Listener read(ByteBuffer in) {
        UUID pool = PolicyNumber.NAME.reader().apply(in);
        int affinity = in.getInt();
        boolean restricted = in.getInt() != 0;
        return new Listener(
                pool.equals(NONE) ? Optional.empty() : Optional.of(pool), affinity, restricted, Codec.getAddress(in));
    }
}
