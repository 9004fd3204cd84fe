package io.weft.store.backup;

import io.weft.store.Bytes;
import io.weft.store.CommitResult;
import io.weft.store.Compare;
import io.weft.store.KeyRange;
import io.weft.store.Keys;
import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import java.io.IOException;
import java.io.InputStream;
import java.util.UUID;

/**
 * Fills an empty store, in many transactions. A key marks the store from the first of them to the last, which also gives
 * it its new epoch: in between, no server opens it. A store whose restore failed is to be thrown away.
 */
public final class Restore {
    private static final int ENTRIES = 1000;
    private static final long BYTES = 2 << 20;

    private final Store target;
    private final long marked;
    private Transaction.Builder open;
    private int count;
    private long bytes;

    private Restore(Store target) {
        this.target = target;
        this.marked = mark(target);
        this.open = begin();
    }

    /**
     * Restores a backup into a store that is new.
     *
     * @throws StoreException {@link StoreError#INVALID_REQUEST} when the store is not empty; {@link StoreError#CORRUPT},
     *     {@link StoreError#NEWER_FORMAT} when the backup cannot be read, which {@link Backup#verify} tells before
     * @throws IOException when the file cannot be read
     */
    public static Summary into(Store target, InputStream backup) throws IOException {
        Restore restore = new Restore(target);
        Summary summary = Backup.read(backup, (key, value) -> restore.put(key, Bytes.owned(value)));
        restore.finish();
        return summary;
    }

    static Restore begin(Store target) {
        return new Restore(target);
    }

    private static long mark(Store target) {
        CommitResult result = target.commit(Transaction.builder()
                .require(new Compare.RangeEmpty(KeyRange.between("", Keys.COMMITS)))
                .require(new Compare.RangeEmpty(
                        KeyRange.between(KeyRange.prefix(Keys.COMMITS).to(), Keys.EPOCH)))
                .require(new Compare.RangeEmpty(KeyRange.startingAt(Keys.EPOCH + '\0')))
                .put(Keys.RESTORING, Bytes.EMPTY)
                .build());
        if (result instanceof CommitResult.Rejected) {
            throw new StoreException(StoreError.INVALID_REQUEST, "only an empty store can be restored into");
        }
        return result.revision();
    }

    private Transaction.Builder begin() {
        return Transaction.builder().require(Compare.unchanged(Keys.RESTORING, marked));
    }

    void put(String key, Bytes value) {
        if (count > 0 && (count == ENTRIES || bytes + value.length() > BYTES)) {
            flush();
        }
        open.put(key, value);
        count++;
        bytes += value.length();
    }

    private void flush() {
        commit(open);
        open = begin();
        count = 0;
        bytes = 0;
    }

    private void commit(Transaction.Builder transaction) {
        if (target.commit(transaction.build()) instanceof CommitResult.Rejected) {
            throw new StoreException(StoreError.INVALID_REQUEST, "somebody else restores into the same store");
        }
    }

    void finish() {
        flush();
        commit(begin().put(Keys.EPOCH, Bytes.utf8(UUID.randomUUID().toString())).delete(Keys.RESTORING));
    }
}
