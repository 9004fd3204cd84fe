package io.weft.store;

import java.time.Duration;

/**
 * A lease: keys bound to it vanish, all in one revision, when it has not been kept alive for its time to live.
 *
 * <p>A lease never ends early. It may end late, by as much as its time to live after a restart or a change of leader.
 *
 * @param id names it among all leases of the store, never 0
 * @param timeToLive what the store granted, which may be more than was asked for; whole seconds
 */
public record Lease(long id, Duration timeToLive) {}
