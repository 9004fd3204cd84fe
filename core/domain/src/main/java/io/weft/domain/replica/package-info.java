/**
 * The store as this process sees it: an immutable view at a revision, followed by a watch.
 *
 * <p>Reads never wait for writes, and a reader may wait for a revision. Subscribers hear of every change in order, on a
 * thread of their own.
 */
@NullMarked
package io.weft.domain.replica;

import org.jspecify.annotations.NullMarked;
