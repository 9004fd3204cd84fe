package io.weft.store;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Changes that are made together, in one revision, if every condition holds, and else not at all.
 *
 * <p>No key may be written twice: neither by two puts nor by a put and a deletion. A transaction without writes commits
 * at the current revision and makes no new one; one whose deletions find nothing may make one.
 *
 * @param compares the conditions, judged before any of the writes
 * @param writes the changes
 */
public record Transaction(List<Compare> compares, List<Write> writes) {
    // What an operation may take beside its keys and values in any store's encoding; generous on purpose.
    private static final int OPERATION_OVERHEAD = 64;

    /**
     * @throws StoreException {@link StoreError#INVALID_REQUEST} when a key is written twice or is no key
     */
    public Transaction {
        compares = List.copyOf(compares);
        writes = List.copyOf(writes);
        checkKeys(compares, writes);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The size that counts against {@link Limits#maxBytes()}: keys, values and a fixed amount for each operation. */
    public long size() {
        long size = 0;
        for (Compare compare : compares) {
            // Twice, since a store may have to name the keys again to return what is there.
            size += 2L * (OPERATION_OVERHEAD + length(compare.range()));
            if (compare instanceof Compare.ValueEquals equal) {
                size += equal.value().length();
            }
        }
        for (Write write : writes) {
            size += OPERATION_OVERHEAD
                    + switch (write) {
                        case Write.Put put ->
                            3L * put.key().length() + put.value().length();
                        case Write.Delete delete -> length(delete.range());
                    };
        }
        return size;
    }

    private static long length(KeyRange range) {
        // A character takes at most three bytes of UTF-8.
        return 3L * (range.from().length() + range.to().length());
    }

    private static void checkKeys(List<Compare> compares, List<Write> writes) {
        for (Compare compare : compares) {
            if (compare instanceof Compare.OfKey ofKey) {
                Keys.encode(ofKey.key());
            }
        }
        TreeMap<String, Boolean> puts = new TreeMap<>(Keys::compare);
        for (Write write : writes) {
            if (write instanceof Write.Put put) {
                Keys.encode(put.key());
                if (puts.put(put.key(), true) != null) {
                    throw twice(put.key());
                }
            }
        }
        for (Write write : writes) {
            if (write instanceof Write.Delete delete) {
                String put = puts.ceilingKey(delete.range().from());
                if (put != null && delete.range().contains(put)) {
                    throw twice(put);
                }
            }
        }
    }

    private static StoreException twice(String key) {
        return new StoreException(StoreError.INVALID_REQUEST, "the transaction writes " + key + " twice");
    }

    /** Collects a transaction; for one thread. */
    public static final class Builder {
        private final List<Compare> compares = new ArrayList<>();
        private final List<Write> writes = new ArrayList<>();

        private Builder() {}

        public Builder require(Compare compare) {
            compares.add(compare);
            return this;
        }

        public Builder put(String key, Bytes value) {
            return put(key, value, 0);
        }

        public Builder put(String key, Bytes value, long lease) {
            writes.add(new Write.Put(key, value, lease));
            return this;
        }

        /** Sets a key that must not exist. */
        public Builder create(String key, Bytes value) {
            return require(Compare.absent(key)).put(key, value);
        }

        /** Replaces the value of a key that must still be as it was read. */
        public Builder replace(Entry read, Bytes value) {
            return require(Compare.unchanged(read)).put(read.key(), value, read.lease());
        }

        /** Adds a change as it is. */
        public Builder write(Write write) {
            writes.add(write);
            return this;
        }

        public Builder delete(String key) {
            return delete(KeyRange.single(key));
        }

        public Builder delete(KeyRange range) {
            writes.add(new Write.Delete(range));
            return this;
        }

        /**
         * @throws StoreException {@link StoreError#INVALID_REQUEST} when a key is written twice or is no key
         */
        public Transaction build() {
            return new Transaction(compares, writes);
        }
    }
}
