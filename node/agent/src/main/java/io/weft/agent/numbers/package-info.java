/**
 * Numbers that are the node's own. The kernel may still use a number that was given back, so none means something else
 * before the kernel has forgotten what it meant.
 */
@NullMarked
package io.weft.agent.numbers;

import org.jspecify.annotations.NullMarked;
