package io.weft.agent;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The one thread that owns the node's state. Everything else gives it tasks; after those that are there it works for a slice on
 * what is left to do, so that a task never waits for more than a slice and the others before it. What has to be looked at anew
 * after any task is so looked at once for many.
 */
final class Loop implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Loop.class.getName());

    private record Timer(long at, long order, Runnable task) {}

    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>((a, b) -> a.at - b.at != 0 ? Long.signum(a.at - b.at) : Long.compare(a.order, b.order));
    private final Thread thread;
    private final LongSupplier work;
    private long timersMade;
    private volatile boolean stopping;

    /**
     * @param work does a slice of the work that is left, and gives the nanoseconds until there is more: 0 for at once,
     *     {@link Long#MAX_VALUE} for nothing
     */
    Loop(LongSupplier work) {
        this.work = work;
        this.thread = Thread.ofPlatform().name("tables").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Runs a task on the thread, after those that were submitted before. */
    void submit(Runnable task) {
        tasks.add(task);
    }

    /** Runs a task on the thread later; only the thread itself may ask. */
    void after(Duration delay, Runnable task) {
        timers.add(new Timer(System.nanoTime() + delay.toNanos(), timersMade++, task));
    }

    private void run() {
        long wait = 0;
        while (!stopping) {
            try {
                wait = turn(wait);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                // A fault of this program. The kernel forwards on; the next task may well succeed.
                LOGGER.log(Level.ERROR, "task failed", e);
                wait = Duration.ofSeconds(1).toNanos();
            }
        }
    }

    private long turn(long wait) throws InterruptedException {
        long now = System.nanoTime();
        Timer timer = timers.peek();
        if (timer != null && timer.at - now <= 0) {
            timers.remove(timer);
            timer.task.run();
        } else {
            long limit = timer == null ? wait : Math.min(wait, timer.at - now);
            Runnable task = limit == 0 ? tasks.poll() : tasks.poll(limit, TimeUnit.NANOSECONDS);
            for (int more = tasks.size(); task != null; more--) {
                task.run();
                task = more > 0 && !stopping ? tasks.poll() : null;
            }
        }
        return work.getAsLong();
    }

    /** Ends after the task under way; what is left is not done. */
    @Override
    public void close() {
        stopping = true;
        tasks.add(() -> {});
        boolean interrupted = false;
        while (thread.isAlive() && !Thread.currentThread().equals(thread)) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
