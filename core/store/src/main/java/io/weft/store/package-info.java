/**
 * The store's contract, which is etcd's: keys in one order, one global revision, transactions that compare and commit,
 * leases, and watches from a revision until compaction.
 *
 * <p>A commit that was acknowledged is durable, and it is seen whole or not at all by every reader and every watch.
 * Values are opaque bytes here; who reads and writes them is not this package's business.
 */
@NullMarked
package io.weft.store;

import org.jspecify.annotations.NullMarked;
