@NullMarked
package io.weft.kubernetes.translate;

import org.jspecify.annotations.NullMarked;
