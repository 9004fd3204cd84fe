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
 * Follows the objects of a kind that a cluster may have or not have: they are read as long as the API server has the kind's own
 * definition, and serves them in the version that is known here. Any number of threads.
 */
final class CustomInformer implements AutoCloseable {
    private final KubernetesClient client;
    private final ResourceDefinitionContext context;
    private final Change.Kind kind;
    private final Consumer<Change> listener;
    private final SharedIndexInformer<CustomResourceDefinition> definitions;
    private Optional<SharedIndexInformer<GenericKubernetesResource>> objects = Optional.empty();
    private CompletableFuture<Void> read = CompletableFuture.completedFuture(null);

    /**
     * @param kind of changes of the objects
     * @param listener hears of changes; must not wait
     */
    CustomInformer(
            KubernetesClient client, ResourceDefinitionContext context, Change.Kind kind, Consumer<Change> listener) {
        this.client = client;
        this.context = context;
        this.kind = kind;
        this.listener = listener;
        this.definitions = client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(name())
                .runnableInformer(0);
        Informers.hear(Change.Kind.CUSTOM_KIND, definitions, _ -> {
            var _ = follow();
        });
    }

    /** The name of the kind's own definition. */
    String name() {
        return context.getPlural() + "." + context.getGroup();
    }

    /** Begins to follow. What this answers is complete when everything was read once. */
    CompletableFuture<?> start() {
        return definitions.start().thenCompose(_ -> follow()).toCompletableFuture();
    }

    /** The kind is there, or is not; complete when all of it was read. */
    private CompletableFuture<Void> follow() {
        List<Change> before = changes();
        CompletableFuture<Void> read = begin();
        listener.accept(kindChanged());
        if (!offered()) {
            before.forEach(listener);
        }
        return read;
    }

    private Change kindChanged() {
        return new Change(Change.Kind.CUSTOM_KIND, name());
    }

    private synchronized CompletableFuture<Void> begin() {
        boolean there = definitions.getStore().list().stream().anyMatch(each -> isEstablished(each) && isServed(each));
        if (there && objects.isEmpty()) {
            SharedIndexInformer<GenericKubernetesResource> informer = context.isNamespaceScoped()
                    ? client.genericKubernetesResources(context)
                            .inAnyNamespace()
                            .runnableInformer(0)
                    : client.genericKubernetesResources(context).runnableInformer(0);
            Informers.hear(kind, informer, listener);
            objects = Optional.of(informer);
            read = informer.start().toCompletableFuture();
        } else if (!there) {
            objects.ifPresent(SharedIndexInformer::close);
            objects = Optional.empty();
            read = CompletableFuture.completedFuture(null);
        }
        return read;
    }

    private static boolean isEstablished(CustomResourceDefinition definition) {
        return Optional.ofNullable(definition.getStatus()).map(CustomResourceDefinitionStatus::getConditions).stream()
                .flatMap(Collection::stream)
                .anyMatch(
                        condition -> "Established".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    private boolean isServed(CustomResourceDefinition definition) {
        return definition.getSpec().getVersions().stream()
                .anyMatch(version ->
                        context.getVersion().equals(version.getName()) && Boolean.TRUE.equals(version.getServed()));
    }

    /** Whether objects of the kind are read. */
    synchronized boolean offered() {
        return objects.isPresent();
    }

    /** The kind's own definition. */
    Optional<CustomResourceDefinition> definition() {
        return definitions.getStore().list().stream().findFirst();
    }

    /** Why objects of the kind are not read although the cluster has it. */
    Optional<String> fault() {
        return definition()
                .filter(each -> isEstablished(each) && !isServed(each))
                .map(_ -> "the version " + context.getVersion() + " is not served: none of these objects is read");
    }

    /** What the object with this key is now. */
    synchronized Optional<GenericKubernetesResource> object(String key) {
        return objects.map(informer -> informer.getStore().getByKey(key));
    }

    /** One change for the kind and one for each object that is there. */
    List<Change> everything() {
        return Stream.concat(Stream.of(kindChanged()), changes().stream()).toList();
    }

    private synchronized List<Change> changes() {
        return objects.stream()
                .flatMap(informer -> informer.getStore().listKeys().stream())
                .map(key -> new Change(kind, key))
                .toList();
    }

    @Override
    public synchronized void close() {
        definitions.close();
        objects.ifPresent(SharedIndexInformer::close);
    }
}
