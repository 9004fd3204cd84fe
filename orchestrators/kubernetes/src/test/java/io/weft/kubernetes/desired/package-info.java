@NullMarked
package io.weft.kubernetes.desired;

import org.jspecify.annotations.NullMarked;
