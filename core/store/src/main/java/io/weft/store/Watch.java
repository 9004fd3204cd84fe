package io.weft.store;

/** A watch that goes on until it is closed or fails. */
public interface Watch extends AutoCloseable {
    /** Ends the watch. No call of the listener begins after this has returned; one may be still under way. */
    @Override
    void close();
}
