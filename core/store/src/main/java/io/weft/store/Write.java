package io.weft.store;

/** One change of a transaction. */
public sealed interface Write {
    /**
     * Sets a key.
     *
     * @param key the key
     * @param value its new value
     * @param lease the lease that the key lives by from now on, 0 for none
     */
    record Put(String key, Bytes value, long lease) implements Write {}

    /** Removes the keys of a range, if there are any. */
    record Delete(KeyRange range) implements Write {}
}
