package io.weft.kubernetes;

import io.weft.client.NeutronException;
import io.weft.kubernetes.neutron.NotYetException;
import io.weft.kubernetes.translate.RefusedException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/** Does things side by side that wait for answers of the network service. Owned by one thread. */
final class Callers implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Callers.class.getName());
    private static final int AT_ONCE = 8;
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final ExecutorService executor = Executors.newFixedThreadPool(
            AT_ONCE, Thread.ofVirtual().name("neutron-", 0).factory());

    /**
     * Does something to each of these, and returns when all of it is done or has failed.
     *
     * @param item which one it is
     * @return why it failed, of those for which it did
     */
    <T, I> Map<I, RuntimeException> run(Collection<T> things, Function<T, I> item, Consumer<T> action)
            throws InterruptedException {
        Map<I, RuntimeException> failed = new ConcurrentHashMap<>();
        List<Future<?>> running = new ArrayList<>();
        for (T thing : things) {
            running.add(executor.submit(() -> {
                try {
                    action.accept(thing);
                } catch (NeutronException | NotYetException | RefusedException e) {
                    failed.put(item.apply(thing), e);
                }
            }));
        }
        for (Future<?> each : running) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return failed;
    }

    /** Does this again until the network service answers. */
    static void untilAnswered(Runnable action) throws InterruptedException {
        for (boolean first = true; ; first = false) {
            try {
                action.run();
                return;
            } catch (NeutronException e) {
                if (first) {
                    LOGGER.log(Level.WARNING, "waiting for the network service: {0}", e.getMessage());
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    /** What still goes on is given up. */
    void interrupt() {
        executor.shutdownNow();
    }

    @Override
    public void close() {
        executor.close();
    }
}
