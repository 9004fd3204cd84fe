/**
 * The server's process: its parts wired by hand, its endpoints, its start and its graceful end.
 *
 * <p>Any number of servers run over one etcd, all active; one runs over an embedded store. What a server acknowledged
 * is durable before it says so, and it stops only after it has answered what it accepted.
 */
@NullMarked
package io.weft.server;

import org.jspecify.annotations.NullMarked;
