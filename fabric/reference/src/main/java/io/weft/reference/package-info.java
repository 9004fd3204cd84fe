/**
 * The plain, slow, obvious forwarding model: what should happen to this packet.
 *
 * <p>It reads the model alone and shares no code with the compiler or the data path, so that agreement with them means
 * something. Nothing forwards by it: tests, wizards and proofs ask it.
 */
@NullMarked
package io.weft.reference;

import org.jspecify.annotations.NullMarked;
