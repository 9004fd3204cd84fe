package io.weft.agent.container;

import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Releases the ports of containers that are gone, on a thread of its own, and tries again until it is done: with the server
 * away it goes on when it is back, after a restart of the agent too. The first time that the API answers, ports that this
 * node made and no attachment has are deleted.
 */
final class Releases implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Releases.class.getName());
    private static final long SHORTEST_PAUSE = 250;
    private static final long LONGEST_WAIT = 1000;
    private static final long LONGEST_PAUSE = 30_000;

    private final Attachments attachments;
    private final PortSource source;
    private final Turns turns;
    private final Semaphore signal = new Semaphore(0);
    private final Thread thread;
    private final Map<AttachmentKey, CompletableFuture<Boolean>> awaited = new ConcurrentHashMap<>();
    private volatile boolean failing;
    private boolean swept;

    Releases(Attachments attachments, PortSource source, Turns turns) {
        this.attachments = attachments;
        this.source = source;
        this.turns = turns;
        this.thread = Thread.ofVirtual().name("releases").start(this::run);
    }

    /** There is something to release, or a better chance that it can be. */
    void wake() {
        signal.release();
    }

    /** Waits a little until a port is released, so that its address is free when the runtime goes on; not while that fails. */
    void await(AttachmentKey key) {
        CompletableFuture<Boolean> done = awaited.computeIfAbsent(key, k -> new CompletableFuture<>());
        try {
            if (!failing && attachments.find(key).map(Attachment::gone).orElse(false)) {
                wake();
                done.get(LONGEST_WAIT, TimeUnit.MILLISECONDS);
            }
        } catch (TimeoutException e) {
            LOGGER.log(Level.DEBUG, "a port is released later", Map.entry("container", key.container()));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            awaited.remove(key, done);
        }
    }

    private void run() {
        long pause = SHORTEST_PAUSE;
        boolean told = false;
        try {
            while (true) {
                try {
                    releaseAll();
                    pause = SHORTEST_PAUSE;
                    told = false;
                    failing = false;
                    signal.acquire();
                } catch (RuntimeException e) {
                    failing = true;
                    if (!told) {
                        LOGGER.log(
                                Level.WARNING,
                                "ports of containers that are gone wait to be released",
                                Map.entry("reason", String.valueOf(e.getMessage())));
                        told = true;
                    }
                    if (signal.tryAcquire(pause, TimeUnit.MILLISECONDS)) {
                        // Several came at once: one look at all of them is enough.
                        pause = SHORTEST_PAUSE;
                    } else {
                        pause = Math.min(LONGEST_PAUSE, pause * 2);
                    }
                }
                signal.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void releaseAll() throws InterruptedException {
        Optional<RuntimeException> failure = Optional.empty();
        for (Attachment each : attachments.all()) {
            if (each.gone()) {
                try {
                    turns.in(each.key(), () -> release(each.key()));
                } catch (RuntimeException e) {
                    failure = Optional.of(e);
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        if (!swept && source instanceof ApiPorts api) {
            sweep(api);
        }
        swept = true;
    }

    private boolean release(AttachmentKey key) {
        Optional<Attachment> now = attachments.find(key).filter(Attachment::gone);
        now.ifPresent(attachment -> {
            source.release(attachment);
            attachments.forget(key);
            Optional.ofNullable(awaited.get(key)).ifPresent(waiting -> waiting.complete(true));
            LOGGER.log(
                    Level.INFO,
                    "port released",
                    Map.entry("container", key.container()),
                    Map.entry("interface", key.interfaceName()));
        });
        return now.isPresent();
    }

    private void sweep(ApiPorts api) {
        for (Map.Entry<UUID, String> port : api.all().entrySet()) {
            // A port is made after its attachment is known, so one that comes meanwhile is seen to have one.
            if (!attachments.hasDevice(port.getValue())) {
                api.delete(port.getKey());
                LOGGER.log(
                        Level.INFO,
                        "left-over port deleted",
                        Map.entry("port", port.getKey()),
                        Map.entry("device", port.getValue()));
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
