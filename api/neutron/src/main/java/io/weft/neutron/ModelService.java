package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.replica.View;
import io.weft.model.Resource;
import io.weft.rest.ApiException;
import io.weft.rest.Call;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * What the services of networks, subnets, ports and routers share: ids, tags and the revision that a removal expects.
 *
 * @param <R> the model's record
 */
abstract class ModelService<R extends Resource> implements ResourceService<Seen<R>> {
    private final Domain domain;
    private final Resource.Kind kind;

    ModelService(Domain domain, Resource.Kind kind) {
        this.domain = domain;
        this.kind = kind;
    }

    abstract ResourceType<Seen<R>> type();

    @Override
    public final Collection<String> replaceTags(Call call, String id, List<String> tags) {
        return domain.tags()
                .replace(Callers.of(call), kind, known(id), tags)
                .meta()
                .tags();
    }

    @Override
    public final Collection<String> addTags(Call call, String id, List<String> tags) {
        return domain.tags()
                .addAll(Callers.of(call), kind, known(id), tags)
                .meta()
                .tags();
    }

    @Override
    public final void removeTag(Call call, String id, String tag) {
        domain.tags().remove(Callers.of(call), kind, known(id), tag);
    }

    final UUID known(String id) {
        return Reader.uuid(id).orElseThrow(() -> notFound(id));
    }

    final ApiException notFound(String id) {
        return type().notFound(id);
    }

    final Seen<R> seen(Call call, R resource) {
        return new Seen<>(resource, domain.view(), call.caller().project());
    }

    final List<Seen<R>> seen(Call call, List<R> resources) {
        View view = domain.view();
        String viewer = call.caller().project();
        return resources.stream()
                .map(resource -> new Seen<>(resource, view, viewer))
                .toList();
    }
}
