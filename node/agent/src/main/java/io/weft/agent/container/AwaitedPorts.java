package io.weft.agent.container;

import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Port;
import io.weft.client.Query;
import io.weft.client.SandboxTags;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Waits for ports to be there and to forward. A tenant can only ask, so one question is about all ports that are awaited by
 * their ids, and one about all that are by their tags; nothing is asked while none is awaited.
 */
final class AwaitedPorts {
    private static final long SHORTEST_PAUSE = 50;
    private static final long LONGEST_PAUSE = 1000;
    /** As many ids or tags as a request line holds. */
    private static final int MOST = 50;

    private final NeutronClient api;
    private final Set<Wait<?>> awaited = ConcurrentHashMap.newKeySet();
    private boolean asking;
    private volatile long pause;

    AwaitedPorts(NeutronClient api) {
        this.api = api;
    }

    /** By what ports are asked for. */
    private enum By {
        ID("id") {
            @Override
            Optional<String> value(Port port) {
                return Optional.of(port.id().toString());
            }
        },
        SANDBOX("tags-any") {
            @Override
            Optional<String> value(Port port) {
                return SandboxTags.sandbox(port).map(SandboxTags::tag);
            }
        };

        private final String parameter;

        By(String parameter) {
            this.parameter = parameter;
        }

        /** What a question for this port asks for. */
        abstract Optional<String> value(Port port);
    }

    /** @param result of the ports with the value; empty waits on */
    private record Wait<T>(By by, String value, Function<List<Port>, Optional<T>> result, CompletableFuture<T> done) {
        void tell(List<Port> ports) {
            try {
                result.apply(ports.stream()
                                .filter(port -> by.value(port).equals(Optional.of(value)))
                                .toList())
                        .ifPresent(done::complete);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        }
    }

    /** Completes with a port when it is {@code ACTIVE} or {@code ERROR}; a waiter that gives up cancels it. */
    CompletableFuture<Port> active(UUID port) {
        return await(
                By.ID,
                port.toString(),
                ports -> ports.stream()
                        .filter(each ->
                                each.status().equals("ACTIVE") || each.status().equals("ERROR"))
                        .findFirst());
    }

    /**
     * Completes when ports that were prepared for a sandbox are what was waited for.
     *
     * @param result what they are then; empty waits on
     */
    <T> CompletableFuture<T> prepared(String sandbox, Function<List<Port>, Optional<T>> result) {
        return await(By.SANDBOX, SandboxTags.tag(sandbox), result);
    }

    private <T> CompletableFuture<T> await(By by, String value, Function<List<Port>, Optional<T>> result) {
        Wait<T> wait = new Wait<>(by, value, result, new CompletableFuture<>());
        awaited.add(wait);
        var _ = wait.done().whenComplete((_, _) -> awaited.remove(wait));
        pause = SHORTEST_PAUSE;
        begin();
        return wait.done();
    }

    private synchronized void begin() {
        if (!asking) {
            asking = true;
            Thread.ofVirtual().name("awaited-ports").start(this::ask);
        }
    }

    private synchronized boolean hasEnded() {
        asking = !awaited.isEmpty();
        return !asking;
    }

    private void ask() {
        try {
            while (!hasEnded()) {
                for (By by : By.values()) {
                    List<Wait<?>> waits = new ArrayList<>();
                    awaited.stream().filter(wait -> wait.by() == by).forEach(waits::add);
                    for (int from = 0; from < waits.size(); from += MOST) {
                        ask(by, waits.subList(from, Math.min(waits.size(), from + MOST)));
                    }
                }
                Thread.sleep(pause);
                pause = Math.min(LONGEST_PAUSE, pause * 3 / 2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(By by, List<Wait<?>> waits) {
        Query query = Query.ALL;
        for (Wait<?> wait : waits) {
            query = query.and(by.parameter, wait.value());
        }
        try {
            List<Port> ports = api.ports().list(query);
            waits.forEach(wait -> wait.tell(ports));
        } catch (NeutronException e) {
            if (!e.temporary()) {
                waits.forEach(wait -> wait.done().completeExceptionally(CniException.of(e)));
            }
        }
    }
}
