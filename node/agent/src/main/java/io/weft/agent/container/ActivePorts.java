package io.weft.agent.container;

import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Port;
import io.weft.client.Query;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Waits for ports to forward. A tenant can only ask, so one question is about all ports that are awaited, and nothing is asked
 * while none is.
 */
final class ActivePorts {
    private static final long SHORTEST_PAUSE = 50;
    private static final long LONGEST_PAUSE = 1000;
    /** As many ids as a request line holds. */
    private static final int MOST = 100;

    private final NeutronClient api;
    private final Map<UUID, CompletableFuture<Port>> awaited = new ConcurrentHashMap<>();
    private boolean asking;
    private volatile long pause;

    ActivePorts(NeutronClient api) {
        this.api = api;
    }

    /** Completes with a port when it is {@code ACTIVE} or {@code ERROR}; a waiter that gives up cancels it. */
    CompletableFuture<Port> active(UUID port) {
        CompletableFuture<Port> done = awaited.computeIfAbsent(port, _ -> new CompletableFuture<>());
        var _ = done.whenComplete((_, _) -> awaited.remove(port, done));
        pause = SHORTEST_PAUSE;
        begin();
        return done;
    }

    private synchronized void begin() {
        if (!asking) {
            asking = true;
            Thread.ofVirtual().name("active-ports").start(this::ask);
        }
    }

    private synchronized boolean hasEnded() {
        asking = !awaited.isEmpty();
        return !asking;
    }

    private void ask() {
        try {
            while (!hasEnded()) {
                List<UUID> ports = List.copyOf(awaited.keySet());
                for (int from = 0; from < ports.size(); from += MOST) {
                    tell(ports.subList(from, Math.min(ports.size(), from + MOST)));
                }
                Thread.sleep(pause);
                pause = Math.min(LONGEST_PAUSE, pause * 3 / 2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<CompletableFuture<Port>> waiting(UUID port) {
        return Optional.ofNullable(awaited.get(port));
    }

    private void tell(List<UUID> ports) {
        Query query = Query.ALL;
        for (UUID port : ports) {
            query = query.and("id", port);
        }
        try {
            for (Port port : api.ports().list(query)) {
                if (port.status().equals("ACTIVE") || port.status().equals("ERROR")) {
                    waiting(port.id()).ifPresent(each -> each.complete(port));
                }
            }
        } catch (NeutronException e) {
            if (!e.temporary()) {
                ports.forEach(port -> waiting(port).ifPresent(each -> each.completeExceptionally(CniException.of(e))));
            }
        }
    }
}
