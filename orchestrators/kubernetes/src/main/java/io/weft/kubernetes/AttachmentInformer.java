package io.weft.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Follows NetworkAttachmentDefinitions, a kind that a cluster may have or not have: they are read as long as the API server
 * has the kind's own definition. Any number of threads.
 */
final class AttachmentInformer implements AutoCloseable {
    /** The name of the kind's own definition. */
    private static final String KIND = "network-attachment-definitions.k8s.cni.cncf.io";

    private static final ResourceDefinitionContext CONTEXT = new ResourceDefinitionContext.Builder()
            .withGroup("k8s.cni.cncf.io")
            .withVersion("v1")
            .withKind("NetworkAttachmentDefinition")
            .withPlural("network-attachment-definitions")
            .withNamespaced(true)
            .build();

    private final KubernetesClient client;
    private final Consumer<Change> listener;
    private final SharedIndexInformer<CustomResourceDefinition> kinds;
    private Optional<SharedIndexInformer<GenericKubernetesResource>> definitions = Optional.empty();
    private CompletableFuture<Void> read = CompletableFuture.completedFuture(null);

    /** @param listener hears of changes; must not wait */
    AttachmentInformer(KubernetesClient client, Consumer<Change> listener) {
        this.client = client;
        this.listener = listener;
        this.kinds = client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(KIND)
                .runnableInformer(0);
        Informers.hear(Change.Kind.ATTACHMENT_KIND, kinds, _ -> {
            var _ = follow();
        });
    }

    /** Begins to follow. What this answers is complete when everything was read once. */
    CompletableFuture<?> start() {
        return kinds.start().thenCompose(_ -> follow()).toCompletableFuture();
    }

    /** The kind is there, or is not; complete when all of it was read. */
    private CompletableFuture<Void> follow() {
        CompletableFuture<Void> read = begin();
        listener.accept(new Change(Change.Kind.ATTACHMENT_KIND, KIND));
        return read;
    }

    private synchronized CompletableFuture<Void> begin() {
        boolean there = kinds.getStore().list().stream().anyMatch(AttachmentInformer::isEstablished);
        if (there && definitions.isEmpty()) {
            SharedIndexInformer<GenericKubernetesResource> informer =
                    client.genericKubernetesResources(CONTEXT).inAnyNamespace().runnableInformer(0);
            Informers.hear(Change.Kind.ATTACHMENT, informer, listener);
            definitions = Optional.of(informer);
            read = informer.start().toCompletableFuture();
        } else if (!there) {
            definitions.ifPresent(SharedIndexInformer::close);
            definitions = Optional.empty();
            read = CompletableFuture.completedFuture(null);
        }
        return read;
    }

    private static boolean isEstablished(CustomResourceDefinition kind) {
        return Optional.ofNullable(kind.getStatus()).map(CustomResourceDefinitionStatus::getConditions).stream()
                .flatMap(Collection::stream)
                .anyMatch(
                        condition -> "Established".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    /** Whether the cluster has the kind. */
    synchronized boolean offered() {
        return definitions.isPresent();
    }

    /** What the object with this key is now. */
    synchronized Optional<GenericKubernetesResource> definition(String key) {
        return definitions.map(informer -> informer.getStore().getByKey(key));
    }

    /** One change for the kind and one for each object that is there. */
    synchronized List<Change> everything() {
        return Stream.concat(
                        Stream.of(new Change(Change.Kind.ATTACHMENT_KIND, KIND)),
                        definitions.stream()
                                .flatMap(informer -> informer.getStore().listKeys().stream())
                                .map(key -> new Change(Change.Kind.ATTACHMENT, key)))
                .toList();
    }

    @Override
    public synchronized void close() {
        kinds.close();
        definitions.ifPresent(SharedIndexInformer::close);
    }
}
