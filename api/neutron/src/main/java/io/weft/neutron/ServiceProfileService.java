package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.NewServiceProfile;
import io.weft.domain.ServiceProfileUpdate;
import io.weft.domain.ServiceProfiles;
import io.weft.domain.replica.View;
import io.weft.model.Resource;
import io.weft.model.ServiceProfile;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.ResourceType;
import java.util.List;
import java.util.Optional;

/** Service profiles: bodies to operations of the domain. */
final class ServiceProfileService extends ModelService<ServiceProfile> {
    private final StandardAttributes<ServiceProfile> standard = new StandardAttributes<>(false);
    private final Attribute<Seen<ServiceProfile>, String> driver = Attribute.<Seen<ServiceProfile>, String>of(
                    "driver", Kinds.text(1024), seen -> seen.resource().driver())
            .postAndPut()
            .byDefault("")
            .build();
    private final Attribute<Seen<ServiceProfile>, String> metainfo = Attribute.<Seen<ServiceProfile>, String>of(
                    "metainfo",
                    Kinds.text(ServiceProfile.MAX_METAINFO),
                    seen -> seen.resource().metainfo())
            .postAndPut()
            .byDefault("")
            .build();
    private final Attribute<Seen<ServiceProfile>, Boolean> enabled = Attribute.<Seen<ServiceProfile>, Boolean>of(
                    "enabled", Kinds.bool(), seen -> seen.resource().enabled())
            .postAndPut()
            .byDefault(true)
            .build();
    private final ResourceType<Seen<ServiceProfile>> type = ResourceType.named(
                    "service_profile", "service_profiles", Seen<ServiceProfile>::id, this)
            .attributes(List.of(standard.id, standard.description, driver, enabled, metainfo))
            .order(Seen.byId())
            .notFound(id -> new ApiException(
                    ErrorCategory.NOT_FOUND,
                    "ServiceProfileNotFound",
                    "Service Profile " + id + " could not be found."))
            .build();
    private final Domain domain;
    private final ServiceProfiles profiles;

    ServiceProfileService(Domain domain) {
        super(domain, Resource.Kind.SERVICE_PROFILE);
        this.domain = domain;
        profiles = domain.serviceProfiles();
    }

    @Override
    ResourceType<Seen<ServiceProfile>> type() {
        return type;
    }

    @Override
    public Seen<ServiceProfile> create(Call call, Body body) {
        return createAll(call, List.of(body)).getFirst();
    }

    @Override
    public List<Seen<ServiceProfile>> createAll(Call call, List<Body> bodies) {
        return seen(call, profiles.create(bodies.stream().map(this::request).toList()));
    }

    private NewServiceProfile request(Body body) {
        return new NewServiceProfile(
                body.require(standard.description),
                body.require(driver),
                body.require(metainfo),
                body.require(enabled));
    }

    @Override
    public Optional<Seen<ServiceProfile>> find(Call call, String id) {
        View view = domain.view();
        return Reader.uuid(id)
                .flatMap(view.world()::serviceProfile)
                .map(profile -> new Seen<>(profile, view, call.caller().project()));
    }

    @Override
    public Iterable<Seen<ServiceProfile>> list(Call call, Filters<Seen<ServiceProfile>> filters) {
        View view = domain.view();
        return view.world().serviceProfiles().stream()
                .map(profile -> new Seen<>(profile, view, call.caller().project()))
                .toList();
    }

    @Override
    public Seen<ServiceProfile> update(Call call, String id, Body body) {
        ServiceProfileUpdate update = new ServiceProfileUpdate(
                body.get(standard.description), body.get(driver), body.get(metainfo), body.get(enabled));
        return seen(call, profiles.update(known(id), update));
    }

    @Override
    public void delete(Call call, String id) {
        profiles.delete(known(id));
    }
}
