/**
 * DNS (RFC 1034, 1035, 6891) for the ports of a node: what names they may know, the answers from them, and what is asked
 * of other resolvers and taken from their answers. Functions of bytes and of a directory of names; no sockets.
 */
@NullMarked
package io.weft.responders.dns;

import org.jspecify.annotations.NullMarked;
