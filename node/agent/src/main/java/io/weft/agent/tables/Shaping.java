package io.weft.agent.tables;

import io.weft.kernel.netlink.TokenBucket;
import io.weft.protocol.AddressQos;
import io.weft.protocol.PortQos;
import java.util.Optional;

/**
 * What is held back at the device of a workload, or for an address outside.
 *
 * @param sends how fast it may send
 * @param receives how fast it may receive
 */
public record Shaping(Optional<TokenBucket> sends, Optional<TokenBucket> receives) {
    /** Nothing is held back. */
    public static final Shaping NONE = new Shaping(Optional.empty(), Optional.empty());

    /** {@code SUBPORT_RECEIVES}: neither an ifindex nor a port's number has this bit. */
    private static final int RECEIVING = 1 << 29;

    static final long BYTES_OF_KILOBIT = 125;

    /** A burst holds a frame of any size that Ethernet has, and what comes due between two looks at the clock. */
    private static final long LEAST_BURST = 10_000;

    private static final long LOOKS_A_SECOND = 500;

    /** What waits at most: a twentieth of a second, but no less than the largest packet that guests make. */
    private static final long WAITS = 20;

    private static final long LEAST_LIMIT = 100_000;

    /**
     * The key under which stands what a subport receives. It shares its device with others, so that it is held back by a pair
     * of devices too, as what it sends.
     *
     * @param place the subport's
     */
    public static int ofReceiving(int place) {
        return place | RECEIVING;
    }

    /** What goes through a pair of devices at this pace. */
    static Shaping sending(TokenBucket bucket) {
        return new Shaping(Optional.of(bucket), Optional.empty());
    }

    /** What a port's limits ask for. */
    static Shaping of(PortQos qos) {
        return new Shaping(bucket(qos.egress()), bucket(qos.ingress()));
    }

    /** What the limits of an address outside ask for. */
    static Shaping of(AddressQos qos) {
        return new Shaping(bucket(qos.egress()), bucket(qos.ingress()));
    }

    private static Optional<TokenBucket> bucket(PortQos.Limits limits) {
        if (limits.kilobits() == 0) {
            return Optional.empty();
        }
        long rate = limits.kilobits() * BYTES_OF_KILOBIT;
        long burst = Math.max(limits.burstBits() / 8, leastBurst(rate));
        long limit = limit(rate);
        return Optional.of(
                new TokenBucket(rate, Math.min(burst, TokenBucket.MAX_BYTES), Math.min(limit, TokenBucket.MAX_BYTES)));
    }

    /** What may pass at once at least, at so many bytes a second. */
    public static long leastBurst(long rate) {
        return Math.max(LEAST_BURST, rate / LOOKS_A_SECOND);
    }

    /** What waits at most, at so many bytes a second. */
    public static long limit(long rate) {
        return Math.max(rate / WAITS, LEAST_LIMIT);
    }
}
