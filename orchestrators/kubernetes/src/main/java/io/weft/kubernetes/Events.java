package io.weft.kubernetes;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Complaints as events, which {@code kubectl describe} shows, and as lines of the log. Any number of threads. */
final class Events implements Complaints, AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Events.class.getName());
    private static final int LONGEST_MESSAGE = 1000;
    private static final int LONGEST_NAME = 200;

    private final KubernetesClient client;
    private final Map<ObjectReference, String> said = new ConcurrentHashMap<>();
    private final ExecutorService writer =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("events").factory());

    Events(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public void about(ObjectReference object, String reason, String message) {
        String text = message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE);
        if (text.equals(said.put(object, text))) {
            return;
        }
        LOGGER.log(
                Level.WARNING,
                "{0} {1}/{2}: {3}: {4}",
                object.getKind(),
                Optional.ofNullable(object.getNamespace()).orElse(""),
                object.getName(),
                reason,
                text);
        writer.execute(() -> write(object, reason, text));
    }

    @Override
    public void settled(ObjectReference object) {
        said.remove(object);
    }

    private void write(ObjectReference object, String reason, String message) {
        // Of what belongs to no namespace, events are in this one.
        String namespace = Optional.ofNullable(object.getNamespace()).orElse("default");
        String name = object.getName()
                .substring(0, Math.min(LONGEST_NAME, object.getName().length()));
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Event event = new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name + "." + UUID.randomUUID().toString().replace("-", ""))
                .endMetadata()
                .withInvolvedObject(object)
                .withType("Warning")
                .withReason(reason)
                .withMessage(message)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .withNewSource()
                .withComponent("weft")
                .endSource()
                .build();
        try {
            client.v1().events().inNamespace(namespace).resource(event).create();
        } catch (KubernetesClientException e) {
            LOGGER.log(Level.WARNING, "an event about {0} cannot be written: {1}", object.getName(), e.getMessage());
        }
    }

    @Override
    public void close() {
        writer.shutdownNow();
    }
}
