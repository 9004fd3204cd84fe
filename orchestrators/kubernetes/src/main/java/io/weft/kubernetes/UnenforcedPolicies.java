package io.weft.kubernetes;

import io.fabric8.kubernetes.api.model.APIGroup;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GroupVersionForDiscovery;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Policies of the cluster's administrator (https://network-policy-api.sigs.k8s.io/), which deny and have an order: nothing
 * translates them into groups of tiers yet. Each is told, in an event, that it is not enforced. Kinds that the API server does not have when
 * the controller begins to lead are not looked for again.
 */
final class UnenforcedPolicies implements AutoCloseable {
    private static final String GROUP = "policy.networking.k8s.io";
    private static final Set<String> KINDS =
            Set.of("ClusterNetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy");

    private final KubernetesClient client;
    private final Complaints complaints;
    private final List<SharedIndexInformer<GenericKubernetesResource>> informers = new ArrayList<>();

    UnenforcedPolicies(KubernetesClient client, Complaints complaints) {
        this.client = client;
        this.complaints = complaints;
    }

    /** Begins to look, once. */
    synchronized void start() {
        if (!informers.isEmpty()) {
            return;
        }
        versions()
                .forEach(version -> Optional.ofNullable(client.getApiResources(version))
                        .map(APIResourceList::getResources)
                        .orElse(List.of())
                        .stream()
                        .filter(resource -> KINDS.contains(resource.getKind()))
                        .filter(resource -> !resource.getName().contains("/"))
                        .forEach(resource -> follow(version.substring(version.indexOf('/') + 1), resource)));
    }

    private Stream<String> versions() {
        return Optional.ofNullable(client.getApiGroup(GROUP)).map(APIGroup::getVersions).orElse(List.of()).stream()
                .map(GroupVersionForDiscovery::getGroupVersion);
    }

    private void follow(String version, APIResource resource) {
        ResourceDefinitionContext context = new ResourceDefinitionContext.Builder()
                .withGroup(GROUP)
                .withVersion(version)
                .withKind(resource.getKind())
                .withPlural(resource.getName())
                .withNamespaced(Boolean.TRUE.equals(resource.getNamespaced()))
                .build();
        SharedIndexInformer<GenericKubernetesResource> informer =
                client.genericKubernetesResources(context).runnableInformer(0);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(GenericKubernetesResource policy) {
                complaints.about(
                        Complaints.of(policy),
                        "NotEnforced",
                        policy.getKind() + " is not enforced: it has no effect on any pod");
            }

            @Override
            public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
                // Said already.
            }

            @Override
            public void onDelete(GenericKubernetesResource policy, boolean unknownState) {
                complaints.settled(Complaints.of(policy));
            }
        });
        informer.exceptionHandler((_, _) -> true);
        var _ = informer.start();
        informers.add(informer);
    }

    @Override
    public synchronized void close() {
        informers.forEach(SharedIndexInformer::close);
    }
}
