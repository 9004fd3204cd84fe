package io.weft.neutron;

import io.weft.domain.AvailabilityZones;
import io.weft.domain.Nodes;
import io.weft.domain.replica.NodeStatus;
import io.weft.domain.replica.View;
import io.weft.model.IpAddress;
import io.weft.model.Node;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The nodes, as the agents that Neutron's clients list. */
final class Agents implements ResourceService<Seen<Node>> {
    private final Attribute<Seen<Node>, String> description = Attribute.<Seen<Node>, String>of(
                    "description",
                    Kinds.text(255),
                    seen -> seen.resource().meta().description())
            .putOnly()
            .build();
    private final Attribute<Seen<Node>, Boolean> adminStateUp = Attribute.<Seen<Node>, Boolean>of(
                    "admin_state_up", Kinds.bool(), _ -> true)
            .putOnly()
            .build();
    private final Nodes nodes;
    private final Reader reader;

    private Agents(Nodes nodes, Reader reader) {
        this.nodes = nodes;
        this.reader = reader;
    }

    static ResourceType<Seen<Node>> type(Nodes nodes, Reader reader) {
        Agents agents = new Agents(nodes, reader);
        return ResourceType.named("agent", "agents", Seen<Node>::id, agents)
                .attributes(List.of(
                        Attribute.<Seen<Node>, UUID>of(
                                        "id",
                                        Values.UUID_KIND,
                                        seen -> seen.resource().id())
                                .build(),
                        text("agent_type", _ -> "Weft agent"),
                        text("binary", _ -> "weft-agent"),
                        text("topic", _ -> "N/A"),
                        text("host", seen -> seen.resource().name()),
                        agents.description,
                        text("availability_zone", _ -> AvailabilityZones.ONLY),
                        agents.adminStateUp,
                        bool(
                                "alive",
                                seen -> seen.view().isAlive(seen.resource().id())),
                        time("created_at", seen -> seen.resource().meta().createdAt()),
                        time("started_at", seen -> seen.resource().meta().createdAt()),
                        time(
                                "heartbeat_timestamp",
                                seen -> status(seen)
                                        .map(NodeStatus::reportedAt)
                                        .orElse(seen.resource().meta().updatedAt())),
                        Attribute.<Seen<Node>, Map<String, Object>>of(
                                        "configurations", Values.PROFILE, Agents::configurations)
                                .notFilterable()
                                .build(),
                        text("resources_synced", _ -> null)))
                .offers(Operation.LIST, Operation.SHOW, Operation.UPDATE, Operation.DELETE)
                .notFound(Agents::missing)
                .build();
    }

    private static Map<String, Object> configurations(Seen<Node> seen) {
        Node node = seen.resource();
        List<String> addresses =
                node.tunnelAddresses().stream().map(IpAddress::toString).toList();
        int ports = seen.view().world().portsOnHost(node.name()).size();
        return status(seen)
                .<Map<String, Object>>map(status -> Map.of(
                        "tunnel_addresses",
                        addresses,
                        "ports",
                        (long) ports,
                        "version",
                        status.version(),
                        "revision",
                        status.revision(),
                        "problems",
                        status.problems()))
                .orElse(Map.of("tunnel_addresses", addresses, "ports", (long) ports));
    }

    private static Optional<NodeStatus> status(Seen<Node> seen) {
        return seen.view().status(seen.resource().id());
    }

    private static Attribute<Seen<Node>, String> text(String name, Function<Seen<Node>, @Nullable String> getter) {
        return Attribute.<Seen<Node>, String>of(name, Kinds.text(255), getter)
                .mayBeAbsent()
                .build();
    }

    private static Attribute<Seen<Node>, Boolean> bool(String name, Function<Seen<Node>, Boolean> getter) {
        return Attribute.<Seen<Node>, Boolean>of(name, Kinds.bool(), getter).build();
    }

    private static Attribute<Seen<Node>, Instant> time(String name, Function<Seen<Node>, Instant> getter) {
        return Attribute.<Seen<Node>, Instant>of(name, Values.SPACED_TIME, getter)
                .build();
    }

    @Override
    public Optional<Seen<Node>> find(Call call, String id) {
        View view = reader.view();
        return Reader.uuid(id).flatMap(view.world()::node).map(node -> new Seen<>(node, view, ""));
    }

    @Override
    public Iterable<Seen<Node>> list(Call call, Filters<Seen<Node>> filters) {
        View view = reader.view();
        return view.world().nodes().stream()
                .map(node -> new Seen<>(node, view, ""))
                .toList();
    }

    /**
     * Changes what people say of a node. In Neutron {@code admin_state_up} keeps new work from an agent that a scheduler
     * would choose, and leaves alone what is there and what is bound by name. Nothing is scheduled here, so there is
     * nothing that it could keep away.
     */
    @Override
    public Seen<Node> update(Call call, String id, Body body) {
        Seen<Node> before = find(call, id).orElseThrow(() -> missing(id));
        if (!body.get(adminStateUp).orElse(true)) {
            throw ApiException.invalid(
                    "admin_state_up", "nothing is scheduled to agents, so that nothing would be kept from this one");
        }
        Optional<String> wanted = body.get(description);
        return wanted.isEmpty()
                ? before
                : new Seen<>(nodes.describe(before.resource().id(), wanted.get()), reader.view(), "");
    }

    /** Forgets a node that no port is bound to; it comes back when it registers again. */
    @Override
    public void delete(Call call, String id) {
        Seen<Node> node = find(call, id).orElseThrow(() -> missing(id));
        nodes.remove(node.resource().name());
    }

    private static ApiException missing(String id) {
        return new ApiException(ErrorCategory.NOT_FOUND, "AgentNotFound", "Agent " + id + " could not be found.");
    }
}
