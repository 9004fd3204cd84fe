/**
 * What Weft costs, measured beside a baseline in the same run.
 *
 * <p>Machines are noisy: a figure is a median of interleaved rounds, stands beside its baseline's, and has CPU per
 * operation where it is a rate. Targets are printed with whether they are met; nothing here decides whether a build is
 * good.
 */
@NullMarked
package io.weft.bench;

import org.jspecify.annotations.NullMarked;
