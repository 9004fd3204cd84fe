package io.weft.neutron;

import io.weft.domain.error.Problem;
import io.weft.model.Network;
import io.weft.model.Resource;
import io.weft.rest.Attribute;
import io.weft.rest.Related;
import io.weft.rest.ResourceType;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What the policy asks of the network that something is on, or is to be on: whose it is, and whether it is shared
 * with the caller or external for it.
 *
 * @param reader finds networks
 * @param attribute the attribute that names the network
 * @param network the network of an object
 */
record RelatedNetwork<R extends Resource>(
        Reader reader, Attribute<Seen<R>, UUID> attribute, Function<R, UUID> network) {
    /** Lets rules ask for the network. */
    ResourceType.Builder<Seen<R>> addTo(ResourceType.Builder<Seen<R>> type) {
        return type.related(fact("network:project_id", (on, _) -> on.project()))
                .related(fact("network:shared", Network::isSharedWith))
                .related(fact("router:external", Network::isExternalFor));
    }

    private Related<Seen<R>> fact(String name, BiFunction<Network, String, Object> value) {
        return new Related<>(
                name,
                (_, seen) -> seen.view()
                        .world()
                        .network(network.apply(seen.resource()))
                        .map(on -> value.apply(on, seen.viewer())),
                (call, body) -> body.get(attribute)
                        .map(id -> reader.network(call.caller(), id.toString())
                                .orElseThrow(() -> Problem.NETWORK_NOT_FOUND.with(id)))
                        .map(seen -> value.apply(seen.resource(), seen.viewer())));
    }
}
