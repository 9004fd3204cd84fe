package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.FlavorUpdate;
import io.weft.domain.Flavors;
import io.weft.domain.NewFlavor;
import io.weft.domain.replica.View;
import io.weft.model.Flavor;
import io.weft.model.Resource;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Flavors: bodies to operations of the domain.
 * https://docs.openstack.org/api-ref/network/v2/#networking-flavors-framework-v2-0-current-flavor-service-profile
 */
final class FlavorService extends ModelService<Flavor> {
    private final StandardAttributes<Flavor> standard = new StandardAttributes<>(false);
    private final Attribute<Seen<Flavor>, String> serviceType = Attribute.<Seen<Flavor>, String>of(
                    "service_type", Kinds.text(36), seen -> seen.resource().serviceType())
            .required()
            .build();
    private final Attribute<Seen<Flavor>, Boolean> enabled = Attribute.<Seen<Flavor>, Boolean>of(
                    "enabled", Kinds.bool(), seen -> seen.resource().enabled())
            .postAndPut()
            .byDefault(true)
            .build();
    private final Attribute<Seen<Flavor>, List<UUID>> profiles = Attribute.<Seen<Flavor>, List<UUID>>of(
                    "service_profiles", Values.UUIDS, seen -> seen.resource().serviceProfiles())
            .postAndPut()
            .byDefault(List.of())
            .notFilterable()
            .notSortable()
            .build();
    private final ResourceType<Seen<Flavor>> type;
    private final Domain domain;
    private final Flavors flavors;

    FlavorService(Domain domain) {
        super(domain, Resource.Kind.FLAVOR);
        this.domain = domain;
        flavors = domain.flavors();
        type = ResourceType.named("flavor", "flavors", Seen<Flavor>::id, this)
                .attributes(List.of(standard.id, standard.name, standard.description, serviceType, enabled, profiles))
                .order(Seen.byId())
                .child(new FlavorProfileService(domain).type())
                .build();
    }

    @Override
    ResourceType<Seen<Flavor>> type() {
        return type;
    }

    @Override
    public Seen<Flavor> create(Call call, Body body) {
        return createAll(call, List.of(body)).getFirst();
    }

    @Override
    public List<Seen<Flavor>> createAll(Call call, List<Body> bodies) {
        return seen(call, flavors.create(bodies.stream().map(this::request).toList()));
    }

    private NewFlavor request(Body body) {
        return new NewFlavor(
                body.require(standard.name),
                body.require(standard.description),
                body.require(serviceType),
                body.require(enabled),
                body.require(profiles));
    }

    @Override
    public Optional<Seen<Flavor>> find(Call call, String id) {
        View view = domain.view();
        return Reader.uuid(id)
                .flatMap(view.world()::flavor)
                .map(flavor -> new Seen<>(flavor, view, call.caller().project()));
    }

    @Override
    public Iterable<Seen<Flavor>> list(Call call, Filters<Seen<Flavor>> filters) {
        View view = domain.view();
        return view.world().flavors().stream()
                .map(flavor -> new Seen<>(flavor, view, call.caller().project()))
                .toList();
    }

    @Override
    public Seen<Flavor> update(Call call, String id, Body body) {
        FlavorUpdate update = new FlavorUpdate(
                body.get(standard.name), body.get(standard.description), body.get(enabled), body.get(profiles));
        return seen(call, flavors.update(known(id), update));
    }

    @Override
    public void delete(Call call, String id) {
        flavors.delete(known(id));
    }
}
