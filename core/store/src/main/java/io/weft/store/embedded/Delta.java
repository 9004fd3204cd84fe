package io.weft.store.embedded;

import io.weft.store.Change;
import io.weft.store.frame.FrameContent;
import io.weft.store.frame.FrameWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one revision changed, and what it left.
 *
 * @param revision the revision
 * @param puts the new entries, packed
 * @param deletions the keys that are gone
 * @param after all entries after it
 */
@SuppressWarnings("ArrayRecordComponent") // deltas are never compared, and millions of entries are arrays for size
record Delta(long revision, byte[][] puts, byte[][] deletions, Tree after) {
    // What a change of one key costs in copied nodes; measured at a million keys, rounded up.
    private static final int NODES = 1200;

    /** About the memory that is in use for the sake of this delta alone. */
    long weight() {
        long weight = 64 + (long) NODES * (puts.length + deletions.length);
        for (byte[] put : puts) {
            weight += put.length;
        }
        return weight;
    }

    /** The changes of keys in a range, whose end is empty when it has none. */
    List<Change> changes(byte[] from, byte[] to) {
        List<Change> changes = new ArrayList<>(puts.length + deletions.length);
        for (byte[] put : puts) {
            if (Packed.compareKey(put, from) >= 0 && (to.length == 0 || Packed.compareKey(put, to) < 0)) {
                changes.add(new Change.Put(Packed.entry(put)));
            }
        }
        for (byte[] key : deletions) {
            if (Arrays.compareUnsigned(key, from) >= 0 && (to.length == 0 || Arrays.compareUnsigned(key, to) < 0)) {
                changes.add(new Change.Delete(new String(key, StandardCharsets.UTF_8)));
            }
        }
        return changes;
    }

    /** Writes the content of a frame. */
    void write(FrameWriter writer) {
        writer.number(revision).number(puts.length).number(deletions.length);
        for (byte[] put : puts) {
            writer.sized(put);
        }
        for (byte[] key : deletions) {
            writer.sized(key);
        }
    }

    /** Passes by what {@link #write} wrote. */
    static void skip(FrameContent content) {
        content.number();
        long fields = content.number() + content.number();
        for (long i = 0; i < fields; i++) {
            content.sized();
        }
    }

    /** Reads the content of a frame and applies it. */
    static Delta read(FrameContent content, Tree before) {
        long revision = content.number();
        long putCount = content.number();
        long deletionCount = content.number();
        List<byte[]> puts = new ArrayList<>();
        Tree after = before;
        for (long i = 0; i < putCount; i++) {
            byte[] put = content.sized();
            if (!Packed.isWhole(put)) {
                throw FrameContent.corrupt();
            }
            puts.add(put);
            after = after.put(put);
        }
        List<byte[]> deletions = new ArrayList<>();
        for (long i = 0; i < deletionCount; i++) {
            byte[] key = content.sized();
            deletions.add(key);
            after = after.remove(key);
        }
        return new Delta(revision, puts.toArray(byte[][]::new), deletions.toArray(byte[][]::new), after);
    }
}
