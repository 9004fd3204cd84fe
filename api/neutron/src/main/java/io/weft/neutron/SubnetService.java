package io.weft.neutron;

import io.weft.domain.CidrChoice;
import io.weft.domain.Domain;
import io.weft.domain.GatewayChoice;
import io.weft.domain.NewSubnet;
import io.weft.domain.SubnetUpdate;
import io.weft.domain.Subnets;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.Resource;
import io.weft.model.Subnet;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.Filters;
import io.weft.rest.ResourceType;
import io.weft.rest.RestError;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** Subnets: bodies to operations of the domain. */
final class SubnetService extends ModelService<Subnet> {
    private final SubnetAttributes attributes = new SubnetAttributes();
    private final ResourceType<Seen<Subnet>> type;
    private final Subnets subnets;
    private final Reader reader;

    SubnetService(Domain domain, Reader reader) {
        super(domain, Resource.Kind.SUBNET);
        this.subnets = domain.subnets();
        this.reader = reader;
        this.type = new RelatedNetwork<>(reader, attributes.networkId, Subnet::networkId)
                .addTo(ResourceType.named("subnet", "subnets", Seen<Subnet>::id, this))
                .attributes(attributes.all())
                .order(Seen.byId())
                .tags(seen -> seen.resource().meta().tags())
                .changed(seen -> seen.resource().meta().updatedAt())
                .build();
    }

    @Override
    ResourceType<Seen<Subnet>> type() {
        return type;
    }

    @Override
    public Seen<Subnet> create(Call call, Body body) {
        return seen(call, subnets.create(Callers.of(call), request(body)));
    }

    @Override
    public List<Seen<Subnet>> createAll(Call call, List<Body> bodies) {
        return seen(
                call,
                subnets.create(
                        Callers.of(call), bodies.stream().map(this::request).toList()));
    }

    private NewSubnet request(Body body) {
        return new NewSubnet(
                body.require(attributes.standard.project),
                body.require(attributes.networkId),
                body.require(attributes.standard.name),
                body.require(attributes.standard.description),
                List.of(),
                addresses(body),
                gateway(body).orElse(new GatewayChoice.Default()),
                body.get(attributes.pools),
                body.get(attributes.nameservers).orElse(List.of()),
                body.get(attributes.hostRoutes).orElse(List.of()),
                body.require(attributes.dhcp),
                body.get(attributes.raMode).orElse(Ipv6Mode.NONE),
                body.get(attributes.addressMode).orElse(Ipv6Mode.NONE),
                body.get(attributes.serviceTypes).orElse(List.of()));
    }

    private CidrChoice addresses(Body body) {
        Optional<IpPrefix> cidr = body.get(attributes.cidr);
        Optional<UUID> pool = body.get(attributes.subnetPool);
        OptionalInt length = SubnetPoolService.number(body, attributes.prefixLength);
        boolean useDefault = body.require(attributes.useDefaultPool);
        IpFamily family = IpFamily.ofVersion(body.require(attributes.ipVersion).intValue());
        require(cidr.isEmpty() || length.isEmpty(), "cidr and prefixlen must not be supplied together");
        require(!useDefault || pool.isEmpty(), "subnetpool_id and use_default_subnetpool cannot both be specified");
        if (cidr.isPresent() && cidr.get().family() != family) {
            throw RestError.INVALID_INPUT.with("Invalid input for operation: cidr '" + cidr.get()
                    + "' does not match the ip_version '" + family.version() + "'.");
        }
        if (useDefault || pool.isPresent()) {
            require(
                    cidr.isPresent() || body.get(attributes.pools).isEmpty(),
                    "allocation_pools allowed only for specific subnet requests");
            return new CidrChoice.OfPool(pool, family, cidr, length);
        }
        require(cidr.isPresent(), "a subnetpool must be specified in the absence of a cidr");
        return new CidrChoice.Given(cidr.get());
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw RestError.BAD_PARAMETER.with("Bad subnets request: " + rule + ".");
        }
    }

    /** Null asks for no gateway; silence leaves the choice. */
    private Optional<GatewayChoice> gateway(Body body) {
        if (!body.has(attributes.gateway)) {
            return Optional.empty();
        }
        return Optional.of(body.get(attributes.gateway)
                .<GatewayChoice>map(GatewayChoice.At::new)
                .orElse(new GatewayChoice.None()));
    }

    @Override
    public Optional<Seen<Subnet>> find(Call call, String id) {
        return reader.subnet(call.caller(), id);
    }

    @Override
    public Iterable<Seen<Subnet>> list(Call call, Filters<Seen<Subnet>> filters) {
        return reader.subnets(call.caller(), filters, attributes);
    }

    @Override
    public Seen<Subnet> update(Call call, String id, Body body) {
        SubnetUpdate update = new SubnetUpdate(
                body.get(attributes.standard.name),
                body.get(attributes.standard.description),
                gateway(body),
                given(body, attributes.pools),
                given(body, attributes.nameservers),
                given(body, attributes.hostRoutes),
                body.get(attributes.dhcp),
                given(body, attributes.serviceTypes),
                call.expectedRevision());
        return seen(call, subnets.update(Callers.of(call), known(id), update));
    }

    /** Null empties a list. */
    private static <V> Optional<List<V>> given(Body body, Attribute<?, List<V>> attribute) {
        return body.has(attribute) ? Optional.of(body.get(attribute).orElse(List.of())) : Optional.empty();
    }

    @Override
    public void delete(Call call, String id) {
        subnets.delete(Callers.of(call), known(id), call.expectedRevision());
    }
}
