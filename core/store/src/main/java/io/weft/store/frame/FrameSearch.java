package io.weft.store.frame;

import java.util.Arrays;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * Looks for whole frames behind a place at which a file of frames is broken. A frame is recognised by its checksum, which
 * runs on from that of the frame before: so two whole frames in a row are found wherever they are, and a single one when
 * of the broken frame the length, the checksum or the content is left.
 */
public final class FrameSearch {
    /** Longer frames are not looked for: a length that damage made up would cost a checksum over it. */
    private static final int LONGEST = 1 << 24;

    private final byte[] rest;
    private final int firstByteAtMost;
    private final CRC32C crc = new CRC32C();
    private final byte[] chained = new byte[8];

    /**
     * @param rest the file from the first byte of the broken frame on
     * @param firstByteAtMost no content begins with 0 or with a higher byte than this
     */
    public FrameSearch(byte[] rest, int firstByteAtMost) {
        this.rest = rest;
        this.firstByteAtMost = firstByteAtMost;
    }

    /**
     * Whether a whole frame with a certain content comes after the broken one.
     *
     * @param chain the checksum of the frame before the broken one, 0 if that is the first
     */
    public boolean finds(int chain, Predicate<FrameContent> wanted) {
        if (rest.length < FrameWriter.HEADER) {
            return false;
        }
        int brokenEnd = mayBegin(0) ? end(0) : -1;
        int stored = getInt(4);
        int computed = brokenEnd < 0 ? stored : checksum(chain, 0);
        for (int at = 1; at <= rest.length - FrameWriter.HEADER; at++) {
            if (!mayBegin(at)) {
                continue;
            }
            if (follows(at, stored) || at == brokenEnd && follows(at, computed)) {
                if (wanted.test(content(at))) {
                    return true;
                }
            }
            int next = end(at);
            if (next <= rest.length - FrameWriter.HEADER
                    && mayBegin(next)
                    && follows(next, getInt(at + 4))
                    && wanted.test(content(next))) {
                return true;
            }
        }
        return false;
    }

    private boolean mayBegin(int at) {
        int length = getInt(at);
        if (length < 1 || length > LONGEST || length > rest.length - at - FrameWriter.HEADER) {
            return false;
        }
        int first = rest[at + FrameWriter.HEADER] & 0xff;
        return first > 0 && first <= firstByteAtMost;
    }

    private boolean follows(int at, int chain) {
        return checksum(chain, at) == getInt(at + 4);
    }

    private int checksum(int chain, int at) {
        return FrameWriter.checksum(crc, chained, chain, rest, at + FrameWriter.HEADER, getInt(at));
    }

    private int end(int at) {
        return at + FrameWriter.HEADER + getInt(at);
    }

    private FrameContent content(int at) {
        return new FrameContent(Arrays.copyOfRange(rest, at + FrameWriter.HEADER, end(at)));
    }

    private int getInt(int at) {
        return FrameReader.getInt(rest, at);
    }
}
