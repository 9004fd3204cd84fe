package io.weft.store.frame;

/** Integers of variable length: seven bits a byte, the lowest first, the highest bit set on all but the last. */
public final class Varint {
    private static final int MAX_BYTES = 10;

    private Varint() {}

    public static int size(long value) {
        return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
    }

    /** Writes a number; answers the index after it. */
    public static int put(byte[] target, int index, long value) {
        int at = index;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            target[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[at++] = (byte) rest;
        return at;
    }

    public static long get(byte[] source, int index) {
        long value = 0;
        int at = index;
        for (int shift = 0; ; shift += 7) {
            byte b = source[at++];
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    /** The index after a number. */
    public static int skip(byte[] source, int index) {
        int at = index;
        while (source[at] < 0) {
            at++;
        }
        return at + 1;
    }

    /** The index after a number that may be none, -1 when it is none. */
    public static int end(byte[] source, int index) {
        for (int at = index; at < source.length && at < index + MAX_BYTES; at++) {
            if (source[at] >= 0) {
                return at + 1;
            }
        }
        return -1;
    }
}
