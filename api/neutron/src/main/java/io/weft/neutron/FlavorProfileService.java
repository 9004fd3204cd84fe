package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.error.Problem;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The service profiles that a flavor stands for, beneath it, by their ids. */
final class FlavorProfileService implements ResourceService<UUID> {
    private final Attribute<UUID, UUID> id = Attribute.<UUID, UUID>of("id", Values.UUID_KIND, profile -> profile)
            .required()
            .build();
    private final ResourceType<UUID> type;
    private final Domain domain;

    FlavorProfileService(Domain domain) {
        this.domain = domain;
        type = ResourceType.named("service_profile", "service_profiles", UUID::toString, this)
                .attributes(List.of(id))
                .offers(Operation.LIST, Operation.SHOW, Operation.CREATE, Operation.DELETE)
                .notFoundBeneath((flavor, profile) -> new ApiException(
                        ErrorCategory.NOT_FOUND,
                        "FlavorServiceProfileBindingNotFound",
                        "Service Profile " + profile + " is not associated with flavor " + flavor + "."))
                .build();
    }

    ResourceType<UUID> type() {
        return type;
    }

    @Override
    public UUID create(Call call, Body body) {
        UUID profile = body.require(id);
        domain.flavors().addProfile(flavor(call), profile);
        return profile;
    }

    @Override
    public Optional<UUID> find(Call call, String wanted) {
        return profiles(call).stream()
                .filter(profile -> profile.toString().equals(wanted))
                .findFirst();
    }

    @Override
    public Iterable<UUID> list(Call call, Filters<UUID> filters) {
        return profiles(call);
    }

    @Override
    public void delete(Call call, String wanted) {
        UUID profile = Reader.uuid(wanted).orElseThrow(() -> type.notFound(wanted));
        domain.flavors().removeProfile(flavor(call), profile);
    }

    private List<UUID> profiles(Call call) {
        UUID flavor = flavor(call);
        return domain.view()
                .world()
                .flavor(flavor)
                .orElseThrow(() -> Problem.FLAVOR_NOT_FOUND.with(flavor))
                .serviceProfiles();
    }

    private static UUID flavor(Call call) {
        String parent = call.parent().orElseThrow();
        return Reader.uuid(parent).orElseThrow(() -> Problem.FLAVOR_NOT_FOUND.with(parent));
    }
}
