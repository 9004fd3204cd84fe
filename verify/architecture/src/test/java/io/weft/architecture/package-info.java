/** The rules that the whole tree keeps. */
@NullMarked
package io.weft.architecture;

import org.jspecify.annotations.NullMarked;
