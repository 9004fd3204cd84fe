package io.weft.store;

import java.util.Arrays;

/**
 * A record together with the version of the format that it is written in, as it lies in a value: the version as two
 * bytes, the higher first, then the record.
 *
 * @param format the version, from 1 to 65,535
 * @param body the record
 */
public record Versioned(int format, Bytes body) {
    private static final int HEADER = 2;

    public Versioned {
        if (format < 1 || format > 0xffff) {
            throw new IllegalArgumentException("a format version is from 1 to 65535");
        }
    }

    /** The value that holds this record. */
    public Bytes encode() {
        return encode(format, body.toByteArray());
    }

    /** The value that holds a record. */
    public static Bytes encode(int format, byte[] body) {
        byte[] value = Arrays.copyOf(body, HEADER + body.length);
        System.arraycopy(body, 0, value, HEADER, body.length);
        value[0] = (byte) (format >>> 8);
        value[1] = (byte) format;
        return Bytes.owned(value);
    }

    /**
     * Reads a value. The body is a window into it.
     *
     * @throws StoreException {@link StoreError#CORRUPT} when the value holds no record
     */
    public static Versioned decode(Bytes value) {
        int format = value.length() < HEADER ? 0 : (value.at(0) & 0xff) << 8 | value.at(1) & 0xff;
        if (format == 0) {
            throw new StoreException(StoreError.CORRUPT, "a value has no format version");
        }
        return new Versioned(format, value.from(HEADER));
    }
}
