package io.weft.domain.ipam;

import io.weft.model.IpAddress;
import io.weft.model.IpRange;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The addresses of one subnet that are in use, as far as this process knows, and those that its own transactions are
 * about to take. A hint only: an address belongs to who creates its key.
 *
 * <p>IPv4 addresses are kept as bits, so that a free one is found quickly in a nearly full pool; IPv6 pools are too large
 * to fill. Guarded by its own monitor, which is never held while waiting.
 */
public final class SubnetAddresses {
    private static final int PROBES = 8;
    private static final int WORD = 64;
    private static final int CHUNK = 1024;
    private static final long MIN_WINDOW = 1 << 16;

    // By address / CHUNK.
    private final Map<Integer, long[]> ipv4 = new HashMap<>();
    private final Set<IpAddress> ipv6 = new HashSet<>();
    private final Set<IpAddress> claimed = new HashSet<>();
    private int used;

    /** The address is in use from now on. */
    public synchronized void add(IpAddress address) {
        if (isUsed(address)) {
            return;
        }
        used++;
        if (address.isIpv4()) {
            long[] bits = ipv4.computeIfAbsent(chunk(address.low()), c -> new long[CHUNK / WORD]);
            bits[word(address.low())] |= 1L << (address.low() % WORD);
        } else {
            ipv6.add(address);
        }
    }

    /** The address is free from now on. */
    public synchronized void remove(IpAddress address) {
        if (!isUsed(address)) {
            return;
        }
        used--;
        if (address.isIpv4()) {
            int chunk = chunk(address.low());
            long[] bits = ipv4.getOrDefault(chunk, new long[CHUNK / WORD]);
            bits[word(address.low())] &= ~(1L << (address.low() % WORD));
            if (isEmpty(bits)) {
                ipv4.remove(chunk);
            }
        } else {
            ipv6.remove(address);
        }
    }

    public synchronized boolean isUsed(IpAddress address) {
        if (!address.isIpv4()) {
            return ipv6.contains(address);
        }
        long[] bits = ipv4.get(chunk(address.low()));
        return bits != null && (bits[word(address.low())] & 1L << (address.low() % WORD)) != 0;
    }

    /** Marks an address for a transaction of this process; false when it is in use or marked already. */
    public synchronized boolean claim(IpAddress address) {
        return !isUsed(address) && claimed.add(address);
    }

    /** Takes the mark away. */
    public synchronized void release(IpAddress address) {
        claimed.remove(address);
    }

    /** Marks a free address of the pools, chosen evenly so that other processes seldom choose the same; empty when full. */
    public synchronized Optional<IpAddress> claimFree(List<IpRange> pools, RandomGenerator random) {
        long size = 0;
        for (IpRange pool : pools) {
            size = saturatedAdd(size, size(pool));
        }
        if (size == 0) {
            return Optional.empty();
        }
        // Low addresses are easier on people; the window grows with what is in use.
        long window = Math.min(size, Math.max(MIN_WINDOW, 8L * used));
        for (int probe = 0; probe < PROBES; probe++) {
            IpAddress address = at(pools, random.nextLong(window));
            if (claim(address)) {
                return Optional.of(address);
            }
        }
        return scan(pools, size, random.nextLong(window));
    }

    /** Whether the pools have an address that is neither in use nor marked. */
    public synchronized boolean hasFree(List<IpRange> pools) {
        long size = 0;
        for (IpRange pool : pools) {
            size = saturatedAdd(size, size(pool));
        }
        if (size > (long) used + claimed.size()) {
            return true;
        }
        Optional<IpAddress> found = size == 0 ? Optional.empty() : scan(pools, size, 0);
        found.ifPresent(claimed::remove);
        return found.isPresent();
    }

    private Optional<IpAddress> scan(List<IpRange> pools, long size, long start) {
        long offset = start;
        long seen = 0;
        while (seen < size) {
            IpAddress address = at(pools, offset);
            if (claim(address)) {
                return Optional.of(address);
            }
            long step = Math.min(fullWordAhead(pools, address, offset), size - seen);
            seen += step;
            offset = (offset + step) % size;
        }
        return Optional.empty();
    }

    /** How far to step: over the rest of a word of 64 addresses when all of it is in use, else by one. */
    private long fullWordAhead(List<IpRange> pools, IpAddress address, long offset) {
        if (!address.isIpv4()) {
            return 1;
        }
        long[] bits = ipv4.get(chunk(address.low()));
        if (bits == null) {
            return 1;
        }
        long ahead = bits[word(address.low())] >>> (address.low() % WORD);
        long run = Math.max(1, Math.min(Long.numberOfTrailingZeros(~ahead), WORD - address.low() % WORD));
        IpRange pool = pools.get(poolAt(pools, offset));
        return Math.min(run, pool.last().low() - address.low() + 1);
    }

    private static int poolAt(List<IpRange> pools, long offset) {
        long left = offset;
        int index = 0;
        while (left >= size(pools.get(index))) {
            left -= size(pools.get(index++));
        }
        return index;
    }

    private static IpAddress at(List<IpRange> pools, long offset) {
        long left = offset;
        for (IpRange pool : pools) {
            long size = size(pool);
            if (left < size) {
                return pool.first().plus(left);
            }
            left -= size;
        }
        throw new IllegalArgumentException("the pools end before " + offset);
    }

    /** The number of addresses, at most {@link Long#MAX_VALUE}. */
    private static long size(IpRange pool) {
        long high = pool.last().high() - pool.first().high();
        long low = pool.last().low() - pool.first().low();
        boolean borrow = Long.compareUnsigned(pool.last().low(), pool.first().low()) < 0;
        boolean small = (high == 0 && !borrow) || (high == 1 && borrow);
        return small && low >= 0 && low < Long.MAX_VALUE ? low + 1 : Long.MAX_VALUE;
    }

    private static long saturatedAdd(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static int chunk(long address) {
        return (int) (address / CHUNK);
    }

    private static int word(long address) {
        return (int) (address % CHUNK / WORD);
    }

    private static boolean isEmpty(long[] bits) {
        for (long word : bits) {
            if (word != 0) {
                return false;
            }
        }
        return true;
    }
}
