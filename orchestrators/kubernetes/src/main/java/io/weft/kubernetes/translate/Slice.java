package io.weft.kubernetes.translate;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the network needs to know of an EndpointSlice.
 *
 * @param key {@code NAMESPACE/NAME}
 * @param service the Service's {@code NAMESPACE/NAME}
 * @param ports the numbers behind the Service's names of ports
 */
public record Slice(
        String key, String service, IpFamily family, Map<NamedPort, Integer> ports, List<Endpoint> endpoints) {
    public Slice {
        ports = Map.copyOf(ports);
        endpoints = List.copyOf(endpoints);
    }

    /**
     * One who may take calls.
     *
     * @param node where it runs
     */
    public record Endpoint(IpAddress address, State state, Optional<String> node) {}

    /** How an endpoint is; a later one is preferred to an earlier one of the same address. */
    public enum State {
        /** It takes no new calls. */
        UNREADY,
        /** It ends, and takes new calls where nobody else does (KEP-1669). */
        ENDING,
        /** It takes calls. */
        READY
    }
}
