package io.weft.store.frame;

import io.weft.store.StoreError;
import io.weft.store.StoreException;
import java.util.Arrays;

/** Takes a frame's content apart, from front to back. Content that is not as expected is refused as corrupt. */
public final class FrameContent {
    private final byte[] content;
    private int at;

    FrameContent(byte[] content) {
        this.content = content;
    }

    public boolean atEnd() {
        return at == content.length;
    }

    /** A number from 0. */
    public long number() {
        int end = Varint.end(content, at);
        if (end < 0) {
            throw corrupt();
        }
        long value = Varint.get(content, at);
        if (value < 0) {
            throw corrupt();
        }
        at = end;
        return value;
    }

    /** Bytes with their length before them. */
    public byte[] sized() {
        long length = number();
        if (length > content.length - at) {
            throw corrupt();
        }
        at += (int) length;
        return Arrays.copyOfRange(content, at - (int) length, at);
    }

    /** Bytes of a length that is known. */
    public byte[] bytes(int length) {
        if (length > content.length - at) {
            throw corrupt();
        }
        at += length;
        return Arrays.copyOfRange(content, at - length, at);
    }

    /** To be thrown where a frame is whole, but says what no writer says. */
    public static StoreException corrupt() {
        return new StoreException(StoreError.CORRUPT, "a frame is whole but not as any writer writes it");
    }
}
