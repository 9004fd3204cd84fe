/**
 * Whether the routers outside that default routes lead to are alive, by Bidirectional Forwarding Detection (RFC 5880, RFC 5881) in
 * the name of the routers' addresses outside. It says what it finds, and decides nothing.
 */
@NullMarked
package io.weft.agent.bfd;

import org.jspecify.annotations.NullMarked;
