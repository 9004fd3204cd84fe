package io.weft.kernel.netlink;

import static io.weft.kernel.netlink.MessageWriter.ACK;
import static io.weft.kernel.netlink.MessageWriter.CREATE;
import static io.weft.kernel.netlink.MessageWriter.DUMP;
import static io.weft.kernel.netlink.MessageWriter.REPLACE;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;

/** Messages of rtnetlink about qdiscs. */
final class QdiscCodec {
    private static final int NEW = 36;
    private static final int DELETE = 37;
    private static final int GET = 38;

    private static final int ROOT = 0xffffffff;
    private static final int CLSACT = 0xfffffff1;
    private static final int INGRESS_MAJOR = 0xffff0000;

    private static final int KIND = 1;
    private static final int OPTIONS = 2;
    private static final String TBF = "tbf";
    private static final int PARAMETERS = 1;
    private static final int RATE64 = 4;
    private static final int BURST = 6;
    private static final byte ETHERNET = 1;

    /** {@code struct tc_tbf_qopt}: two rates of 12 bytes, then limit, buffer and mtu. */
    private static final int PARAMETER_BYTES = 36;

    private static final int RATE_OFFSET = 8;
    private static final int LIMIT_OFFSET = 24;
    private static final int BUFFER_OFFSET = 28;
    private static final long SECOND = 1_000_000_000L;
    private static final int TICK = 64;

    private QdiscCodec() {}

    static MessageWriter clsact(int index) {
        return new MessageWriter(NEW, ACK | CREATE | MessageWriter.EXCLUSIVE)
                .word(0)
                .word(index)
                .word(INGRESS_MAJOR)
                .word(CLSACT)
                .word(0)
                .string(KIND, "clsact");
    }

    static MessageWriter set(int index, int handle, TokenBucket bucket) {
        MessageWriter message = new MessageWriter(NEW, ACK | CREATE | REPLACE)
                .word(0)
                .word(index)
                .word(handle)
                .word(ROOT)
                .word(0)
                .string(KIND, TBF);
        ByteBuffer parameters = ByteBuffer.allocate(PARAMETER_BYTES).order(ByteOrder.nativeOrder());
        parameters.put(1, ETHERNET);
        parameters.putInt(RATE_OFFSET, (int) Math.min(bucket.rate(), TokenBucket.MAX_BYTES));
        parameters.putInt(LIMIT_OFFSET, (int) bucket.limit());
        byte[] rate = new byte[8];
        ByteBuffer.wrap(rate).order(ByteOrder.nativeOrder()).putLong(bucket.rate());
        int options = message.begin(OPTIONS);
        message.attribute(PARAMETERS, parameters.array());
        message.attribute(RATE64, rate);
        message.integer(BURST, (int) bucket.burst());
        return message.end(options);
    }

    static MessageWriter delete(int index, int handle) {
        return new MessageWriter(DELETE, ACK)
                .word(0)
                .word(index)
                .word(handle)
                .word(ROOT)
                .word(0);
    }

    static MessageWriter dump() {
        return new MessageWriter(GET, DUMP).word(0).word(0).word(0).word(0).word(0);
    }

    /** The link that has a qdisc of this handle and kind at its root; empty for all other qdiscs. */
    static Optional<Integer> decodeRoot(int type, ByteBuffer body, int handle, String kind) {
        return type == NEW
                        && body.remaining() >= 20
                        && body.getInt(8) == handle
                        && body.getInt(12) == ROOT
                        && Attributes.of(body.slice(20, body.remaining() - 20).order(ByteOrder.nativeOrder()))
                                .string(KIND)
                                .equals(kind)
                ? Optional.of(body.getInt(4))
                : Optional.empty();
    }

    /** The token bucket at the root of a device, under its interface index; empty for all other qdiscs. */
    static Optional<Map.Entry<Integer, TokenBucket>> decode(int type, ByteBuffer body, int handle) {
        if (type != NEW || body.remaining() < 20 || body.getInt(8) != handle || body.getInt(12) != ROOT) {
            return Optional.empty();
        }
        Attributes attributes =
                Attributes.of(body.slice(20, body.remaining() - 20).order(ByteOrder.nativeOrder()));
        Attributes options = attributes.nested(OPTIONS);
        Optional<ByteBuffer> parameters = options.bytes(PARAMETERS);
        if (!attributes.string(KIND).equals(TBF)
                || parameters.isEmpty()
                || parameters.get().remaining() < PARAMETER_BYTES) {
            return Optional.empty();
        }
        ByteBuffer values = parameters.get();
        long rate = options.bytes(RATE64)
                .filter(value -> value.remaining() >= 8)
                .map(value -> value.getLong(0))
                .orElse(Integer.toUnsignedLong(values.getInt(RATE_OFFSET)));
        double nanos = (double) Integer.toUnsignedLong(values.getInt(BUFFER_OFFSET)) * TICK;
        long burst = Math.round(nanos * rate / SECOND);
        long limit = Integer.toUnsignedLong(values.getInt(LIMIT_OFFSET));
        if (rate < 1 || limit < 1) {
            return Optional.empty();
        }
        return Optional.of(
                Map.entry(body.getInt(4), new TokenBucket(rate, Math.clamp(burst, 1, TokenBucket.MAX_BYTES), limit)));
    }
}
