package io.weft.store.embedded;

import io.weft.store.CommitResult.Failure;
import io.weft.store.Compare;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Keys;
import io.weft.store.Transaction;
import io.weft.store.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a transaction means on a tree. */
final class Judge {
    private Judge() {}

    /** The conditions that do not hold. */
    static List<Failure> failures(Tree tree, Transaction transaction) {
        List<Failure> failures = new ArrayList<>(0);
        List<Compare> compares = transaction.compares();
        for (int i = 0; i < compares.size(); i++) {
            Compare compare = compares.get(i);
            switch (compare) {
                case Compare.OfKey ofKey -> {
                    byte @Nullable [] packed = tree.get(Keys.encode(ofKey.key()));
                    Optional<Entry> current = packed == null ? Optional.empty() : Optional.of(Packed.entry(packed));
                    if (!ofKey.holds(current)) {
                        failures.add(new Failure(i, compare, current.stream().toList()));
                    }
                }
                case Compare.UnmodifiedSince since -> {
                    byte @Nullable [] newer = first(tree, since.range(), Math.max(0, since.revision()));
                    if (newer != null) {
                        failures.add(new Failure(i, compare, List.of(Packed.entry(newer))));
                    }
                }
                case Compare.RangeEmpty empty -> {
                    byte @Nullable [] first = first(tree, empty.range(), 0);
                    if (first != null) {
                        failures.add(new Failure(i, compare, List.of(Packed.entry(first))));
                    }
                }
            }
        }
        return failures;
    }

    private static byte @Nullable [] first(Tree tree, KeyRange range, long newerThan) {
        List<byte[]> first = new ArrayList<>(1);
        tree.visit(bytes(range.from()), bytes(range.to()), newerThan, packed -> {
            first.add(packed);
            return false;
        });
        return first.isEmpty() ? null : first.getFirst();
    }

    static byte[] bytes(String bound) {
        return bound.getBytes(StandardCharsets.UTF_8);
    }

    /** What the writes do; without any effect, the delta has no changes and leaves the same tree. */
    static Delta apply(Tree before, long revision, List<Write> writes) {
        Tree after = before;
        List<byte[]> puts = new ArrayList<>(writes.size());
        List<byte[]> deletions = new ArrayList<>(0);
        for (Write write : writes) {
            switch (write) {
                case Write.Put put -> {
                    byte[] key = Keys.encode(put.key());
                    byte @Nullable [] old = after.get(key);
                    byte[] packed = Packed.pack(
                            key,
                            old == null ? revision : Packed.createRevision(old),
                            revision,
                            old == null ? 1 : Packed.version(old) + 1,
                            put.lease(),
                            put.value());
                    puts.add(packed);
                    after = after.put(packed);
                }
                case Write.Delete delete -> {
                    List<byte[]> keys = new ArrayList<>(1);
                    after.visit(
                            bytes(delete.range().from()), bytes(delete.range().to()), 0, packed -> {
                                keys.add(Packed.key(packed));
                                return true;
                            });
                    deletions.addAll(keys);
                    for (byte[] key : keys) {
                        after = after.remove(key);
                    }
                }
            }
        }
        return new Delta(revision, puts.toArray(byte[][]::new), deletions.toArray(byte[][]::new), after);
    }
}
