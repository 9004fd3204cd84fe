package io.weft.store;

/**
 * What a transaction may be at most. All stores of Weft have the same limits and refuse with
 * {@link StoreError#TOO_LARGE} before anything is sent or written.
 *
 * @param maxOperations of compares, and of writes, each
 * @param maxBytes of {@link Transaction#size()}
 */
public record Limits(int maxOperations, long maxBytes) {
    /** 4,096 operations and 8 MiB. */
    public static final Limits STANDARD = new Limits(4096, 8L << 20);

    /**
     * @throws StoreException {@link StoreError#TOO_LARGE} when the transaction exceeds a limit
     */
    public void check(Transaction transaction) {
        int operations =
                Math.max(transaction.compares().size(), transaction.writes().size());
        if (operations > maxOperations) {
            throw new StoreException(
                    StoreError.TOO_LARGE, operations + " operations in a transaction, at most " + maxOperations);
        }
        long size = transaction.size();
        if (size > maxBytes) {
            throw new StoreException(StoreError.TOO_LARGE, size + " bytes in a transaction, at most " + maxBytes);
        }
    }
}
