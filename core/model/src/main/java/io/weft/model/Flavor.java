package io.weft.model;

import java.util.List;
import java.util.UUID;

/**
 * What a service can be asked for by instead of its drivers (Neutron API v2.0, Flavors). It belongs to no project.
 *
 * @param meta what every resource has
 * @param serviceType the service, such as {@link #ROUTERS}
 * @param enabled whether anything new may have it
 * @param serviceProfiles what it stands for; the first one counts
 */
public record Flavor(Meta meta, String serviceType, boolean enabled, List<UUID> serviceProfiles) implements Resource {
    /** Neutron's name of the service that routers are. */
    public static final String ROUTERS = "L3_ROUTER_NAT";

    public Flavor {
        serviceProfiles = List.copyOf(serviceProfiles);
    }

    /** The same with these profiles. */
    public Flavor withServiceProfiles(List<UUID> newProfiles) {
        return new Flavor(meta, serviceType, enabled, newProfiles);
    }

    @Override
    public Flavor withMeta(Meta newMeta) {
        return new Flavor(newMeta, serviceType, enabled, serviceProfiles);
    }

    @Override
    public Kind kind() {
        return Kind.FLAVOR;
    }
}
