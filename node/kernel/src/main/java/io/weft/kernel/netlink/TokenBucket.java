package io.weft.kernel.netlink;

/**
 * How fast a device sends, by the kernel's token bucket filter (tc-tbf(8)). Frames are counted with their Ethernet
 * headers; segments that the device carries as one count as they will be on the wire.
 *
 * @param rate bytes a second, from 1
 * @param burst bytes that may pass at once, 1 to 4,294,967,295. Segments that are carried as one and are larger are
 *     taken apart
 * @param limit bytes that wait; what does not fit is dropped
 */
public record TokenBucket(long rate, long burst, long limit) {
    /** The largest burst and limit: the kernel keeps 32 bits. */
    public static final long MAX_BYTES = 0xffffffffL;

    /** The kernel keeps a burst as time, in steps of 64 ns and with a rounded rate. */
    private static final long TOLERANCE = 200;

    public TokenBucket {
        if (rate < 1 || burst < 1 || burst > MAX_BYTES || limit < 1 || limit > MAX_BYTES) {
            throw new IllegalArgumentException("no token bucket: " + rate + ", " + burst + ", " + limit);
        }
    }

    /** Whether a bucket that the kernel has is this one, as far as the kernel remembers. */
    public boolean isSame(TokenBucket kernel) {
        long step = rate * 64 / 1_000_000_000 + 1;
        return rate == kernel.rate
                && limit == kernel.limit
                && Math.abs(burst - kernel.burst) <= burst / TOLERANCE + step;
    }
}
