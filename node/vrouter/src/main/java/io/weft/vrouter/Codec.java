package io.weft.vrouter;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * How a record lies in memory as its C struct in {@code tables.h}.
 *
 * @param size bytes of the struct
 * @param writer writes all bytes, padding as zeros, at the buffer's position
 * @param reader reads all bytes from the buffer's position
 */
record Codec<T>(int size, BiConsumer<T, ByteBuffer> writer, Function<ByteBuffer, T> reader) {
    /** A number of 32 bits, as most small keys are. */
    static final Codec<Integer> NUMBER = new Codec<>(4, (value, out) -> out.putInt(value), ByteBuffer::getInt);

    private static final long MAPPED = 0xffffL;

    byte[] encode(T value) {
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
        writer.accept(value, out);
        if (out.hasRemaining()) {
            throw new IllegalStateException(value + " left " + out.remaining() + " bytes unwritten");
        }
        return out.array();
    }

    T decode(byte[] bytes) {
        if (bytes.length != size) {
            throw new IllegalArgumentException("expected " + size + " bytes, got " + bytes.length);
        }
        return reader.apply(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()));
    }

    static void putMac(ByteBuffer out, MacAddress mac) {
        putMac(out, mac, 0);
    }

    /** A MAC and the 16 bits behind it. */
    static void putMac(ByteBuffer out, MacAddress mac, int behind) {
        out.put(mac.toBytes()).putShort((short) behind);
    }

    static MacAddress getMac(ByteBuffer in) {
        long bits = 0;
        for (int i = 0; i < 6; i++) {
            bits = bits << 8 | in.get() & 0xff;
        }
        in.getShort();
        return new MacAddress(bits);
    }

    /** Sixteen bytes; IPv4 is mapped into IPv6. */
    static void putAddress(ByteBuffer out, IpAddress address) {
        ByteOrder order = out.order();
        out.order(ByteOrder.BIG_ENDIAN);
        if (address.isIpv4()) {
            out.putLong(0).putLong(MAPPED << 32 | address.low());
        } else {
            out.putLong(address.high()).putLong(address.low());
        }
        out.order(order);
    }

    static IpAddress getAddress(ByteBuffer in) {
        ByteOrder order = in.order();
        in.order(ByteOrder.BIG_ENDIAN);
        long high = in.getLong();
        long low = in.getLong();
        in.order(order);
        return high == 0 && low >>> 32 == MAPPED ? IpAddress.ofIpv4((int) low) : IpAddress.ofIpv6(high, low);
    }

    /** Four bytes in network order; an IPv4 address, or the unspecified one of either family for none. */
    static void putIpv4(ByteBuffer out, IpAddress address) {
        int bits = address.isIpv4() ? address.ipv4Bits() : 0;
        ByteOrder order = out.order();
        out.order(ByteOrder.BIG_ENDIAN).putInt(bits).order(order);
    }

    static IpAddress getIpv4(ByteBuffer in) {
        ByteOrder order = in.order();
        int bits = in.order(ByteOrder.BIG_ENDIAN).getInt();
        in.order(order);
        return IpAddress.ofIpv4(bits);
    }

    /** The length of a prefix in the address form of {@link #putAddress}. */
    static int mappedLength(IpAddress address, int length) {
        return address.isIpv4() ? 96 + length : length;
    }
}
