package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.Topologies;
import io.weft.rest.Attribute;
import io.weft.rest.Call;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import io.weft.rest.RestError;
import java.util.List;
import java.util.Optional;

/**
 * A project's network with all that it takes to lead out, which is made when it is first asked for.
 * https://docs.openstack.org/api-ref/network/v2/#auto-allocated-topologies
 */
final class TopologyService implements ResourceService<TopologyService.Topology> {
    /** In the place of attributes it asks whether a topology could be made. */
    private static final String DRY_RUN = "dry-run";

    private final Topologies topologies;

    private TopologyService(Topologies topologies) {
        this.topologies = topologies;
    }

    /**
     * A topology.
     *
     * @param network the id of its network; empty while nobody has asked for it
     * @param project whose it is
     */
    record Topology(String network, String project) {}

    static ResourceType<Topology> type(Domain domain) {
        Attribute<Topology, String> project = Attribute.<Topology, String>of(
                        "project_id", Kinds.text(255), Topology::project)
                .build();
        return ResourceType.named(
                        "auto_allocated_topology",
                        "auto-allocated-topology",
                        Topology::project,
                        new TopologyService(domain.topologies()))
                .attributes(List.of(
                        Attribute.<Topology, String>of("id", Kinds.text(36), Topology::network)
                                .build(),
                        project,
                        project.alias("tenant_id")))
                .offers(Operation.LIST, Operation.SHOW, Operation.DELETE)
                .build();
    }

    /** Clients that know no project say so. */
    private static String project(Call call, String id) {
        return id.equals("None") ? call.caller().project() : id;
    }

    @Override
    public Optional<Topology> find(Call call, String id) {
        String project = project(call, id);
        if (!call.caller().global() && !project.equals(call.caller().project())) {
            throw RestError.NOT_AUTHORIZED.with("Not authorized.");
        }
        return Optional.of(new Topology("", project));
    }

    @Override
    public Topology show(Call call, Topology found, List<String> fields) {
        if (fields.contains(DRY_RUN)) {
            topologies.check(Callers.of(call));
            return new Topology(DRY_RUN + "=pass", found.project());
        }
        if (!fields.isEmpty()) {
            throw RestError.BAD_PARAMETER.with("Bad auto_allocate request: Unrecognized field.");
        }
        return new Topology(topologies.obtain(Callers.of(call), found.project()).toString(), found.project());
    }

    @Override
    public boolean fieldsAsk() {
        return true;
    }

    @Override
    public Iterable<Topology> list(Call call, Filters<Topology> filters) {
        return List.of();
    }

    @Override
    public void delete(Call call, String id) {
        topologies.delete(project(call, id));
    }
}
