package io.weft.agent.drivers;

import io.weft.vrouter.Vrouter;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Sees to it that devices run the programs of this build: each is attached once in this process, which replaces what a
 * former process attached, and what should run none is let go.
 *
 * <p>The loop's thread owns the state. A thread of the driver's own calls the kernel, because a new attachment waits for
 * all processors to pass a quiet point (12 ms here) and the tables should not; what came of it returns to the loop.
 */
public final class DeviceDriver implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(DeviceDriver.class.getName());

    /** Results wait for each other at most so long, so that much work does not come with much talk about it. */
    private static final long GATHER = Duration.ofMillis(100).toNanos();

    /** What runs on a device. */
    public enum Role {
        WORKLOAD,
        UPLINK,
        TUNNEL,
        SERVICE,
        EXTERNAL,
        SHAPER
    }

    /** What is to be done with a device: attached for a role, or detached. */
    private record Job(int ifindex, Optional<Role> role) {}

    /** What came of it. */
    private record Result(Job job, Optional<RuntimeException> failure) {}

    private final Vrouter vrouter;
    private final Consumer<Runnable> loop;
    private final LinkedBlockingQueue<Job> jobs = new LinkedBlockingQueue<>();
    private final Thread worker;
    private final Map<Integer, Role> desired = new HashMap<>();
    private final Map<Integer, Role> actual = new HashMap<>();
    private final Set<Integer> inherited = new HashSet<>();
    /** As inherited, but also of devices that are wanted, until they are gone. */
    private final Set<Integer> former = new HashSet<>();

    private final Set<Integer> pending = new LinkedHashSet<>();
    private final Set<Integer> underWay = new HashSet<>();
    /** Under way for a device that is gone since: whatever comes of it is of no meaning. */
    private final Set<Integer> stale = new HashSet<>();

    private final Map<Integer, String> failures = new HashMap<>();
    private final Retry retry = new Retry();

    /**
     * @param vrouter attaches; from now on only this driver does so
     * @param loop runs a task on the thread that owns this driver
     */
    public DeviceDriver(Vrouter vrouter, Consumer<Runnable> loop) {
        this.vrouter = vrouter;
        this.loop = loop;
        inherited.addAll(vrouter.attached());
        former.addAll(inherited);
        worker = Thread.ofPlatform().name("devices").daemon().start(this::run);
    }

    /** A device should run the programs for this role. */
    public void want(int ifindex, Role role) {
        if (desired.put(ifindex, role) != role || actual.get(ifindex) != role) {
            pending.add(ifindex);
        }
    }

    /** A device should run nothing, or is gone. */
    public void drop(int ifindex) {
        if (desired.remove(ifindex) != null || actual.containsKey(ifindex)) {
            pending.add(ifindex);
        }
    }

    /** A device is gone, and with it what it ran; one with the same number starts from nothing. */
    public void gone(int ifindex) {
        if (underWay.contains(ifindex)) {
            stale.add(ifindex);
        }
        if (actual.remove(ifindex) != null || inherited.remove(ifindex)) {
            pending.add(ifindex);
        }
        former.remove(ifindex);
        desired.remove(ifindex);
    }

    /** Lets go of all devices that a former process attached and nobody wants. */
    public void sweep() {
        inherited.stream().filter(ifindex -> !desired.containsKey(ifindex)).forEach(pending::add);
        inherited.clear();
    }

    public boolean isClean() {
        return pending.isEmpty();
    }

    public boolean isAttached(int ifindex) {
        return actual.containsKey(ifindex);
    }

    /** Whether a device runs a program, be it one that a former process attached. */
    public boolean runs(int ifindex) {
        return actual.containsKey(ifindex) || former.contains(ifindex);
    }

    /** What went wrong with devices, by ifindex. */
    public Map<Integer, String> failures() {
        return Map.copyOf(failures);
    }

    /**
     * Begins all that is due; gives the nanoseconds until there is more, {@link Long#MAX_VALUE} for nothing but what is
     * under way.
     */
    public long work() {
        long now = System.nanoTime();
        if (underWay.containsAll(pending)) {
            return Long.MAX_VALUE;
        }
        if (!retry.isDue(now)) {
            return retry.pause(now);
        }
        for (int ifindex : pending) {
            if (underWay.add(ifindex)) {
                jobs.add(new Job(ifindex, Optional.ofNullable(desired.get(ifindex))));
            }
        }
        return Long.MAX_VALUE;
    }

    private void run() {
        List<Result> results = new ArrayList<>();
        try {
            long first = 0;
            while (true) {
                Job job = jobs.take();
                Result result = new Result(job, done(job));
                long now = System.nanoTime();
                first = results.isEmpty() ? now : first;
                results.add(result);
                if (jobs.isEmpty() || now - first >= GATHER) {
                    List<Result> told = List.copyOf(results);
                    loop.accept(() -> told.forEach(this::settle));
                    results.clear();
                }
            }
        } catch (InterruptedException e) {
            // Closed: what is not done is done by the next process.
            Thread.currentThread().interrupt();
        }
    }

    private Optional<RuntimeException> done(Job job) {
        try {
            job.role().ifPresentOrElse(role -> attach(job.ifindex(), role), () -> vrouter.detach(job.ifindex()));
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(e);
        }
    }

    private void attach(int ifindex, Role role) {
        switch (role) {
            case WORKLOAD -> vrouter.attachWorkload(ifindex);
            case UPLINK -> vrouter.attachUplink(ifindex);
            case TUNNEL -> vrouter.attachTunnelDevice(ifindex);
            case SERVICE -> vrouter.attachService(ifindex);
            case EXTERNAL -> vrouter.attachExternal(ifindex);
            case SHAPER -> vrouter.attachShaper(ifindex);
        }
    }

    private void settle(Result result) {
        int ifindex = result.job().ifindex();
        Optional<Role> role = result.job().role();
        Optional<Role> wanted = Optional.ofNullable(desired.get(ifindex));
        underWay.remove(ifindex);
        if (stale.remove(ifindex)) {
            return;
        }
        if (result.failure().isPresent()) {
            String text = String.valueOf(result.failure().get().getMessage());
            if (wanted.equals(role)) {
                retry.failed(System.nanoTime());
                if (failures.put(ifindex, text) == null) {
                    LOGGER.log(
                            Level.WARNING,
                            "device refused: " + ifindex,
                            result.failure().get());
                }
            }
            return;
        }
        retry.succeeded();
        failures.remove(ifindex);
        role.ifPresentOrElse(r -> actual.put(ifindex, r), () -> actual.remove(ifindex));
        // Otherwise the wish changed meanwhile: it is still pending.
        if (wanted.equals(role)) {
            pending.remove(ifindex);
        }
    }

    /** Ends after the call under way; what runs on devices runs on. */
    @Override
    public void close() {
        worker.interrupt();
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
