/**
 * The store on etcd, through jetcd's messages and gRPC.
 *
 * <p>Reads go to another member when one is out of reach, until a time limit; a commit that
 * may have been received is not sent again before it is known not to have happened. The server's limits are probed when the store is opened. Nothing of the contract is cached here.
 */
@NullMarked
package io.weft.store.etcd;

import org.jspecify.annotations.NullMarked;
