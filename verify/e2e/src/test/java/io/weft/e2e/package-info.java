/** Scenarios on real packets. */
@NullMarked
package io.weft.e2e;

import org.jspecify.annotations.NullMarked;
