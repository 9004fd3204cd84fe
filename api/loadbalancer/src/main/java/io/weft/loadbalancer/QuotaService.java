package io.weft.loadbalancer;

import io.weft.domain.Quotas;
import io.weft.domain.quota.QuotaResource;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much a project may have: https://docs.openstack.org/api-ref/load-balancer/v2/#quotas. The id of a quota is its
 * project's.
 */
final class QuotaService implements ResourceService<QuotaService.Limits> {
    /** Stands for a project in the path to the limits of projects that have none of their own. */
    private static final String DEFAULTS = "defaults";

    private final Map<QuotaResource, Attribute<Limits, Long>> attributes = new EnumMap<>(QuotaResource.class);
    private final ResourceType<Limits> type;
    private final Quotas quotas;

    /**
     * The limits of one project.
     *
     * @param project the project
     * @param limits the limit of each resource; −1 for none
     */
    record Limits(String project, Map<QuotaResource, Integer> limits) {}

    QuotaService(Quotas quotas) {
        this.quotas = quotas;
        List<Attribute<Limits, ?>> all = new ArrayList<>();
        for (QuotaResource resource : QuotaResource.OF_LOAD_BALANCING) {
            Attribute<Limits, Long> attribute = Attribute.<Limits, Long>of(
                            resource.text(), Kinds.integer(-1, Integer.MAX_VALUE), limits ->
                                    (long) limits.limits().getOrDefault(resource, resource.defaultLimit()))
                    .putOnly()
                    .build();
            attributes.put(resource, attribute);
            all.add(attribute);
            if (resource == QuotaResource.LOAD_BALANCER) {
                all.add(attribute.alias("loadbalancer"));
            }
        }
        all.add(Attribute.<Limits, String>of("project_id", Kinds.text(255), Limits::project)
                .build());
        all.add(Unsupported.attribute("health_monitor", 0L, "there are no health monitors"));
        all.add(Unsupported.attribute("healthmonitor", 0L, "there are no health monitors"));
        all.add(Unsupported.attribute("l7policy", 0L, "nobody reads what connections carry"));
        all.add(Unsupported.attribute("l7rule", 0L, "nobody reads what connections carry"));
        this.type = ResourceType.named("quota", "quotas", Limits::project, this)
                .attributes(all)
                .idsAreKnown()
                .offers(Operation.LIST, Operation.SHOW, Operation.UPDATE, Operation.DELETE)
                .build();
    }

    ResourceType<Limits> type() {
        return type;
    }

    @Override
    public Optional<Limits> find(Call call, String project) {
        return Optional.of(new Limits(project, project.equals(DEFAULTS) ? quotas.defaults() : quotas.limits(project)));
    }

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
        quotas.update(project, changes);
        return new Limits(project, quotas.limits(project));
    }

    @Override
    public void delete(Call call, String project) {
        quotas.reset(project, QuotaResource.OF_LOAD_BALANCING);
    }
}
