package io.weft.store;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An immutable sequence of bytes, possibly a window into a larger array that nobody writes to any more. */
public final class Bytes {
    /** No bytes at all. */
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    private final byte[] array;
    private final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** A copy of an array. */
    public static Bytes copyOf(byte[] array) {
        return owned(array.clone());
    }

    /** The array itself: the caller gives it away and must not write to it again. */
    public static Bytes owned(byte[] array) {
        return owned(array, 0, array.length);
    }

    /** A window of an array: the caller gives the array away and must not write to it again. */
    public static Bytes owned(byte[] array, int offset, int length) {
        if ((offset | length) < 0 || length > array.length - offset) {
            throw new IndexOutOfBoundsException(offset + "+" + length + " of " + array.length);
        }
        return length == 0 ? EMPTY : new Bytes(array, offset, length);
    }

    /** The UTF-8 form of a text. */
    public static Bytes utf8(String text) {
        return owned(text.getBytes(StandardCharsets.UTF_8));
    }

    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /**
     * @throws IndexOutOfBoundsException when there is no such byte
     */
    public byte at(int index) {
        if (index < 0 || index >= length) {
            throw new IndexOutOfBoundsException(index);
        }
        return array[offset + index];
    }

    /** The bytes from an index to the end, without copying. */
    public Bytes from(int index) {
        return owned(array, offset + index, length - index);
    }

    /** A copy that the caller may change. */
    public byte[] toByteArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** A read-only view. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    public InputStream inputStream() {
        return new ByteArrayInputStream(array, offset, length);
    }

    /** Decodes in place, for parsers that take an array. */
    public <T> T read(Reader<T> reader) {
        return reader.read(array, offset, length);
    }

    /** The text of which these bytes are the UTF-8 form. */
    public String utf8() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    /** Meant for people: the text when it is short, else its length. */
    @Override
    public String toString() {
        return length <= 120 ? utf8() : length + " bytes";
    }

    /** Takes a value out of a window of an array that it must neither write to nor keep. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(byte[] array, int offset, int length);
    }
}
