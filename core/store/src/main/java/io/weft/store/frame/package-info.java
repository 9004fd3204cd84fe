/**
 * Files as chains of frames: the form of the log, of checkpoints and of backups.
 *
 * <p>A frame carries a checksum that also covers the frames before it, so that what was read is what was written, from
 * the first byte, in order; a file that ends in the middle of a frame, or goes on with something else, says where its
 * last whole frame ends. What the frames contain is not known here.
 */
@NullMarked
package io.weft.store.frame;

import org.jspecify.annotations.NullMarked;
