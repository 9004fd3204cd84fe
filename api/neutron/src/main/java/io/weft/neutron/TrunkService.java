package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.NewTrunk;
import io.weft.domain.SubportRequest;
import io.weft.domain.TrunkUpdate;
import io.weft.domain.Trunks;
import io.weft.domain.replica.View;
import io.weft.model.Resource;
import io.weft.model.Trunk;
import io.weft.rest.Action;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.JsonSchema;
import io.weft.rest.ResourceType;
import io.weft.rest.Schema;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** Trunks: bodies to operations of the domain. */
final class TrunkService extends ModelService<Trunk> {
    private final TrunkAttributes attributes = new TrunkAttributes();
    private final Attribute<Object, List<SubportRequest>> added = Attribute.<Object, List<SubportRequest>>of(
                    "sub_ports", SubportValues.REQUESTS, _ -> null)
            .required()
            .build();
    private final Attribute<Object, List<UUID>> removed = Attribute.<Object, List<UUID>>of(
                    "sub_ports", SubportValues.PORTS, _ -> null)
            .required()
            .build();
    private final ResourceType<Seen<Trunk>> type = ResourceType.named("trunk", "trunks", Seen<Trunk>::id, this)
            .attributes(attributes.all())
            .order(Seen.byId())
            .tags(seen -> seen.resource().meta().tags())
            .changed(seen -> seen.resource().meta().updatedAt())
            .action(Action.put("add_subports", new Schema<>(List.of(added)), this::addSubports)
                    .answering(new Action.Answer.Bare()))
            .action(Action.put("remove_subports", new Schema<>(List.of(removed)), this::removeSubports)
                    .answering(new Action.Answer.Bare()))
            .action(Action.get("get_subports", (call, id, _) -> Optional.of(out -> write(shown(call, id), out)))
                    .answering(new Action.Answer.Other(
                            JsonSchema.wrapped("sub_ports", JsonSchema.list(SubportValues.SHOWN)))))
            .notFound(id ->
                    new ApiException(ErrorCategory.NOT_FOUND, "TrunkNotFound", "Trunk " + id + " could not be found."))
            .build();
    private final Domain domain;
    private final Trunks trunks;

    TrunkService(Domain domain) {
        super(domain, Resource.Kind.TRUNK);
        this.domain = domain;
        this.trunks = domain.trunks();
    }

    @Override
    ResourceType<Seen<Trunk>> type() {
        return type;
    }

    @Override
    public Seen<Trunk> create(Call call, Body body) {
        return seen(call, trunks.create(Callers.of(call), request(body)));
    }

    @Override
    public List<Seen<Trunk>> createAll(Call call, List<Body> bodies) {
        return seen(
                call,
                trunks.create(
                        Callers.of(call), bodies.stream().map(this::request).toList()));
    }

    private NewTrunk request(Body body) {
        return new NewTrunk(
                body.require(attributes.standard.project),
                body.require(attributes.standard.name),
                body.require(attributes.standard.description),
                body.require(attributes.adminStateUp),
                body.require(attributes.portId),
                body.require(attributes.subports));
    }

    @Override
    public Optional<Seen<Trunk>> find(Call call, String id) {
        View view = domain.view();
        return Reader.uuid(id)
                .flatMap(view.world()::trunk)
                .filter(trunk -> call.caller().owns(trunk.project()))
                .map(trunk -> new Seen<>(trunk, view, call.caller().project()));
    }

    @Override
    public Iterable<Seen<Trunk>> list(Call call, Filters<Seen<Trunk>> filters) {
        View view = domain.view();
        String project = call.caller().project();
        Collection<Trunk> candidates =
                call.caller().global() ? view.world().trunks() : view.world().trunksOfProject(project);
        return candidates.stream()
                .map(trunk -> new Seen<>(trunk, view, project))
                .toList();
    }

    @Override
    public Seen<Trunk> update(Call call, String id, Body body) {
        TrunkUpdate update = new TrunkUpdate(
                body.get(attributes.standard.name),
                body.get(attributes.standard.description),
                body.get(attributes.adminStateUp),
                call.expectedRevision());
        return seen(call, trunks.update(Callers.of(call), known(id), update));
    }

    @Override
    public void delete(Call call, String id) {
        trunks.delete(Callers.of(call), known(id), call.expectedRevision());
    }

    /** The whole trunk as it is then stands bare in the answer, as in Neutron. */
    private Optional<Consumer<JsonGenerator>> addSubports(Call call, String id, Body body) {
        return answer(call, trunks.addSubports(Callers.of(call), known(id), body.require(added)));
    }

    private Optional<Consumer<JsonGenerator>> removeSubports(Call call, String id, Body body) {
        return answer(call, trunks.removeSubports(Callers.of(call), known(id), body.require(removed)));
    }

    private Optional<Consumer<JsonGenerator>> answer(Call call, Trunk trunk) {
        return Optional.of(out -> type.write(seen(call, trunk), call.caller(), out));
    }

    private Trunk shown(Call call, String id) {
        return find(call, id).orElseThrow(() -> notFound(id)).resource();
    }

    private static void write(Trunk trunk, JsonGenerator out) {
        out.writeStartObject();
        out.writeName("sub_ports");
        SubportValues.write(trunk.subports(), out);
        out.writeEndObject();
    }
}
