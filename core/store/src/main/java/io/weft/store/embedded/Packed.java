package io.weft.store.embedded;

import io.weft.store.Bytes;
import io.weft.store.Entry;
import io.weft.store.Keys;
import io.weft.store.frame.Varint;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An entry in one array, in memory as on disk: length of the key, key, create revision, revision, version, lease,
 * value; numbers as variable-length integers of seven bits a byte, the lowest first. Millions of entries are kept, so
 * that an object each, with a string and an array of its own, would cost more than the entries.
 */
final class Packed {
    private Packed() {}

    static byte[] pack(byte[] key, long createRevision, long modRevision, long version, long lease, Bytes value) {
        int size = Varint.size(key.length)
                + key.length
                + Varint.size(createRevision)
                + Varint.size(modRevision)
                + Varint.size(version)
                + Varint.size(lease)
                + value.length();
        byte[] packed = new byte[size];
        int at = Varint.put(packed, 0, key.length);
        System.arraycopy(key, 0, packed, at, key.length);
        at += key.length;
        at = Varint.put(packed, at, createRevision);
        at = Varint.put(packed, at, modRevision);
        at = Varint.put(packed, at, version);
        at = Varint.put(packed, at, lease);
        value.buffer().get(packed, at, value.length());
        return packed;
    }

    private static int keyStart(byte[] packed) {
        return packed[0] >= 0 ? 1 : 2;
    }

    private static int keyLength(byte[] packed) {
        return packed[0] >= 0 ? packed[0] : packed[0] & 0x7f | packed[1] << 7;
    }

    /** Compares the key of a packed entry with a key. */
    static int compareKey(byte[] packed, byte[] key) {
        int start = keyStart(packed);
        return Arrays.compareUnsigned(packed, start, start + keyLength(packed), key, 0, key.length);
    }

    static byte[] key(byte[] packed) {
        int start = keyStart(packed);
        return Arrays.copyOfRange(packed, start, start + keyLength(packed));
    }

    static String keyText(byte[] packed) {
        return new String(packed, keyStart(packed), keyLength(packed), StandardCharsets.UTF_8);
    }

    private static long number(byte[] packed, int index) {
        int at = keyStart(packed) + keyLength(packed);
        for (int i = 0; i < index; i++) {
            at = Varint.skip(packed, at);
        }
        return Varint.get(packed, at);
    }

    static long createRevision(byte[] packed) {
        return number(packed, 0);
    }

    static long modRevision(byte[] packed) {
        return number(packed, 1);
    }

    static long version(byte[] packed) {
        return number(packed, 2);
    }

    static long lease(byte[] packed) {
        return number(packed, 3);
    }

    static Entry entry(byte[] packed) {
        String key = keyText(packed);
        int at = keyStart(packed) + keyLength(packed);
        long createRevision = Varint.get(packed, at);
        at = Varint.skip(packed, at);
        long modRevision = Varint.get(packed, at);
        at = Varint.skip(packed, at);
        long version = Varint.get(packed, at);
        at = Varint.skip(packed, at);
        long lease = Varint.get(packed, at);
        at = Varint.skip(packed, at);
        return new Entry(key, Bytes.owned(packed, at, packed.length - at), createRevision, modRevision, version, lease);
    }

    /** Whether bytes that were read from a disk are a packed entry. */
    static boolean isWhole(byte[] packed) {
        if (packed.length < 6 || packed[0] < 0 && packed[1] <= 0) {
            return false;
        }
        int length = keyLength(packed);
        int at = keyStart(packed) + length;
        if (length == 0 || length > Keys.MAX_BYTES || at > packed.length) {
            return false;
        }
        for (int i = 0; i < 4; i++) {
            int end = Varint.end(packed, at);
            if (end < 0) {
                return false;
            }
            at = end;
        }
        return true;
    }
}
