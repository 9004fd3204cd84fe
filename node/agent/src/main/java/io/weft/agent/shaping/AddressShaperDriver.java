package io.weft.agent.shaping;

import io.weft.agent.drivers.Retry;
import io.weft.agent.tables.AddressShaper;
import io.weft.agent.tables.DesiredTable;
import io.weft.agent.tables.Shaping;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.TokenBucket;
import io.weft.kernel.netlink.TokenClass;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sees to it that what passes by addresses outside is held back as it should. The pair is there while an address of this node
 * is limited; what a former process made is kept as it is where it is right. The loop's thread owns it and calls the kernel:
 * classes change in some ten microseconds, and the pair comes and goes rarely.
 *
 * <p>A packet whose class is not there passes at once, so classes may come after the tables that lead to them and go before
 * them. The pair may not: it goes once {@link #released} says that no table leads there.
 */
public final class AddressShaperDriver {
    private static final System.Logger LOGGER = System.getLogger(AddressShaperDriver.class.getName());

    /** Addresses whose classes are changed in one slice of work. */
    private static final int SLICE = 64;

    private final AddressShapers shapers;
    private final DesiredTable<Integer, Shaping> desired;
    private final Set<Integer> pending = new LinkedHashSet<>();
    private final Retry retry = new Retry();
    private Optional<AddressShaper> pair = Optional.empty();
    private Map<Integer, TokenClass> sends = new HashMap<>();
    private Map<Integer, TokenClass> receives = new HashMap<>();
    private Optional<String> problem = Optional.empty();
    private boolean sweeping;
    private boolean stale = true;

    /**
     * @param shapers the kernel's part
     * @param desired what should be held back, by the number of limits
     */
    public AddressShaperDriver(AddressShapers shapers, DesiredTable<Integer, Shaping> desired) {
        this.shapers = shapers;
        this.desired = desired;
        desired.onChange(pending::add);
    }

    /** The pair that packets may be led to, once the programs run there. */
    public Optional<AddressShaper> present() {
        return pair;
    }

    /** Why it does not hold back what it should. */
    public Optional<String> problem() {
        return problem;
    }

    /** From now on what nobody wants is removed: it is known what should be there. */
    public void sweep() {
        sweeping = true;
        stale = true;
    }

    /** Looks anew at what the kernel has. */
    public void resync() {
        stale = true;
    }

    /** A device is gone; if it was of the pair, that is made anew. */
    public void gone(Link link) {
        if (pair.filter(p -> p.sends() == link.index() || p.receives() == link.index())
                .isPresent()) {
            stale = true;
        }
    }

    /** The tables lead no packet to a pair that nobody wants: it may go. */
    public void released() {
        if (sweeping && pair.isPresent() && desired.size() == 0) {
            shapers.remove();
            forget();
        }
    }

    private void forget() {
        pair = Optional.empty();
        sends.clear();
        receives.clear();
    }

    /** Does a slice of what is due; gives the nanoseconds until there is more, {@link Long#MAX_VALUE} for nothing. */
    public long work() {
        long now = System.nanoTime();
        if (!stale && pending.isEmpty()) {
            return Long.MAX_VALUE;
        }
        if (!retry.isDue(now)) {
            return retry.pause(now);
        }
        try {
            if (stale) {
                observe();
            }
            Iterator<Integer> numbers = pending.iterator();
            for (int done = 0; numbers.hasNext() && done < SLICE; done++) {
                establish(numbers.next());
                numbers.remove();
            }
            problem = Optional.empty();
            retry.succeeded();
            return pending.isEmpty() ? Long.MAX_VALUE : 0;
        } catch (RuntimeException e) {
            retry.failed(now);
            stale = true;
            Optional<String> text = Optional.of("limits of addresses: " + e.getMessage());
            if (!problem.equals(text)) {
                LOGGER.log(
                        Level.WARNING,
                        "limits of addresses cannot be enforced, trying on",
                        Map.entry("reason", String.valueOf(e.getMessage())));
            }
            problem = text;
            return retry.pause(now);
        }
    }

    private void observe() {
        forget();
        pair = shapers.find();
        if (pair.isPresent()) {
            sends = new HashMap<>(shapers.classes(pair.get().sends()));
            receives = new HashMap<>(shapers.classes(pair.get().receives()));
        }
        pending.addAll(desired.keys());
        pending.addAll(sends.keySet());
        pending.addAll(receives.keySet());
        stale = false;
    }

    private void establish(int number) {
        Optional<Shaping> wanted = desired.get(number);
        if (wanted.isEmpty() && !sweeping) {
            return;
        }
        if (pair.isEmpty()) {
            if (wanted.isEmpty()) {
                return;
            }
            pair = Optional.of(shapers.make());
        }
        Shaping shaping = wanted.orElse(Shaping.NONE);
        establish(pair.get().sends(), sends, number, shaping.sends());
        establish(pair.get().receives(), receives, number, shaping.receives());
    }

    private void establish(int end, Map<Integer, TokenClass> has, int number, Optional<TokenBucket> bucket) {
        Optional<TokenClass> wanted = bucket.map(AddressShapers::of);
        TokenClass present = has.get(number);
        if (wanted.isEmpty()) {
            if (present != null) {
                shapers.delete(end, number);
                has.remove(number);
            }
        } else if (present == null || !wanted.get().isSame(present)) {
            shapers.set(end, number, wanted.get());
            has.put(number, wanted.get());
        }
    }
}
