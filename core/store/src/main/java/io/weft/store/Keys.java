package io.weft.store;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Keys are texts in the order of their UTF-8 bytes, which is the order of their code points and not always that of
 * {@link String#compareTo}.
 */
public final class Keys {
    /** Keys under this prefix belong to the store itself: its epoch and the oldest writer that it admits. */
    public static final String RESERVED_PREFIX = "store/";

    /** Holds the epoch as the text of a UUID. */
    public static final String EPOCH = RESERVED_PREFIX + "epoch";

    /** Holds the lowest format version that a writer must know, as a decimal number; see {@link MinWriter}. */
    public static final String MIN_WRITER = RESERVED_PREFIX + "min-writer";

    /** Exists while a backup is being restored into the store; a store that has it is not opened. */
    public static final String RESTORING = RESERVED_PREFIX + "restoring";

    /** Below it are the marks by which commits of unknown outcome are told; they mean nothing to another store. */
    public static final String COMMITS = RESERVED_PREFIX + "commit/";

    /** The longest key, in bytes of UTF-8. */
    public static final int MAX_BYTES = 4096;

    private Keys() {}

    /** Compares by UTF-8 bytes. */
    public static int compare(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                // Surrogates stand for code points above all others, though their own numbers are lower than some.
                boolean highA = Character.isSurrogate(a);
                boolean highB = Character.isSurrogate(b);
                return highA == highB ? Character.compare(a, b) : highA ? 1 : -1;
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    /**
     * The UTF-8 form of a key.
     *
     * @throws StoreException {@link StoreError#INVALID_REQUEST} when it is empty, too long or no Unicode text
     */
    public static byte[] encode(String key) {
        byte[] bytes = encodeBound(key);
        if (bytes.length == 0) {
            throw new StoreException(StoreError.INVALID_REQUEST, "a key is empty");
        }
        return bytes;
    }

    /** The UTF-8 form of a bound of a range, which may be empty. */
    static byte[] encodeBound(String bound) {
        byte[] bytes = bound.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_BYTES) {
            throw new StoreException(StoreError.INVALID_REQUEST, "a key is longer than " + MAX_BYTES + " bytes");
        }
        if (!isText(bound)) {
            throw new StoreException(StoreError.INVALID_REQUEST, "a key is no Unicode text");
        }
        return bytes;
    }

    private static boolean isText(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return isEncodable(text);
            }
        }
        return true;
    }

    private static boolean isEncodable(String text) {
        try {
            StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
