package io.weft.store;

/** A revision is no longer kept. */
public final class CompactedException extends StoreException {
    private final long oldestRevision;

    /**
     * @param oldestRevision the oldest revision that can still be read, as far as is known
     */
    public CompactedException(long oldestRevision) {
        super(StoreError.COMPACTED, "revisions before " + oldestRevision + " are no longer kept");
        this.oldestRevision = oldestRevision;
    }

    /** The oldest revision that can still be read; it may have risen since. */
    public long oldestRevision() {
        return oldestRevision;
    }
}
