package io.weft.kernel.netlink;

import static io.weft.kernel.netlink.MessageWriter.ACK;
import static io.weft.kernel.netlink.MessageWriter.CREATE;
import static io.weft.kernel.netlink.MessageWriter.DUMP;
import static io.weft.kernel.netlink.MessageWriter.EXCLUSIVE;
import static io.weft.kernel.netlink.MessageWriter.REPLACE;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;

/** Messages of rtnetlink about hierarchical token buckets (HTB) and their classes. */
final class ClassCodec {
    private static final int NEW_QDISC = 36;
    private static final int NEW_CLASS = 40;
    private static final int DELETE_CLASS = 41;
    private static final int GET_CLASS = 42;

    private static final int ROOT = 0xffffffff;
    private static final int MINOR = 0xffff;
    private static final int KIND = 1;
    private static final int OPTIONS = 2;
    private static final String HTB = "htb";
    private static final int PARAMETERS = 1;
    private static final int INITIAL = 2;
    private static final int GUARANTEED64 = 6;
    private static final int CEILING64 = 7;
    private static final byte ETHERNET = 1;
    private static final int VERSION = 3;
    private static final int RATE_TO_QUANTUM = 10;

    /** {@code struct tc_htb_opt}: two rates of 12 bytes, then five words. */
    private static final int PARAMETER_BYTES = 44;

    private static final int LAYER_OFFSET = 1;
    private static final int GUARANTEED_OFFSET = 8;
    private static final int CEILING = 12;
    private static final int CEILING_OFFSET = CEILING + 8;
    private static final int BURST_OFFSET = 24;
    private static final int CEILING_BURST_OFFSET = 28;
    private static final int QUANTUM_OFFSET = 32;

    /** What one class sends before it is the next one's turn, where they share: the largest that guests send at once. */
    private static final int QUANTUM = 65536;

    private static final long MAX_RATE = 0xffffffffL;
    private static final double SECOND = 1e9;
    private static final int TICK = 64;

    private ClassCodec() {}

    /** Puts hierarchical buckets at the root of a link; what is of no class passes at once, or is of the default one. */
    static MessageWriter root(int index, int handle, int defaultClass) {
        ByteBuffer initial = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder());
        initial.putInt(VERSION).putInt(RATE_TO_QUANTUM).putInt(defaultClass);
        MessageWriter message = new MessageWriter(NEW_QDISC, ACK | CREATE | EXCLUSIVE)
                .word(0)
                .word(index)
                .word(handle)
                .word(ROOT)
                .word(0)
                .string(KIND, HTB);
        int options = message.begin(OPTIONS);
        message.attribute(INITIAL, initial.array());
        return message.end(options);
    }

    static MessageWriter set(int index, int parent, int id, TokenClass of) {
        MessageWriter message = new MessageWriter(NEW_CLASS, ACK | CREATE | REPLACE)
                .word(0)
                .word(index)
                .word(id)
                .word(parent)
                .word(0)
                .string(KIND, HTB);
        ByteBuffer parameters = ByteBuffer.allocate(PARAMETER_BYTES).order(ByteOrder.nativeOrder());
        parameters.put(LAYER_OFFSET, ETHERNET);
        parameters.putInt(GUARANTEED_OFFSET, (int) Math.min(of.guaranteed(), MAX_RATE));
        parameters.put(CEILING + LAYER_OFFSET, ETHERNET);
        parameters.putInt(CEILING_OFFSET, (int) Math.min(of.ceiling(), MAX_RATE));
        parameters.putInt(BURST_OFFSET, ticks(of.burst(), of.guaranteed()));
        parameters.putInt(CEILING_BURST_OFFSET, ticks(of.burst(), of.ceiling()));
        parameters.putInt(QUANTUM_OFFSET, QUANTUM);
        int options = message.begin(OPTIONS);
        message.attribute(PARAMETERS, parameters.array());
        message.attribute(GUARANTEED64, number(of.guaranteed()));
        message.attribute(CEILING64, number(of.ceiling()));
        return message.end(options);
    }

    /** The queue of a class, which holds so many bytes; its handle is the class's minor number. */
    static MessageWriter queue(int index, int id, long limit) {
        ByteBuffer options = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder());
        options.putInt((int) limit);
        return new MessageWriter(NEW_QDISC, ACK | CREATE | REPLACE)
                .word(0)
                .word(index)
                .word((id & MINOR) << 16)
                .word(id)
                .word(0)
                .string(KIND, "bfifo")
                .attribute(OPTIONS, options.array());
    }

    static MessageWriter delete(int index, int id) {
        return new MessageWriter(DELETE_CLASS, ACK)
                .word(0)
                .word(index)
                .word(id)
                .word(0)
                .word(0);
    }

    static MessageWriter dump(int index) {
        return new MessageWriter(GET_CLASS, DUMP)
                .word(0)
                .word(index)
                .word(0)
                .word(0)
                .word(0);
    }

    /** A class of these buckets, by its minor number; empty for all others. */
    static Optional<Map.Entry<Integer, TokenClass>> decode(int type, ByteBuffer body, int handle) {
        if (type != NEW_CLASS || body.remaining() < 20 || (body.getInt(8) & ~MINOR) != handle) {
            return Optional.empty();
        }
        Attributes attributes =
                Attributes.of(body.slice(20, body.remaining() - 20).order(ByteOrder.nativeOrder()));
        Attributes options = attributes.nested(OPTIONS);
        Optional<ByteBuffer> parameters = options.bytes(PARAMETERS);
        if (!attributes.string(KIND).equals(HTB)
                || parameters.isEmpty()
                || parameters.get().remaining() < PARAMETER_BYTES) {
            return Optional.empty();
        }
        ByteBuffer values = parameters.get();
        long guaranteed = rate(options, GUARANTEED64, values.getInt(GUARANTEED_OFFSET));
        long ceiling = rate(options, CEILING64, values.getInt(CEILING_OFFSET));
        double nanos = (double) Integer.toUnsignedLong(values.getInt(CEILING_BURST_OFFSET)) * TICK;
        long burst = Math.clamp(Math.round(nanos * ceiling / SECOND), 1, TokenBucket.MAX_BYTES);
        return guaranteed < 1 || ceiling < guaranteed
                ? Optional.empty()
                : Optional.of(Map.entry(body.getInt(8) & MINOR, new TokenClass(guaranteed, ceiling, burst, 1)));
    }

    private static long rate(Attributes options, int wide, int narrow) {
        return options.bytes(wide)
                .filter(value -> value.remaining() >= 8)
                .map(value -> value.getLong(0))
                .orElse(Integer.toUnsignedLong(narrow));
    }

    private static int ticks(long bytes, long rate) {
        return (int) (long) Math.min(MAX_RATE, bytes * SECOND / rate / TICK);
    }

    private static byte[] number(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putLong(value)
                .array();
    }
}
