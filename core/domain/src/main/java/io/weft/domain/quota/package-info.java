/**
 * How many of what a project may have, kept in shards so that concurrent work seldom meets.
 *
 * <p>The shares of the shards add up to the limit, so that comparing one shard keeps the whole exact. The package is pure:
 * who reads and writes the keys is elsewhere.
 */
@NullMarked
package io.weft.domain.quota;

import org.jspecify.annotations.NullMarked;
