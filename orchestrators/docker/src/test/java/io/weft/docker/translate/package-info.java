/** Tests. */
@NullMarked
package io.weft.docker.translate;

import org.jspecify.annotations.NullMarked;
