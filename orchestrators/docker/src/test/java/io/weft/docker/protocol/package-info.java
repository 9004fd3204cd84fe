/** Tests. */
@NullMarked
package io.weft.docker.protocol;

import org.jspecify.annotations.NullMarked;
