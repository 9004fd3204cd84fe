package io.weft.store;

/**
 * The keys from one, included, to another, excluded, in the order of their UTF-8 bytes.
 *
 * @param from the first key of the range
 * @param to the first key after the range; empty when the range has no end
 */
public record KeyRange(String from, String to) {
    /** Every key. */
    public static final KeyRange ALL = new KeyRange("", "");

    public KeyRange {
        Keys.encodeBound(from);
        Keys.encodeBound(to);
        if (!to.isEmpty() && Keys.compare(from, to) > 0) {
            throw new StoreException(StoreError.INVALID_REQUEST, "a range ends before it begins");
        }
    }

    /** Just this key. */
    public static KeyRange single(String key) {
        return new KeyRange(key, key + '\0');
    }

    /** The keys that begin with a prefix. */
    public static KeyRange prefix(String prefix) {
        return new KeyRange(prefix, afterPrefix(prefix));
    }

    /** The keys from one, included, to another, excluded. */
    public static KeyRange between(String from, String to) {
        return new KeyRange(from, to);
    }

    /** The keys from one, included, on. */
    public static KeyRange startingAt(String from) {
        return new KeyRange(from, "");
    }

    public boolean contains(String key) {
        return Keys.compare(key, from) >= 0 && (to.isEmpty() || Keys.compare(key, to) < 0);
    }

    /** Whether the range has room for one key only, its {@link #from}. */
    public boolean isSingle() {
        return to.length() == from.length() + 1 && to.charAt(from.length()) == '\0' && to.startsWith(from);
    }

    private static String afterPrefix(String prefix) {
        int end = prefix.length();
        while (end > 0) {
            int last = prefix.codePointBefore(end);
            int start = end - Character.charCount(last);
            if (last != Character.MAX_CODE_POINT) {
                int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
                return prefix.substring(0, start) + Character.toString(next);
            }
            end = start;
        }
        return "";
    }
}
