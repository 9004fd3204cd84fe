package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.FloatingIps;
import io.weft.domain.NetworkUpdate;
import io.weft.domain.Networks;
import io.weft.domain.NewNetwork;
import io.weft.domain.QosChoice;
import io.weft.domain.error.Problem;
import io.weft.model.Network;
import io.weft.model.Resource;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.Filters;
import io.weft.rest.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Networks: bodies to operations of the domain. */
final class NetworkService extends ModelService<Network> {
    private final NetworkAttributes attributes;
    private final ResourceType<Seen<Network>> type;
    private final Networks networks;
    private final FloatingIps floatingIps;
    private final Reader reader;

    NetworkService(Domain domain, Reader reader) {
        super(domain, Resource.Kind.NETWORK);
        this.networks = domain.networks();
        this.floatingIps = domain.floatingIps();
        this.reader = reader;
        attributes = new NetworkAttributes(domain.settings().externalNetworks());
        type = ResourceType.named("network", "networks", Seen<Network>::id, this)
                .attributes(attributes.all())
                .order(Seen.byId())
                .tags(seen -> seen.resource().meta().tags())
                .changed(seen -> seen.resource().meta().updatedAt())
                .build();
    }

    @Override
    ResourceType<Seen<Network>> type() {
        return type;
    }

    @Override
    public Seen<Network> create(Call call, Body body) {
        return seen(call, networks.create(Callers.of(call), request(body)));
    }

    @Override
    public List<Seen<Network>> createAll(Call call, List<Body> bodies) {
        return seen(
                call,
                networks.create(
                        Callers.of(call), bodies.stream().map(this::request).toList()));
    }

    private NewNetwork request(Body body) {
        Optional<String> type = body.get(attributes.networkType);
        Optional<String> physical = body.get(attributes.physicalNetwork);
        boolean flat = type.equals(Optional.of(NetworkAttributes.FLAT));
        if (flat && physical.isEmpty()) {
            throw Problem.INVALID_INPUT.with("physical_network required for flat provider network");
        }
        if (type.equals(Optional.of(NetworkAttributes.VXLAN))
                && attributes.external.map(body::require).orElse(false)) {
            throw Problem.INVALID_INPUT.with("router:external needs provider:network_type 'flat', or none");
        }
        if (!flat && physical.isPresent()) {
            throw Problem.INVALID_INPUT.with("provider:physical_network needs provider:network_type 'flat'");
        }
        return new NewNetwork(
                body.require(attributes.standard.project),
                body.require(attributes.standard.name),
                body.require(attributes.standard.description),
                List.of(),
                body.require(attributes.adminStateUp),
                body.require(attributes.shared),
                body.get(attributes.segmentationId)
                        .map(vni -> OptionalInt.of(vni.intValue()))
                        .orElse(OptionalInt.empty()),
                mtu(body),
                body.require(attributes.portSecurity),
                body.require(attributes.dnsDomain),
                attributes.external.map(body::require).orElse(false),
                physical,
                body.get(attributes.qosPolicy),
                attributes.isDefault.map(body::require).orElse(false),
                body.require(attributes.zoneHints));
    }

    private OptionalInt mtu(Body body) {
        return body.get(attributes.mtu)
                .filter(mtu -> mtu != 0)
                .map(mtu -> OptionalInt.of(mtu.intValue()))
                .orElse(OptionalInt.empty());
    }

    @Override
    public Optional<Seen<Network>> find(Call call, String id) {
        return reader.network(call.caller(), id);
    }

    @Override
    public Iterable<Seen<Network>> list(Call call, Filters<Seen<Network>> filters) {
        return reader.networks(call.caller(), filters, attributes.standard);
    }

    @Override
    public Seen<Network> update(Call call, String id, Body body) {
        NetworkUpdate update = new NetworkUpdate(
                body.get(attributes.standard.name),
                body.get(attributes.standard.description),
                body.get(attributes.adminStateUp),
                body.get(attributes.shared),
                mtu(body),
                body.get(attributes.portSecurity),
                body.get(attributes.dnsDomain),
                attributes.external.flatMap(body::get),
                body.has(attributes.qosPolicy)
                        ? Optional.of(new QosChoice(body.get(attributes.qosPolicy)))
                        : Optional.empty(),
                attributes.isDefault.flatMap(body::get),
                call.expectedRevision());
        return seen(call, networks.update(Callers.of(call), known(id), update));
    }

    @Override
    public void delete(Call call, String id) {
        floatingIps.deleteUnused(Callers.of(call), known(id), call.expectedRevision());
        networks.delete(Callers.of(call), known(id), call.expectedRevision());
    }
}
