package io.weft.agent.shaping;

import io.weft.agent.drivers.Retry;
import io.weft.agent.shaping.Shapers.Actual;
import io.weft.agent.shaping.Shapers.Pair;
import io.weft.agent.tables.DesiredTable;
import io.weft.agent.tables.Shaping;
import io.weft.kernel.netlink.Link;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Sees to it that devices hold back what they should. What a former process made is kept as it is where it is right, so
 * that nothing that waits is lost.
 *
 * <p>The loop's thread owns the state. A thread of the driver's own calls the kernel, because devices come and go slowly
 * (some ten milliseconds); what came of it returns to the loop. One call at a time.
 *
 * <p>A pair goes in two steps: first it is no longer among {@link #pairs}, so that the tables let go of it; it is
 * removed once {@link #released} says that they have.
 */
public final class ShaperDriver implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(ShaperDriver.class.getName());

    private final Shapers shapers;
    private final DesiredTable<Integer, Shaping> desired;
    private final Consumer<Runnable> loop;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("shapers").daemon().factory());
    private Map<Integer, Actual> actual;
    private final Set<Integer> pending = new LinkedHashSet<>();
    private final Set<Integer> retired = new HashSet<>();
    private final Map<Integer, String> failures = new HashMap<>();
    private final Retry retry = new Retry();
    private boolean busy;
    private boolean sweeping;
    private boolean stale;

    /**
     * @param shapers the kernel's part
     * @param desired what devices should hold back
     * @param loop runs a task on the thread that owns this driver
     */
    public ShaperDriver(Shapers shapers, DesiredTable<Integer, Shaping> desired, Consumer<Runnable> loop) {
        this.shapers = shapers;
        this.desired = desired;
        this.loop = loop;
        actual = new HashMap<>(shapers.all());
        desired.onChange(this::changed);
    }

    private void changed(int device) {
        pending.add(device);
        if (desired.find(device) != null) {
            retired.remove(device);
        }
    }

    private Shaping wanted(int device) {
        return desired.get(device).orElse(Shaping.NONE);
    }

    /** The pairs that packets may be led to, by the workload's device. */
    public Map<Integer, Pair> pairs() {
        Map<Integer, Pair> pairs = new HashMap<>();
        actual.forEach((device, has) -> {
            if (has.sends().isPresent() && wanted(device).sends().isPresent()) {
                has.pair().ifPresent(pair -> pairs.put(device, pair));
            }
        });
        return pairs;
    }

    /** The tables lead no packet to pairs other than {@link #pairs}: those may go. */
    public void released() {
        if (!sweeping) {
            return;
        }
        actual.forEach((device, has) -> {
            if (has.pair().isPresent() && wanted(device).sends().isEmpty() && retired.add(device)) {
                pending.add(device);
            }
        });
    }

    /** From now on what nobody wants is removed: it is known what should be there. */
    public void sweep() {
        sweeping = true;
        pending.addAll(actual.keySet());
    }

    /** A device is gone, and with it what it held back. */
    public void gone(Link link) {
        int index = link.index();
        boolean known = actual.containsKey(index)
                || actual.values().stream()
                        .anyMatch(has -> has.pair()
                                .filter(pair -> pair.first() == index || pair.second() == index)
                                .isPresent());
        if (known) {
            resync();
        }
    }

    /** Looks anew at what the kernel has. */
    public void resync() {
        stale = true;
    }

    public boolean isClean() {
        return pending.isEmpty() && !busy && !stale;
    }

    /** Whether a device holds back what it should, as far as is known. */
    public boolean isSettled(int device) {
        return !pending.contains(device)
                && actual.getOrDefault(device, Actual.NOTHING).is(wanted(device));
    }

    /** Why a device does not hold back what it should. */
    public Optional<String> failure(int device) {
        return Optional.ofNullable(failures.get(device));
    }

    /** What went wrong, by the workload's device. */
    public Map<Integer, String> failures() {
        return Map.copyOf(failures);
    }

    /** Begins what is due; gives the nanoseconds until there is more, {@link Long#MAX_VALUE} for nothing. */
    public long work() {
        long now = System.nanoTime();
        if (busy || pending.isEmpty() && !stale) {
            return Long.MAX_VALUE;
        }
        if (!retry.isDue(now)) {
            return retry.pause(now);
        }
        if (stale) {
            stale = false;
            begin(shapers::all, this::observed, _ -> stale = true);
            return Long.MAX_VALUE;
        }
        int device = pending.iterator().next();
        pending.remove(device);
        Shaping wish = wanted(device);
        Actual before = actual.getOrDefault(device, Actual.NOTHING);
        boolean keep = desired.find(device) != null || sweeping;
        if (retired.contains(device) && wish.sends().isEmpty()) {
            begin(
                    () -> shapers.dismantle(device, before),
                    after -> settled(device, after),
                    reason -> failed(device, reason));
        } else if (keep && !before.is(wish)) {
            begin(
                    () -> shapers.establish(device, wish, before),
                    after -> settled(device, after),
                    reason -> failed(device, reason));
        } else {
            failures.remove(device);
            return work();
        }
        return Long.MAX_VALUE;
    }

    private void observed(Map<Integer, Actual> found) {
        pending.addAll(actual.keySet());
        actual = new HashMap<>(found);
        pending.addAll(found.keySet());
        pending.addAll(desired.keys());
        retired.retainAll(found.keySet());
    }

    private void settled(int device, Actual after) {
        if (after.equals(Actual.NOTHING)) {
            actual.remove(device);
        } else {
            actual.put(device, after);
        }
        if (after.pair().isEmpty()) {
            retired.remove(device);
        }
        failures.remove(device);
        if (!after.is(wanted(device))) {
            pending.add(device);
        }
    }

    private void failed(int device, String reason) {
        pending.add(device);
        if (failures.put(device, reason) == null) {
            LOGGER.log(
                    Level.WARNING,
                    "limits cannot be enforced, trying on",
                    Map.entry("device", device),
                    Map.entry("reason", reason));
        }
        // Part of it may be done.
        stale = true;
    }

    private <T> void begin(Supplier<T> call, Consumer<T> done, Consumer<String> failure) {
        busy = true;
        try {
            worker.execute(() -> run(call, done, failure));
        } catch (RejectedExecutionException e) {
            busy = false; // Closed: what is not done is done by the next process.
        }
    }

    private <T> void run(Supplier<T> call, Consumer<T> done, Consumer<String> failure) {
        try {
            T result = call.get();
            loop.accept(() -> {
                busy = false;
                retry.succeeded();
                done.accept(result);
            });
        } catch (RuntimeException e) {
            loop.accept(() -> {
                busy = false;
                retry.failed(System.nanoTime());
                failure.accept(String.valueOf(e.getMessage()));
            });
        }
    }

    /** Ends after the call under way; what is held back stays so. */
    @Override
    public void close() {
        worker.close();
    }
}
