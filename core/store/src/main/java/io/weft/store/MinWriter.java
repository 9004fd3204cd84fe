package io.weft.store;

/**
 * The oldest build that may write to a store, kept in {@link Keys#MIN_WRITER}. A server checks it before it writes
 * anything and refuses to start on a store that asks for a newer one; a build that begins to write what older builds
 * would misread raises it.
 */
public final class MinWriter {
    private MinWriter() {}

    /** The lowest format version that a writer must know, 0 when the store does not say. */
    public static int required(Store store) {
        return store.get(Keys.MIN_WRITER).map(MinWriter::parse).orElse(0);
    }

    /**
     * @param known the highest format version that this build knows
     * @throws StoreException {@link StoreError#NEWER_FORMAT} when the store asks for a newer writer
     */
    public static void check(Store store, int known) {
        int required = required(store);
        if (required > known) {
            throw new StoreException(
                    StoreError.NEWER_FORMAT,
                    "the store asks for a writer of format " + required + " or newer; this build knows " + known);
        }
    }

    /** Asks for writers of at least a format version from now on. It never falls. */
    public static void raise(Store store, int format) {
        while (true) {
            Entry current = store.get(Keys.MIN_WRITER).orElse(null);
            if (current != null && parse(current) >= format) {
                return;
            }
            Transaction raise = Transaction.builder()
                    .require(Compare.unchanged(Keys.MIN_WRITER, current == null ? 0 : current.modRevision()))
                    .put(Keys.MIN_WRITER, Bytes.utf8(Integer.toString(format)))
                    .build();
            if (store.commit(raise) instanceof CommitResult.Committed) {
                return;
            }
        }
    }

    private static int parse(Entry entry) {
        try {
            return Integer.parseInt(entry.value().utf8());
        } catch (NumberFormatException e) {
            throw new StoreException(StoreError.CORRUPT, Keys.MIN_WRITER + " holds no number", e);
        }
    }
}
