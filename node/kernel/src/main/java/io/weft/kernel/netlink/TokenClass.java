package io.weft.kernel.netlink;

/**
 * What a class of a device's hierarchical token buckets may send (tc-htb(8)). Frames are counted with their Ethernet headers;
 * segments that the device carries as one count as they will be on the wire, and are not taken apart: they may overdraw a
 * bucket, for which those behind them wait.
 *
 * @param guaranteed bytes a second that it may always send, from 1
 * @param ceiling bytes a second that it never exceeds, from {@code guaranteed}
 * @param burst bytes that may pass at once, 1 to {@link TokenBucket#MAX_BYTES}
 * @param limit bytes that wait, 1 to {@link TokenBucket#MAX_BYTES}; what does not fit is dropped
 */
public record TokenClass(long guaranteed, long ceiling, long burst, long limit) {
    /** The kernel keeps a burst as time, in steps of 64 ns and with a rounded rate. */
    private static final long TOLERANCE = 200;

    public TokenClass {
        if (guaranteed < 1
                || ceiling < guaranteed
                || burst < 1
                || burst > TokenBucket.MAX_BYTES
                || limit < 1
                || limit > TokenBucket.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "no class: " + guaranteed + ", " + ceiling + ", " + burst + ", " + limit);
        }
    }

    /** Whether a class that the kernel has is this one, as far as the kernel tells: it does not tell the limit. */
    public boolean isSame(TokenClass kernel) {
        long step = ceiling * 64 / 1_000_000_000 + 1;
        return guaranteed == kernel.guaranteed
                && ceiling == kernel.ceiling
                && Math.abs(burst - kernel.burst) <= burst / TOLERANCE + step;
    }
}
