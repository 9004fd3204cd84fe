package io.weft.kubernetes.translate;

import java.util.List;

/**
 * What a Service shall have of the network.
 *
 * @param refused what it does not get, each for whoever wrote it
 */
public record ServiceSpec(Service service, List<BalancerSpec> balancers, List<String> refused) {
    public ServiceSpec {
        balancers = List.copyOf(balancers);
        refused = List.copyOf(refused);
    }
}
