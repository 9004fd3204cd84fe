package io.weft.store;

/**
 * A key with its value at some revision.
 *
 * @param key the key
 * @param value the value, opaque to the store
 * @param createRevision the revision in which the key came into being, after its last deletion
 * @param modRevision the revision of the last change of the key
 * @param version how often the key was written since it came into being, from 1
 * @param lease the lease that the key lives by, 0 for none
 */
public record Entry(String key, Bytes value, long createRevision, long modRevision, long version, long lease) {}
