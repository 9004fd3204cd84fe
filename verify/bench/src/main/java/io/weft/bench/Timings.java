package io.weft.bench;

import java.util.Arrays;
import java.util.Collection;

/** Times of one kind of operation, in nanoseconds. One thread adds. */
final class Timings {
    private long[] nanos = new long[1024];
    private int count;

    void add(long time) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = time;
    }

    int count() {
        return count;
    }

    /** All of them in one. */
    static Timings merge(Collection<Timings> parts) {
        Timings all = new Timings();
        all.nanos = parts.stream()
                .flatMapToLong(part -> Arrays.stream(part.nanos, 0, part.count))
                .toArray();
        all.count = all.nanos.length;
        return all;
    }

    /** The time in milliseconds below which this share of them lies; not a number when there are none. */
    double millis(double share) {
        if (count == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted[Math.min(count - 1, (int) (share * count))] / 1e6;
    }
}
