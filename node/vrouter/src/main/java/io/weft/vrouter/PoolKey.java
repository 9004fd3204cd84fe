package io.weft.vrouter;

import io.weft.model.IpFamily;
import java.nio.ByteBuffer;
import java.util.UUID;

/** The members of a pool that have addresses of a family. */
public record PoolKey(UUID id, IpFamily family) {
    static final Codec<PoolKey> CODEC = new Codec<>(24, PoolKey::write, PoolKey::read);

    private static void write(PoolKey key, ByteBuffer out) {
        PolicyNumber.NAME.writer().accept(key.id, out);
        out.putInt(key.family == IpFamily.IPV4 ? 4 : 6).putInt(0);
    }

    private static PoolKey read(ByteBuffer in) {
        UUID id = PolicyNumber.NAME.reader().apply(in);
        IpFamily family = in.getInt() == 4 ? IpFamily.IPV4 : IpFamily.IPV6;
        in.getInt();
        return new PoolKey(id, family);
    }
}
