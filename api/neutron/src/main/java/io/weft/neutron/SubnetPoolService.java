package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.NewSubnetPool;
import io.weft.domain.PrefixLengths;
import io.weft.domain.ScopeChoice;
import io.weft.domain.SubnetPoolUpdate;
import io.weft.domain.SubnetPools;
import io.weft.domain.replica.View;
import io.weft.model.IpPrefix;
import io.weft.model.Resource;
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import io.weft.model.World;
import io.weft.rest.Action;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.Caller;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.JsonSchema;
import io.weft.rest.ResourceType;
import io.weft.rest.Schema;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/** Subnet pools: bodies to operations of the domain. */
final class SubnetPoolService extends ModelService<SubnetPool> {
    private static final Action.Answer PREFIXES =
            new Action.Answer.Other(JsonSchema.wrapped("prefixes", JsonSchema.list(Forms.CIDR)));

    private static final Action.Answer SUBNETS = new Action.Answer.Other(
            JsonSchema.list(JsonSchema.object().withMember("id", Forms.ID).withMember("cidr", Forms.CIDR)));

    private final Attribute<Object, UUID> onboarded = Attribute.<Object, UUID>of(
                    "network_id", Values.UUID_KIND, _ -> null)
            .required()
            .build();
    private final SubnetPoolAttributes attributes = new SubnetPoolAttributes();
    private final Attribute<Object, List<IpPrefix>> added = prefixes();
    private final Attribute<Object, List<IpPrefix>> removed = prefixes();
    private final ResourceType<Seen<SubnetPool>> type = ResourceType.named(
                    "subnetpool", "subnetpools", Seen<SubnetPool>::id, this)
            .attributes(attributes.all())
            .order(Seen.byId())
            .tags(seen -> seen.resource().meta().tags())
            .changed(seen -> seen.resource().meta().updatedAt())
            .action(Action.put("add_prefixes", new Schema<>(List.of(added)), this::addPrefixes)
                    .answering(PREFIXES))
            .action(Action.put("remove_prefixes", new Schema<>(List.of(removed)), this::removePrefixes)
                    .answering(PREFIXES))
            .action(Action.put("onboard_network_subnets", new Schema<>(List.of(onboarded)), this::onboard)
                    .answering(SUBNETS))
            .notFound(id -> new ApiException(
                    ErrorCategory.NOT_FOUND, "SubnetPoolNotFound", "Subnet pool " + id + " could not be found."))
            .build();
    private final Domain domain;
    private final SubnetPools pools;

    SubnetPoolService(Domain domain) {
        super(domain, Resource.Kind.SUBNET_POOL);
        this.domain = domain;
        this.pools = domain.subnetPools();
    }

    private static Attribute<Object, List<IpPrefix>> prefixes() {
        return Attribute.<Object, List<IpPrefix>>of("prefixes", Values.SOME_CIDRS, _ -> null)
                .required()
                .build();
    }

    @Override
    ResourceType<Seen<SubnetPool>> type() {
        return type;
    }

    @Override
    public Seen<SubnetPool> create(Call call, Body body) {
        return seen(call, pools.create(Callers.of(call), request(body)));
    }

    @Override
    public List<Seen<SubnetPool>> createAll(Call call, List<Body> bodies) {
        return seen(
                call,
                pools.create(
                        Callers.of(call), bodies.stream().map(this::request).toList()));
    }

    private NewSubnetPool request(Body body) {
        return new NewSubnetPool(
                body.require(attributes.standard.project),
                body.require(attributes.name),
                body.require(attributes.standard.description),
                body.require(attributes.shared),
                body.require(attributes.isDefault),
                body.require(attributes.prefixes),
                lengths(body),
                body.get(attributes.quota).map(Long::intValue),
                body.get(attributes.addressScope));
    }

    private PrefixLengths lengths(Body body) {
        return new PrefixLengths(
                number(body, attributes.minimum),
                number(body, attributes.maximum),
                number(body, attributes.standardLength));
    }

    static OptionalInt number(Body body, Attribute<?, Long> attribute) {
        return body.get(attribute)
                .map(value -> OptionalInt.of(value.intValue()))
                .orElse(OptionalInt.empty());
    }

    @Override
    public Optional<Seen<SubnetPool>> find(Call call, String id) {
        View view = domain.view();
        return Reader.uuid(id)
                .flatMap(view.world()::subnetPool)
                .filter(pool -> pool.isSharedWith(call.caller().project())
                        || call.caller().owns(pool.project()))
                .map(pool -> new Seen<>(pool, view, call.caller().project()));
    }

    @Override
    public Iterable<Seen<SubnetPool>> list(Call call, Filters<Seen<SubnetPool>> filters) {
        View view = domain.view();
        World world = view.world();
        Caller caller = call.caller();
        Stream<SubnetPool> candidates = caller.global()
                ? world.subnetPools().stream()
                : Stream.concat(
                        world.subnetPoolsOfProject(caller.project()).stream(),
                        world.subnetPoolsSharedWith(caller.project()).stream()
                                .filter(pool -> !pool.project().equals(caller.project())));
        return candidates.map(pool -> new Seen<>(pool, view, caller.project())).toList();
    }

    @Override
    public Seen<SubnetPool> update(Call call, String id, Body body) {
        SubnetPoolUpdate update = new SubnetPoolUpdate(
                body.get(attributes.name),
                body.get(attributes.standard.description),
                body.get(attributes.isDefault),
                body.get(attributes.prefixes),
                lengths(body),
                body.get(attributes.quota).map(Long::intValue),
                body.has(attributes.addressScope)
                        ? Optional.of(new ScopeChoice(body.get(attributes.addressScope)))
                        : Optional.empty(),
                call.expectedRevision());
        return seen(call, pools.update(Callers.of(call), known(id), update));
    }

    private Optional<Consumer<JsonGenerator>> addPrefixes(Call call, String id, Body body) {
        return answer(pools.addPrefixes(Callers.of(call), known(id), body.require(added)));
    }

    private Optional<Consumer<JsonGenerator>> removePrefixes(Call call, String id, Body body) {
        return answer(pools.removePrefixes(Callers.of(call), known(id), body.require(removed)));
    }

    private Optional<Consumer<JsonGenerator>> onboard(Call call, String id, Body body) {
        List<Subnet> subnets = domain.subnetOnboarding().onboard(Callers.of(call), known(id), body.require(onboarded));
        return Optional.of(out -> {
            out.writeStartArray();
            for (Subnet subnet : subnets) {
                out.writeStartObject();
                out.writeStringProperty("id", subnet.id().toString());
                out.writeStringProperty("cidr", subnet.cidr().toString());
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    /** The addresses that the pool has then, and nothing else of it, as in Neutron. */
    private static Optional<Consumer<JsonGenerator>> answer(SubnetPool pool) {
        return Optional.of(out -> {
            out.writeStartObject();
            out.writeName("prefixes");
            Values.CIDRS.write(pool.prefixes(), out);
            out.writeEndObject();
        });
    }

    @Override
    public void delete(Call call, String id) {
        pools.delete(Callers.of(call), known(id), call.expectedRevision());
    }
}
