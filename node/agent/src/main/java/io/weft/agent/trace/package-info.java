/**
 * What would become of a packet: crafted as the guest would send it, run through the programs that forward, and said in
 * the names of the model. Nothing here changes anything.
 */
@NullMarked
package io.weft.agent.trace;

import org.jspecify.annotations.NullMarked;
