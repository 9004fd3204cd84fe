package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.rest.Attribute;
import io.weft.rest.Call;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.List;
import java.util.Optional;

/** The provider that what is asked for by a flavor gets, beneath the flavor, by its driver; they have the same names here. */
final class FlavorProviderService implements ResourceService<String> {
    private final Domain domain;

    FlavorProviderService(Domain domain) {
        this.domain = domain;
    }

    ResourceType<String> type() {
        return ResourceType.named("next_provider", "next_providers", (String driver) -> driver, this)
                .attributes(List.of(text("driver"), text("provider")))
                .offers(Operation.LIST)
                .build();
    }

    private static Attribute<String, String> text(String name) {
        return Attribute.<String, String>of(name, Kinds.text(255), driver -> driver)
                .build();
    }

    @Override
    public Optional<String> find(Call call, String driver) {
        return Optional.empty();
    }

    @Override
    public Iterable<String> list(Call call, Filters<String> filters) {
        return List.of(domain.flavors().driver(FlavorProfileService.flavor(call)));
    }
}
