/**
 * The few things that the embedded store asks of a disk, so that a disk that fails can be put under it.
 *
 * <p>{@link io.weft.store.disk.DirectoryDisk} is a directory; {@link io.weft.store.disk.FakeDisk} lives in memory and
 * loses or tears, at a crash, whatever was not forced. Nothing here knows what the files contain.
 */
@NullMarked
package io.weft.store.disk;

import org.jspecify.annotations.NullMarked;
