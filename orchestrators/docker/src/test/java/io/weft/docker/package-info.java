/** Tests. */
@NullMarked
package io.weft.docker;

import org.jspecify.annotations.NullMarked;
