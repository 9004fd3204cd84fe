package io.weft.kubernetes.translate;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads EndpointSlices. */
public final class Slices {
    /** The label with the name of the Service that a slice is of. */
    private static final String SERVICE = "kubernetes.io/service-name";

    private Slices() {}

    /** The facts of a slice; empty when it is of no Service, or has names for addresses. */
    public static Optional<Slice> read(EndpointSlice slice) {
        String namespace = slice.getMetadata().getNamespace();
        Optional<IpFamily> family = switch (String.valueOf(slice.getAddressType())) {
            case "IPv4" -> Optional.of(IpFamily.IPV4);
            case "IPv6" -> Optional.of(IpFamily.IPV6);
            default -> Optional.empty();
        };
        Optional<String> service = Optional.ofNullable(slice.getMetadata().getLabels())
                .map(labels -> labels.get(SERVICE))
                .filter(name -> !name.isEmpty());
        if (family.isEmpty() || service.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Slice(
                namespace + "/" + slice.getMetadata().getName(),
                namespace + "/" + service.get(),
                family.get(),
                ports(slice),
                endpoints(slice, family.get())));
    }

    private static Map<NamedPort, Integer> ports(EndpointSlice slice) {
        Map<NamedPort, Integer> ports = new HashMap<>();
        Optional.ofNullable(slice.getPorts()).orElse(List.of()).stream()
                .filter(port -> port.getPort() != null && port.getPort() > 0 && port.getPort() <= 65_535)
                .forEach(port -> ports.putIfAbsent(
                        new NamedPort(
                                Optional.ofNullable(port.getName()).orElse(""),
                                Protocol.of(Optional.ofNullable(port.getProtocol()))),
                        port.getPort()));
        return ports;
    }

    /** Of several addresses, which all mean the same, the first is taken. One that is of no host is left out. */
    private static List<Slice.Endpoint> endpoints(EndpointSlice slice, IpFamily family) {
        List<Slice.Endpoint> endpoints = new ArrayList<>();
        Optional.ofNullable(slice.getEndpoints())
                .orElse(List.of())
                .forEach(endpoint -> Optional.ofNullable(endpoint.getAddresses()).orElse(List.of()).stream()
                        .findFirst()
                        .flatMap(Slices::address)
                        .filter(address -> address.family() == family && isOfHost(address))
                        .ifPresent(address -> endpoints.add(new Slice.Endpoint(
                                address,
                                state(Optional.ofNullable(endpoint.getConditions())),
                                Optional.ofNullable(endpoint.getNodeName())))));
        return endpoints;
    }

    private static Optional<IpAddress> address(String text) {
        try {
            return Optional.of(IpAddress.parse(text));
        } catch (InvalidException e) {
            return Optional.empty();
        }
    }

    private static boolean isOfHost(IpAddress address) {
        return !address.isMulticast() && !address.isUnspecified() && !address.isLoopback() && !address.isLinkLocal();
    }

    private static Slice.State state(Optional<EndpointConditions> conditions) {
        boolean ready = conditions.map(EndpointConditions::getReady).orElse(true);
        if (ready) {
            return Slice.State.READY;
        }
        boolean serving = conditions.map(EndpointConditions::getServing).orElse(false);
        boolean terminating = conditions.map(EndpointConditions::getTerminating).orElse(false);
        return serving && terminating ? Slice.State.ENDING : Slice.State.UNREADY;
    }
}
