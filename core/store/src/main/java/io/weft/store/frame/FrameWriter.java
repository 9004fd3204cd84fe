package io.weft.store.frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Writes frames into memory, to be taken out and put into a file in order; for one thread.
 *
 * <p>A file is eight bytes that name its kind, then frames. A frame is the length of its content and a checksum, four
 * bytes each with the highest first, then the content. The checksum is CRC-32C (RFC 3720 section 12.1) over the checksum
 * of the frame before (0 for the first), the length and the content.
 */
public final class FrameWriter {
    static final int KIND = 8;
    static final int HEADER = 8;

    private final CRC32C crc = new CRC32C();
    private final byte[] chained = new byte[8];
    private byte[] buffer = new byte[1 << 16];
    private int size;
    private int frame;
    private int chain;

    /**
     * @param kind eight characters of ASCII that a reader of the file expects
     */
    public FrameWriter(String kind) {
        byte[] bytes = kind.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length != KIND) {
            throw new IllegalArgumentException("a kind of file is named by eight characters");
        }
        put(bytes);
    }

    /** Begins a frame. */
    public FrameWriter begin() {
        frame = size;
        need(HEADER);
        size += HEADER;
        return this;
    }

    /** Ends the frame that was begun last. */
    public void end() {
        int length = size - frame - HEADER;
        chain = checksum(crc, chained, chain, buffer, frame + HEADER, length);
        putInt(buffer, frame, length);
        putInt(buffer, frame + 4, chain);
    }

    /** Forgets the frame that was begun last and not ended. */
    public void abandon() {
        size = frame;
    }

    public FrameWriter number(long value) {
        need(10);
        size = Varint.put(buffer, size, value);
        return this;
    }

    /** Bytes whose length the reader knows. */
    public FrameWriter put(byte[] bytes) {
        need(bytes.length);
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
        return this;
    }

    /** Bytes with their length before them. */
    public FrameWriter sized(byte[] bytes) {
        return number(bytes.length).put(bytes);
    }

    /** How many bytes wait to be taken. */
    public int pending() {
        return size;
    }

    /** A view of what waits, valid until {@link #taken}. */
    public ByteBuffer view() {
        return ByteBuffer.wrap(buffer, 0, size);
    }

    /** What waited is in the file. */
    public void taken() {
        size = 0;
        if (buffer.length > 1 << 22) {
            buffer = new byte[1 << 16];
        }
    }

    private void need(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Math.max(Math.addExact(size, more), (int)
                    Math.min(2L * buffer.length, Integer.MAX_VALUE - 64)));
        }
    }

    static int checksum(CRC32C crc, byte[] chained, int chain, byte[] content, int offset, int length) {
        putInt(chained, 0, chain);
        putInt(chained, 4, length);
        crc.reset();
        crc.update(chained, 0, 8);
        crc.update(content, offset, length);
        return (int) crc.getValue();
    }

    private static void putInt(byte[] target, int at, int value) {
        target[at] = (byte) (value >>> 24);
        target[at + 1] = (byte) (value >>> 16);
        target[at + 2] = (byte) (value >>> 8);
        target[at + 3] = (byte) value;
    }
}
