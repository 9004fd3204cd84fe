/**
 * Backup, restore and moving between stores, while the source is in use.
 *
 * <p>A backup is the store as one revision left it, in one checked file. What is restored or moved gets new revisions,
 * and so a new epoch; a store into which a restore did not come to its end is not opened by anyone. Keys that live by a
 * lease are left out, since whoever keeps the lease alive is not part of the backup.
 */
@NullMarked
package io.weft.store.backup;

import org.jspecify.annotations.NullMarked;
