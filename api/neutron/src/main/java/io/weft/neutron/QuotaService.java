package io.weft.neutron;

import io.weft.domain.Quotas;
import io.weft.domain.quota.QuotaResource;
import io.weft.rest.Action;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.Filters;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kinds;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import io.weft.rest.RestError;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** The limits of projects. The id of a quota is its project's. */
final class QuotaService implements ResourceService<QuotaService.Limits> {
    private final Map<QuotaResource, Attribute<Limits, Long>> attributes = attributes();
    private final Attribute<Limits, Boolean> checkLimit = flag("check_limit");
    private final Attribute<Limits, Boolean> force = flag("force");
    private final ResourceType<Limits> type;
    private final Quotas quotas;

    QuotaService(Quotas quotas) {
        this.quotas = quotas;
        Attribute<Limits, String> project = Attribute.<Limits, String>of("project_id", Kinds.text(255), Limits::project)
                .build();
        List<Attribute<Limits, ?>> all = new ArrayList<>(attributes.values());
        all.add(project);
        all.add(project.alias("tenant_id"));
        all.add(checkLimit);
        all.add(force);
        this.type = ResourceType.named("quota", "quotas", Limits::project, this)
                .attributes(all)
                .idsAreKnown()
                .offers(Operation.LIST, Operation.SHOW, Operation.UPDATE, Operation.DELETE)
                .action(Action.get("default", this::defaults))
                .action(Action.get("details", this::details).answering(new Action.Answer.Other(detailed())))
                .build();
    }

    /**
     * The limits of one project.
     *
     * @param project the project
     * @param limits the limit of each resource; −1 for none
     */
    record Limits(String project, Map<QuotaResource, Integer> limits) {}

    ResourceType<Limits> type() {
        return type;
    }

    private static JsonSchema detailed() {
        JsonSchema use = JsonSchema.object()
                .withMember("limit", Forms.NUMBER)
                .withMember("used", Forms.NUMBER)
                .withMember("reserved", Forms.NUMBER);
        JsonSchema all = JsonSchema.object();
        for (QuotaResource resource : QuotaResource.OF_NETWORKING) {
            all = all.withMember(resource.text(), use);
        }
        return JsonSchema.wrapped("quota", all);
    }

    private static Attribute<Limits, Boolean> flag(String name) {
        return Attribute.<Limits, Boolean>of(name, Kinds.bool(), _ -> null)
                .putOnly()
                .hidden()
                .notFilterable()
                .notSortable()
                .build();
    }

    private static Map<QuotaResource, Attribute<Limits, Long>> attributes() {
        Map<QuotaResource, Attribute<Limits, Long>> attributes = new EnumMap<>(QuotaResource.class);
        for (QuotaResource resource : QuotaResource.OF_NETWORKING) {
            attributes.put(
                    resource,
                    Attribute.<Limits, Long>of(resource.text(), Kinds.integer(-1, Integer.MAX_VALUE), limits ->
                                    (long) limits.limits().getOrDefault(resource, resource.defaultLimit()))
                            .putOnly()
                            .build());
        }
        return attributes;
    }

    @Override
    public Optional<Limits> find(Call call, String project) {
        return Optional.of(new Limits(project, quotas.limits(project)));
    }

    /** As in Neutron, the projects whose limits differ from the defaults. */
    @Override
    public Iterable<Limits> list(Call call, Filters<Limits> filters) {
        return quotas.projects().stream()
                .map(project -> new Limits(project, quotas.limits(project)))
                .toList();
    }

    @Override
    public Limits update(Call call, String project, Body body) {
        Map<QuotaResource, Integer> changes = new EnumMap<>(QuotaResource.class);
        attributes.forEach((resource, attribute) ->
                body.get(attribute).ifPresent(limit -> changes.put(resource, limit.intValue())));
        if (body.get(checkLimit).orElse(false) && !body.get(force).orElse(false)) {
            requireRoom(project, changes);
        }
        quotas.update(project, changes);
        return new Limits(project, quotas.limits(project));
    }

    /** Asked for by whoever wants to know: a limit may be below what is used. */
    private void requireRoom(String project, Map<QuotaResource, Integer> changes) {
        Map<QuotaResource, Integer> used = quotas.usage(project);
        changes.forEach((resource, limit) -> {
            int present = used.getOrDefault(resource, 0);
            if (limit != QuotaResource.UNLIMITED && limit < present) {
                throw RestError.BAD_REQUEST.with("Quota limit " + limit + " for " + resource.text()
                        + " must be greater than or equal to already used " + present);
            }
        });
    }

    @Override
    public void delete(Call call, String project) {
        quotas.reset(project, QuotaResource.OF_NETWORKING);
    }

    private Optional<Consumer<JsonGenerator>> defaults(Call call, String project, Body body) {
        Limits defaults = new Limits(project, quotas.defaults());
        return Optional.of(out -> {
            out.writeStartObject();
            out.writeName("quota");
            type.write(defaults, call.caller(), out);
            out.writeEndObject();
        });
    }

    private Optional<Consumer<JsonGenerator>> details(Call call, String project, Body body) {
        Map<QuotaResource, Integer> limits = quotas.limits(project);
        Map<QuotaResource, Integer> used = quotas.usage(project);
        return Optional.of(out -> {
            out.writeStartObject();
            out.writeName("quota");
            out.writeStartObject();
            for (QuotaResource resource : QuotaResource.OF_NETWORKING) {
                out.writeName(resource.text());
                out.writeStartObject();
                out.writeNumberProperty("limit", limits.getOrDefault(resource, resource.defaultLimit()));
                out.writeNumberProperty("used", used.getOrDefault(resource, 0));
                out.writeNumberProperty("reserved", 0);
                out.writeEndObject();
            }
            out.writeEndObject();
            out.writeEndObject();
        });
    }
}
