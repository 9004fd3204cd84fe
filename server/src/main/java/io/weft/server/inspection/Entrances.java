package io.weft.server.inspection;

import io.weft.model.FixedIp;
import io.weft.model.FloatingIp;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.Node;
import io.weft.model.Router;
import io.weft.model.World;
import io.weft.rest.Caller;
import io.weft.rest.RestError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Which nodes may answer for an address of an external network. */
final class Entrances {
    private Entrances() {}

    /** The words as nodes know them. */
    static Map<String, String> words(Map<String, String> words) {
        Map<String, String> asked = new HashMap<>(words);
        asked.keySet().remove(Traces.FROM_EXTERNAL);
        asked.put("network_id", words.getOrDefault(Traces.FROM_EXTERNAL, ""));
        return asked;
    }

    /**
     * The nodes to ask, the likeliest first: that of the port which a floating address stands for, then the router's gateway
     * nodes.
     *
     * @throws io.weft.rest.ApiException when the address is nobody's, or not one of the caller's
     */
    static List<String> hosts(World world, Caller caller, Map<String, String> words) {
        UUID network = network(words.getOrDefault(Traces.FROM_EXTERNAL, ""));
        IpAddress address = address(words.getOrDefault("next_hop", words.getOrDefault("destination", "")));
        Optional<FloatingIp> floating = world.floatingIps().stream()
                .filter(ip -> ip.networkId().equals(network) && ip.address().equals(address))
                .filter(ip -> caller.owns(ip.meta().project()))
                .findFirst();
        Optional<Router> router = floating.isPresent()
                ? floating.get().routerId().flatMap(world::router)
                : world.routersOut(network).stream()
                        .filter(out -> caller.owns(out.meta().project()))
                        .filter(out -> hasOutside(world, out, address))
                        .findFirst();
        if (floating.isEmpty() && router.isEmpty()) {
            throw RestError.NOT_FOUND.with("No floating IP or router has the address " + address + " there.");
        }
        Set<String> hosts = new LinkedHashSet<>();
        floating.flatMap(FloatingIp::fixed)
                .flatMap(fixed -> world.port(fixed.portId()))
                .map(port -> port.binding().host())
                .filter(host -> !host.isEmpty())
                .ifPresent(hosts::add);
        router.flatMap(out -> out.gatewayTo(network)).stream()
                .flatMap(gateway -> gateway.nodes().stream())
                .flatMap(id -> world.node(id).stream())
                .map(Node::name)
                .forEach(hosts::add);
        return new ArrayList<>(hosts);
    }

    private static boolean hasOutside(World world, Router router, IpAddress address) {
        Stream<FixedIp> own = router.gateways().stream()
                .flatMap(gateway -> world.port(gateway.portId()).stream())
                .flatMap(port -> port.fixedIps().stream());
        return own.anyMatch(fixed -> fixed.address().equals(address));
    }

    private static UUID network(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw RestError.BAD_REQUEST.with("from_external: '" + text + "' is no id");
        }
    }

    private static IpAddress address(String text) {
        try {
            return IpAddress.parse(text);
        } catch (InvalidException e) {
            throw RestError.BAD_REQUEST.with("'" + text + "' is no address");
        }
    }
}
