package io.weft.store.frame;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads what {@link FrameWriter} wrote, whatever the bytes are; for one thread. */
public final class FrameReader {
    /** Where the first frame of a file begins. */
    public static final int START = FrameWriter.KIND;

    private static final int STEP = 1 << 20;

    private final InputStream source;
    private final CRC32C crc = new CRC32C();
    private final byte[] chained = new byte[8];
    private final boolean kindMatches;
    private int chain;
    private long whole;
    private boolean torn;

    /**
     * @param source the file from its first byte; buffered by the caller
     * @param kind what the file should be
     */
    public FrameReader(InputStream source, String kind) throws IOException {
        this.source = source;
        byte[] found = source.readNBytes(FrameWriter.KIND);
        this.kindMatches = kind.equals(new String(found, StandardCharsets.US_ASCII));
        this.whole = kindMatches ? FrameWriter.KIND : 0;
        this.torn = !kindMatches;
    }

    /** Whether the file begins as a file of its kind does. */
    public boolean kindMatches() {
        return kindMatches;
    }

    /** The content of the next frame; null at the end of the file, or of what is whole of it. */
    public @Nullable FrameContent next() throws IOException {
        if (torn) {
            return null;
        }
        byte[] header = source.readNBytes(FrameWriter.HEADER);
        if (header.length == 0) {
            return null;
        }
        if (header.length < FrameWriter.HEADER) {
            torn = true;
            return null;
        }
        int length = getInt(header, 0);
        // InputStream.readNBytes grows as bytes come, so that a false length costs no more than the file has.
        byte @Nullable [] content = length < 0 ? null : read(length);
        if (content == null) {
            torn = true;
            return null;
        }
        int checksum = FrameWriter.checksum(crc, chained, chain, content, 0, length);
        if (checksum != getInt(header, 4)) {
            torn = true;
            return null;
        }
        chain = checksum;
        whole += FrameWriter.HEADER + (long) length;
        return new FrameContent(content);
    }

    private byte @Nullable [] read(int length) throws IOException {
        if (length > STEP) {
            byte[] content = source.readNBytes(length);
            return content.length == length ? content : null;
        }
        byte[] content = new byte[length];
        return source.readNBytes(content, 0, length) == length ? content : null;
    }

    /** Whether something follows the last whole frame. */
    public boolean torn() {
        return torn;
    }

    /** The checksum of the last whole frame; 0 before the first. */
    public int chain() {
        return chain;
    }

    /** How many bytes from the beginning of the file are whole. */
    public long whole() {
        return whole;
    }

    static int getInt(byte[] source, int at) {
        return (source[at] & 0xff) << 24
                | (source[at + 1] & 0xff) << 16
                | (source[at + 2] & 0xff) << 8
                | source[at + 3] & 0xff;
    }
}
