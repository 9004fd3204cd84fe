package io.weft.neutron;

import io.weft.domain.ServiceProfiles;
import io.weft.model.Flavor;
import io.weft.rest.Attribute;
import io.weft.rest.Call;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.List;
import java.util.Optional;

/**
 * What serves routers, the only service here that Neutron has providers of: Weft itself.
 * https://docs.openstack.org/api-ref/network/v2/#service-providers
 */
final class ServiceProviders implements ResourceService<ServiceProviders.Provider> {
    private static final List<Provider> ALL = List.of(new Provider(Flavor.ROUTERS, ServiceProfiles.DRIVER));

    /**
     * A provider.
     *
     * @param service Neutron's name of the service
     * @param name its own name
     */
    record Provider(String service, String name) {}

    static ResourceType<Provider> type() {
        return ResourceType.named("service_provider", "service_providers", Provider::name, new ServiceProviders())
                .attributes(List.of(
                        Attribute.<Provider, String>of("service_type", Kinds.text(255), Provider::service)
                                .build(),
                        Attribute.<Provider, String>of("name", Kinds.text(255), Provider::name)
                                .build(),
                        Attribute.<Provider, Boolean>of("default", Kinds.bool(), _ -> true)
                                .build()))
                .offers(Operation.LIST)
                .build();
    }

    @Override
    public Optional<Provider> find(Call call, String name) {
        return Optional.empty();
    }

    @Override
    public Iterable<Provider> list(Call call, Filters<Provider> filters) {
        return ALL;
    }
}
