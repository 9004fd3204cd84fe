package io.weft.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.weft.kubernetes.translate.PolicyKind;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
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

    private static final ResourceDefinitionContext ATTACHMENTS = new ResourceDefinitionContext.Builder()
            .withGroup("k8s.cni.cncf.io")
            .withVersion("v1")
            .withKind("NetworkAttachmentDefinition")
            .withPlural("network-attachment-definitions")
            .withNamespaced(true)
            .build();
    static final Map<Change.Kind, PolicyKind> CLUSTER_POLICIES = Map.of(
            Change.Kind.CLUSTER_NETWORK_POLICY, PolicyKind.CLUSTER_NETWORK_POLICY,
            Change.Kind.ADMIN_NETWORK_POLICY, PolicyKind.ADMIN_NETWORK_POLICY,
            Change.Kind.BASELINE_ADMIN_NETWORK_POLICY, PolicyKind.BASELINE_ADMIN_NETWORK_POLICY);

    private final SharedIndexInformer<Node> nodes;
    private final SharedIndexInformer<Namespace> namespaces;
    private final SharedIndexInformer<NetworkPolicy> policies;
    private final SharedIndexInformer<Pod> pods;
    private final SharedIndexInformer<Service> services;
    private final SharedIndexInformer<EndpointSlice> slices;
    /** By the name of the kind's own definition. */
    private final Map<String, CustomInformer> customs = new LinkedHashMap<>();

    private final Map<Change.Kind, CustomInformer> byKind = new EnumMap<>(Change.Kind.class);
    private final Map<Change.Kind, SharedIndexInformer<?>> all = new EnumMap<>(Change.Kind.class);

    /** @param listener hears of changes; must not wait */
    Informers(KubernetesClient client, Consumer<Change> listener) {
        follow(client, ATTACHMENTS, Change.Kind.ATTACHMENT, listener);
        CLUSTER_POLICIES.forEach((change, kind) -> follow(client, context(kind), change, listener));
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

    private static ResourceDefinitionContext context(PolicyKind kind) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(kind.group())
                .withVersion(kind.version())
                .withKind(kind.text())
                .withPlural(kind.plural())
                .withNamespaced(false)
                .build();
    }

    private void follow(
            KubernetesClient client,
            ResourceDefinitionContext context,
            Change.Kind objects,
            Consumer<Change> listener) {
        CustomInformer informer = new CustomInformer(client, context, objects, listener);
        customs.put(informer.name(), informer);
        byKind.put(objects, informer);
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
                        customs.values().stream().map(CustomInformer::start))
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
        customs.values().stream()
                .flatMap(informer -> informer.everything().stream())
                .filter(change -> kinds.contains(change.kind()))
                .forEach(changes::add);
        return changes;
    }

    /** The kind that a cluster may not have, by the name of its definition. */
    CustomInformer custom(String definition) {
        return Optional.ofNullable(customs.get(definition)).orElseThrow();
    }

    /** The same, by changes of its objects. */
    CustomInformer custom(Change.Kind objects) {
        return Optional.ofNullable(byKind.get(objects)).orElseThrow();
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
        customs.values().forEach(CustomInformer::close);
        all.values().forEach(SharedIndexInformer::close);
    }
}
