package io.weft.neutron;

import io.weft.domain.AvailabilityZones;
import io.weft.model.Resource;
import io.weft.rest.Attribute;
import io.weft.rest.Call;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The one zone that all nodes are in: networks and routers are present on every node. */
final class Zones implements ResourceService<Zones.Zone> {
    private static final List<Zone> ALL = List.of(new Zone("network"), new Zone("router"));

    /**
     * The zone for one kind of resource.
     *
     * @param resource the kind
     */
    record Zone(String resource) {}

    /** Where a network or router is: everywhere. */
    static <R extends Resource> Attribute<Seen<R>, List<String>> zones() {
        return Attribute.<Seen<R>, List<String>>of(
                        "availability_zones", Values.TAGS, _ -> List.of(AvailabilityZones.ONLY))
                .notFilterable()
                .notSortable()
                .build();
    }

    /** Where a network or router was asked to be. */
    static <R extends Resource> Attribute<Seen<R>, List<String>> hints(Function<R, List<String>> getter) {
        return Attribute.<Seen<R>, List<String>>of(
                        "availability_zone_hints", Values.TAGS, seen -> getter.apply(seen.resource()))
                .post()
                .byDefault(List.of())
                .notSortable()
                .build();
    }

    static ResourceType<Zone> type() {
        return ResourceType.named("availability_zone", "availability_zones", Zone::resource, new Zones())
                .attributes(List.of(
                        text("name", _ -> AvailabilityZones.ONLY),
                        text("resource", Zone::resource),
                        text("state", _ -> "available")))
                .offers(Operation.LIST)
                .build();
    }

    private static Attribute<Zone, String> text(String name, Function<Zone, String> getter) {
        return Attribute.<Zone, String>of(name, Kinds.text(255), getter).build();
    }

    @Override
    public Optional<Zone> find(Call call, String id) {
        return Optional.empty();
    }

    @Override
    public Iterable<Zone> list(Call call, Filters<Zone> filters) {
        return ALL;
    }
}
