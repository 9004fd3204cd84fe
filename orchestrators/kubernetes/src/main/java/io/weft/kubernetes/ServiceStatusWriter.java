package io.weft.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.weft.kubernetes.neutron.NotYetException;
import io.weft.kubernetes.translate.Service;
import io.weft.model.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the status of Services by patches. Any number of threads. */
final class ServiceStatusWriter implements ServiceStatuses {
    /** A patch that replaces: merging is not the same to all servers where lists are concerned. */
    private static final PatchContext REPLACE = PatchContext.of(PatchType.JSON);

    private final KubernetesClient client;

    ServiceStatusWriter(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public void write(Service service, Optional<IpAddress> address) {
        List<Map<String, String>> ingress =
                address.stream().map(each -> Map.of("ip", each.toString())).toList();
        Map<String, ?> status =
                Map.of("op", "add", "path", "/status/loadBalancer", "value", Map.of("ingress", ingress));
        try {
            client.services()
                    .inNamespace(service.namespace())
                    .withName(service.name())
                    .subresource("status")
                    .patch(REPLACE, Serialization.asJson(List.of(status)));
        } catch (KubernetesClientException e) {
            throw new NotYetException("its status cannot be written: " + e.getMessage());
        }
    }
}
