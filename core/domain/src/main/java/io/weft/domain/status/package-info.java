/**
 * How ports come to be {@code ACTIVE}: what nodes say of their devices, and which revisions nodes have in force.
 *
 * <p>A port is in use when a key says so. The server that the port's node is connected to writes the key, and whatever
 * takes the port from its node removes it in the same transaction: so all servers agree, and a restart changes nothing.
 */
@NullMarked
package io.weft.domain.status;

import org.jspecify.annotations.NullMarked;
