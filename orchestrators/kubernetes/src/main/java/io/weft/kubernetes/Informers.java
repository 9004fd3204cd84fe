package io.weft.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the cluster has, followed by watches; read anew where a watch has a gap. Only keys are handed on, so a change that
 * came twice, late or in another order than it was made does no harm. Any number of threads.
 */
final class Informers implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Informers.class.getName());

    private final SharedIndexInformer<Node> nodes;
    private final SharedIndexInformer<Namespace> namespaces;
    private final SharedIndexInformer<NetworkPolicy> policies;
    private final SharedIndexInformer<Pod> pods;
    private final SharedIndexInformer<Service> services;
    private final SharedIndexInformer<EndpointSlice> slices;
    private final AttachmentInformer attachments;
    private final Map<Change.Kind, SharedIndexInformer<?>> all = new EnumMap<>(Change.Kind.class);

    /** @param listener hears of changes; must not wait */
    Informers(KubernetesClient client, Consumer<Change> listener) {
        attachments = new AttachmentInformer(client, listener);
        nodes = follow(Change.Kind.NODE, client.nodes().runnableInformer(0), listener);
        namespaces = follow(Change.Kind.NAMESPACE, client.namespaces().runnableInformer(0), listener);
        policies = follow(
                Change.Kind.POLICY,
                client.network().v1().networkPolicies().inAnyNamespace().runnableInformer(0),
                listener);
        pods = follow(Change.Kind.POD, client.pods().inAnyNamespace().runnableInformer(0), listener);
        services =
                follow(Change.Kind.SERVICE, client.services().inAnyNamespace().runnableInformer(0), listener);
        slices = follow(
                Change.Kind.SLICE,
                client.discovery().v1().endpointSlices().inAnyNamespace().runnableInformer(0),
                listener);
    }

    private <T extends HasMetadata> SharedIndexInformer<T> follow(
            Change.Kind kind, SharedIndexInformer<T> informer, Consumer<Change> listener) {
        hear(kind, informer, listener);
        all.put(kind, informer);
        return informer;
    }

    /** The listener shall hear of all changes of these objects, and a watch that fails begins again. */
    static <T extends HasMetadata> void hear(
            Change.Kind kind, SharedIndexInformer<T> informer, Consumer<Change> listener) {
        informer.exceptionHandler((_, failure) -> {
            LOGGER.log(Level.WARNING, "reading " + kind + " objects again: " + failure.getMessage());
            return true;
        });
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                listener.accept(new Change(kind, key(object)));
            }

            @Override
            public void onUpdate(T before, T after) {
                listener.accept(new Change(kind, key(after)));
            }

            @Override
            public void onDelete(T object, boolean unknownState) {
                listener.accept(new Change(kind, key(object)));
            }
        });
    }

    static String key(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        String name = object.getMetadata().getName();
        return namespace == null || namespace.isEmpty() ? name : namespace + "/" + name;
    }

    /** Begins to follow. What this answers is complete when everything was read once. */
    CompletableFuture<?> start() {
        return CompletableFuture.allOf(Stream.concat(
                        all.values().stream().map(informer -> informer.start().toCompletableFuture()),
                        Stream.of(attachments.start()))
                .toArray(CompletableFuture<?>[]::new));
    }

    /** One change for each object of these kinds that is there. */
    List<Change> everything(Set<Change.Kind> kinds) {
        List<Change> changes = new ArrayList<>();
        all.forEach((kind, informer) -> {
            if (kinds.contains(kind)) {
                informer.getStore().listKeys().forEach(key -> changes.add(new Change(kind, key)));
            }
        });
        attachments.everything().stream()
                .filter(change -> kinds.contains(change.kind()))
                .forEach(changes::add);
        return changes;
    }

    /** The kind that a cluster may not have. */
    AttachmentInformer attachments() {
        return attachments;
    }

    Optional<Node> node(String key) {
        return Optional.ofNullable(nodes.getStore().getByKey(key));
    }

    Optional<Namespace> namespace(String key) {
        return Optional.ofNullable(namespaces.getStore().getByKey(key));
    }

    Optional<NetworkPolicy> policy(String key) {
        return Optional.ofNullable(policies.getStore().getByKey(key));
    }

    Optional<Pod> pod(String key) {
        return Optional.ofNullable(pods.getStore().getByKey(key));
    }

    Optional<Service> service(String key) {
        return Optional.ofNullable(services.getStore().getByKey(key));
    }

    Optional<EndpointSlice> slice(String key) {
        return Optional.ofNullable(slices.getStore().getByKey(key));
    }

    @Override
    public void close() {
        attachments.close();
        all.values().forEach(SharedIndexInformer::close);
    }
}
