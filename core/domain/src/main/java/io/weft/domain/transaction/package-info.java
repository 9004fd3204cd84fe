/**
 * One operation, one transaction: the names of the keys, what a plan collects, and how it is tried again.
 *
 * <p>A plan is worked out from one view; everything that it relied on is compared when it commits. No rule here is kept by
 * a lock.
 */
@NullMarked
package io.weft.domain.transaction;

import org.jspecify.annotations.NullMarked;
