/**
 * What a Docker engine says to a remote network driver and to a remote IPAM driver, as records, and what it is answered.
 * Everything is foreign text: bounded, checked, and refused with the field and the rule. It does nothing.
 *
 * <p>https://github.com/moby/moby/blob/master/libnetwork/docs/remote.md and {@code ipam.md} beside it.
 */
@NullMarked
package io.weft.docker.protocol;

import org.jspecify.annotations.NullMarked;
