/**
 * The embedded store: every latest entry in memory, every commit in a log on disk, and now and then a checkpoint.
 *
 * <p>One thread judges and writes all commits, and lets those that wait at the same time share one force of the disk;
 * readers see immutable trees that only durable commits reach. When the disk fails, nothing is acknowledged any more.
 */
@NullMarked
package io.weft.store.embedded;

import org.jspecify.annotations.NullMarked;
