package io.weft.loadbalancer;

import io.weft.domain.Domain;
import io.weft.model.Resource;
import io.weft.model.World;
import io.weft.rest.ApiException;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;

/**
 * What the services of load balancers, listeners and pools share: who finds what.
 *
 * @param <R> the model's record
 */
abstract class BalancerService<R extends Resource> implements ResourceService<Shown<R>> {
    final Domain domain;
    private final String title;

    /** @param title what Octavia calls one object in errors */
    BalancerService(Domain domain, String title) {
        this.domain = domain;
        this.title = title;
    }

    abstract ResourceType<Shown<R>> type();

    abstract Optional<R> in(World world, UUID id);

    abstract Collection<R> all(World world);

    abstract Collection<R> of(World world, String project);

    final ApiException missing(String id) {
        return new ApiException(ErrorCategory.NOT_FOUND, "NotFound", title + " " + id + " not found.");
    }

    final UUID known(String id) {
        return Values.id(id).orElseThrow(() -> missing(id));
    }

    final Shown<R> shown(R resource) {
        return new Shown<>(resource, domain.view().world());
    }

    @Override
    public final Optional<Shown<R>> find(Call call, String id) {
        World world = domain.view().world();
        return Values.id(id)
                .flatMap(known -> in(world, known))
                .filter(resource -> call.caller().owns(resource.project()))
                .map(resource -> new Shown<>(resource, world));
    }

    @Override
    public final Iterable<Shown<R>> list(Call call, Filters<Shown<R>> filters) {
        World world = domain.view().world();
        Collection<R> candidates =
                call.caller().global() ? all(world) : of(world, call.caller().project());
        return candidates.stream().map(resource -> new Shown<>(resource, world)).toList();
    }
}
