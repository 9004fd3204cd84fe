/**
 * Which address a port gets: pools, reserved addresses, addresses that follow from a MAC, free choice.
 *
 * <p>A choice here is only a good guess; what makes it true is the creation of the address's key in a transaction. The
 * package knows no store.
 */
@NullMarked
package io.weft.domain.ipam;

import org.jspecify.annotations.NullMarked;
