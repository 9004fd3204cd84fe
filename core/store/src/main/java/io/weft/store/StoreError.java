package io.weft.store;

/** Everything that a store can answer instead of a result. */
public enum StoreError {
    /** The request makes no sense: an empty key, a key written twice, a range that ends before it begins. */
    INVALID_REQUEST(Category.USER),
    /** A transaction exceeds {@link Limits}. */
    TOO_LARGE(Category.USER),
    /** The revision asked for is no longer kept; see {@link CompactedException}. */
    COMPACTED(Category.CONFLICT),
    /** The revision asked for is not there yet. */
    FUTURE_REVISION(Category.USER),
    /** There is no such lease (any more). */
    LEASE_NOT_FOUND(Category.CONFLICT),
    /** The store is out of reach or has no leader; the request had no effect and may be repeated. */
    UNAVAILABLE(Category.UNAVAILABLE),
    /** The connection broke while a commit was under way: it may have taken effect or not. Read before repeating. */
    OUTCOME_UNKNOWN(Category.UNAVAILABLE),
    /** The store has no space left for data (etcd's quota). Nothing was changed. */
    NO_SPACE(Category.UNAVAILABLE),
    /** A disk failed; the store acknowledges nothing more until it is opened again. */
    DISK_FAILED(Category.UNAVAILABLE),
    /** The store was closed. */
    CLOSED(Category.UNAVAILABLE),
    /** Another process has the store open. */
    LOCKED(Category.CONFLICT),
    /** The store, or a backup, contains what no writer wrote. */
    CORRUPT(Category.INTERNAL),
    /** The store, or a backup, was written by a newer build, or asks for one. */
    NEWER_FORMAT(Category.USER),
    /** The server behind the store is not set up as Weft needs it. */
    UNFIT_SERVER(Category.USER),
    /** A fault in this program. */
    INTERNAL(Category.INTERNAL);

    /** What a caller can do about an error. */
    public enum Category {
        /** Ask differently. */
        USER,
        /** Read again, then try again. */
        CONFLICT,
        /** Wait, then try again. */
        UNAVAILABLE,
        /** Report it. */
        INTERNAL
    }

    private final Category category;

    StoreError(Category category) {
        this.category = category;
    }

    public Category category() {
        return category;
    }
}
