package io.weft.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.weft.kubernetes.desired.DesiredState;
import io.weft.kubernetes.translate.AttachmentDefinitions;
import io.weft.kubernetes.translate.ClusterPolicies;
import io.weft.kubernetes.translate.Nodes;
import io.weft.kubernetes.translate.Pods;
import io.weft.kubernetes.translate.Policies;
import io.weft.kubernetes.translate.Policy;
import io.weft.kubernetes.translate.PolicyKind;
import io.weft.kubernetes.translate.RefusedException;
import java.util.Optional;

/** Takes changes up: what is there now of an object becomes what shall be. Owned by the thread of its {@link Reconciler}. */
final class Intake {
    private final Informers informers;
    private final DesiredState desired;
    private final Complaints complaints;

    Intake(Informers informers, DesiredState desired, Complaints complaints) {
        this.informers = informers;
        this.desired = desired;
        this.complaints = complaints;
    }

    void take(Change change) {
        String key = change.key();
        switch (change.kind()) {
            case NODE ->
                informers.node(key).map(Nodes::read).ifPresentOrElse(desired::put, () -> desired.removeNode(key));
            case NAMESPACE ->
                informers
                        .namespace(key)
                        .map(Pods::read)
                        .ifPresentOrElse(desired::put, () -> desired.removeNamespace(key));
            case POLICY -> informers.policy(key).ifPresentOrElse(this::take, () -> desired.removePolicy(key));
            case CUSTOM_KIND -> takeKind(informers.custom(key));
            case CLUSTER_NETWORK_POLICY, ADMIN_NETWORK_POLICY, BASELINE_ADMIN_NETWORK_POLICY -> {
                PolicyKind kind = Optional.ofNullable(Informers.CLUSTER_POLICIES.get(change.kind()))
                        .orElseThrow();
                informers
                        .custom(change.kind())
                        .object(key)
                        .ifPresentOrElse(
                                policy -> take(kind, policy), () -> desired.removePolicy(Policy.key(kind, key)));
            }
            case ATTACHMENT ->
                informers
                        .custom(change.kind())
                        .object(key)
                        .ifPresentOrElse(this::take, () -> desired.removeAttachment(key));
            case POD -> informers.pod(key).map(Pods::read).ifPresentOrElse(desired::put, () -> desired.removePod(key));
            case SERVICE, SLICE -> throw new IllegalArgumentException(change + " is somebody else's");
        }
    }

    private void takeKind(CustomInformer kind) {
        if (kind == informers.custom(Change.Kind.ATTACHMENT)) {
            desired.offerAttachments(kind.offered());
        }
        kind.definition()
                .map(Complaints::of)
                .ifPresent(object -> kind.fault()
                        .ifPresentOrElse(
                                fault -> complaints.about(object, "NotEnforced", fault),
                                () -> complaints.settled(object)));
    }

    private void take(PolicyKind kind, GenericKubernetesResource written) {
        try {
            ClusterPolicies.Reading read = ClusterPolicies.read(kind, written);
            desired.put(read.policy());
            if (read.faults().isEmpty()) {
                complaints.settled(Complaints.of(read.policy()));
            } else {
                complaints.about(Complaints.of(read.policy()), "NotEnforced", String.join("; ", read.faults()));
            }
        } catch (RefusedException e) {
            desired.removePolicy(Policy.key(kind, written.getMetadata().getName()));
            complaints.about(Complaints.of(written), "Refused", e.getMessage() + "; the policy has no effect");
        }
    }

    private void take(GenericKubernetesResource definition) {
        try {
            desired.put(AttachmentDefinitions.read(definition));
            complaints.settled(Complaints.of(definition));
        } catch (RefusedException e) {
            desired.put(AttachmentDefinitions.unclear(definition));
            complaints.about(
                    Complaints.of(definition), Complaints.reason(e), e.getMessage() + "; new pods that name it wait");
        }
    }

    private void take(NetworkPolicy policy) {
        try {
            desired.put(Policies.read(policy));
            complaints.settled(Complaints.of(policy));
        } catch (RefusedException e) {
            desired.put(Policies.closed(policy));
            complaints.about(
                    Complaints.of(policy), "Refused", e.getMessage() + "; the pods that it selects are closed");
        }
    }
}
