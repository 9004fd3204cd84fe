/**
 * Turns the network model into what nodes need in order to forward: records in topics, and which host needs which.
 *
 * <p>Records are pure functions of the world at a revision, so that two servers emit identical bytes. The compiler is
 * incremental, its cost is what a change touches, and its outcome always equals {@link io.weft.compiler.Compilation},
 * the plain recompute.
 */
@NullMarked
package io.weft.compiler;

import org.jspecify.annotations.NullMarked;
