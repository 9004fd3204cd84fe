package io.weft.docker;

import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.docker.protocol.EngineContainer;
import io.weft.docker.protocol.ProtocolException;
import io.weft.docker.socket.EngineClient;
import io.weft.docker.translate.ContainerLabels;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts the labels of containers on their ports, as tags. No request to a driver says them, so the engine is asked each time that
 * it tells of a container that joined a network, and about all when it or this process comes back. One thread of its own.
 */
final class LabelKeeper implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(LabelKeeper.class.getName());

    /** What an engine is asked to tell of. */
    static final String EVENTS =
            "/events?filters=%7B%22type%22%3A%5B%22network%22%5D%2C%22event%22%3A%5B%22connect%22%5D%7D";

    /** How long an engine that does not answer is left alone. */
    private static final long PAUSE_NANOS = 1_000_000_000;

    private final NeutronClient neutron;
    private final String host;
    private final EngineClient engine;
    private final String driver;
    private final Thread thread;
    private boolean away;

    /** @param driver as which the engine knows us */
    LabelKeeper(NeutronClient neutron, String host, EngineClient engine, String driver) {
        this.neutron = neutron;
        this.host = host;
        this.engine = engine;
        this.driver = driver;
        this.thread = Thread.ofVirtual().name("docker-labels").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                engine.follow(
                        EVENTS,
                        this::all,
                        event -> guarded(
                                () -> EngineContainer.connected(event, driver).ifPresent(this::label)));
            } catch (IOException e) {
                if (!away) {
                    LOGGER.log(
                            Level.INFO,
                            "no docker engine answers",
                            Map.entry("reason", String.valueOf(e.getMessage())));
                }
                away = true;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void all() {
        away = false;
        guarded(() -> EngineContainer.ids(get("/containers/json")).forEach(id -> guarded(() -> label(id))));
    }

    private void label(String container) {
        EngineContainer found = EngineContainer.read(get("/containers/" + container + "/json"));
        for (String endpoint : found.endpoints()) {
            EndpointDriver.find(neutron, host, endpoint)
                    .ifPresent(port -> ContainerLabels.tags(found.labels()).stream()
                            .filter(tag -> !port.tags().contains(tag))
                            .forEach(tag -> neutron.ports().addTag(port.id(), tag)));
        }
    }

    private byte[] get(String path) {
        try {
            return engine.get(path);
        } catch (IOException e) {
            throw new ProtocolException(String.valueOf(e.getMessage()));
        }
    }

    private static void guarded(Runnable action) {
        try {
            action.run();
        } catch (ProtocolException | NeutronException e) {
            LOGGER.log(Level.WARNING, "a container's labels are not on its ports", e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
