package io.weft.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.weft.client.NeutronException;
import io.weft.kubernetes.neutron.NotYetException;
import io.weft.kubernetes.translate.ClusterNode;
import io.weft.kubernetes.translate.Pod;
import io.weft.kubernetes.translate.Policy;
import io.weft.kubernetes.translate.RefusedException;
import io.weft.kubernetes.translate.Service;
import org.jspecify.annotations.Nullable;

/** Tells whoever looks at an object what is wrong with it. The same is not said twice in a row. */
interface Complaints {
    /** @param reason in one word, as Kubernetes has it */
    void about(ObjectReference object, String reason, String message);

    /** Nothing is wrong with it any more. */
    void settled(ObjectReference object);

    static ObjectReference of(Pod pod) {
        return reference("v1", "Pod", pod.namespace(), pod.name(), pod.uid());
    }

    static ObjectReference of(ClusterNode node) {
        return reference("v1", "Node", null, node.name(), node.uid());
    }

    static ObjectReference of(Policy policy) {
        return reference(
                policy.kind().group() + "/" + policy.kind().version(),
                policy.kind().text(),
                policy.namespace().orElse(null),
                policy.name(),
                policy.uid());
    }

    static ObjectReference of(Service service) {
        return reference("v1", "Service", service.namespace(), service.name(), service.uid());
    }

    static ObjectReference of(HasMetadata object) {
        return reference(
                object.getApiVersion(),
                object.getKind(),
                object.getMetadata().getNamespace(),
                object.getMetadata().getName(),
                object.getMetadata().getUid());
    }

    private static ObjectReference reference(
            String version, String kind, @Nullable String namespace, String name, String uid) {
        return new ObjectReferenceBuilder()
                .withApiVersion(version)
                .withKind(kind)
                .withNamespace(namespace)
                .withName(name)
                .withUid(uid)
                .build();
    }

    /** In one word, why something was not done. */
    static String reason(RuntimeException failure) {
        return switch (failure) {
            case RefusedException _ -> "Refused";
            case NotYetException _ -> "NetworkNotReady";
            case NeutronException e when e.type().equals("OverQuota") -> "QuotaExceeded";
            case NeutronException e when e.temporary() -> "NetworkServiceUnavailable";
            default -> "NetworkServiceRefused";
        };
    }
}
