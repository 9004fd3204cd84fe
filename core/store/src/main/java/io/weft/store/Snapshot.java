package io.weft.store;

import java.util.function.Consumer;

/** The store as one revision left it, for reading much of it while it changes. */
public interface Snapshot extends AutoCloseable {
    long revision();

    /**
     * Hands over the entries of a range, in the order of their keys, on the calling thread.
     *
     * @throws CompactedException when the store's history was given up meanwhile; never with the embedded store
     */
    void read(KeyRange range, Consumer<Entry> reader);

    @Override
    void close();
}
