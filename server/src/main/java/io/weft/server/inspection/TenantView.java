package io.weft.server.inspection;

import io.weft.model.Meta;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Router;
import io.weft.model.SecurityGroup;
import io.weft.model.World;
import io.weft.rest.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a tenant may see of a trace: what its own ports and routers decided. Not where anything runs, and not what the
 * ports and rules of others say. A fact is shown because it is named here, so that one which is added later is not.
 */
final class TenantView {
    private static final Set<String> FACTS = Set.of(
            "step",
            "port_id",
            "network_id",
            "admin_up",
            "port_security",
            "checked",
            "state",
            "expired",
            "protocol",
            "local",
            "local_port",
            "remote",
            "remote_port",
            "direction",
            "allowed",
            "stateful",
            "rule_id",
            "security_group_id",
            "router_id",
            "kind",
            "prefix",
            "next_hop",
            "address",
            "mac_address",
            "answered",
            "question",
            "replayed",
            "reason");

    /** Steps that are about the port that they name. */
    private static final Set<String> OF_PORTS = Set.of("port", "source", "connection", "rule", "drop", "copy");

    /** Steps that name nobody's objects, once their facts have been looked through. */
    private static final Set<String> OF_NOBODY = Set.of(
            "neighbour",
            "next-hop",
            "delivered",
            "tunnel",
            "outside",
            "service",
            "answer",
            "responder",
            "more",
            "held",
            "entered");

    private final World world;
    private final Caller caller;

    TenantView(World world, Caller caller) {
        this.world = world;
        this.caller = caller;
    }

    List<ObjectNode> steps(List<ObjectNode> all) {
        List<ObjectNode> seen = new ArrayList<>();
        for (ObjectNode step : all) {
            String kind = step.path("step").asString("");
            boolean own = OF_PORTS.contains(kind)
                    ? owns(step, "port_id", world::port, Port::meta)
                    : kind.equals("route")
                            ? owns(step, "router_id", world::router, Router::meta)
                            : OF_NOBODY.contains(kind);
            if (own) {
                seen.add(looked(step));
            }
        }
        return seen;
    }

    /** How it ended, without the reason where another's port decided. */
    ObjectNode outcome(ObjectNode outcome) {
        ObjectNode seen = outcome.objectNode();
        seen.set("result", outcome.path("result"));
        boolean own = !outcome.has("port_id") || owns(outcome, "port_id", world::port, Port::meta);
        if (own) {
            copy(outcome, seen, "port_id");
            copy(outcome, seen, "reason");
        } else if (outcome.has("reason")) {
            seen.put("detail", "the destination's side decided it");
        }
        if (outcome.path("result").asString("").equals("unreachable")) {
            copy(outcome, seen, "detail");
        }
        if (Set.of("unanswered", "unseen").contains(outcome.path("result").asString(""))) {
            seen.put("detail", "not all of the way could be asked");
        }
        return seen;
    }

    private static void copy(ObjectNode from, ObjectNode to, String name) {
        if (from.has(name)) {
            to.set(name, from.get(name));
        }
    }

    private ObjectNode looked(ObjectNode step) {
        ObjectNode seen = step.deepCopy();
        seen.retain(FACTS);
        keep(seen, "port_id", world::port, Port::meta);
        keep(seen, "router_id", world::router, Router::meta);
        if (!owns(seen, "network_id", world::network, Network::meta) && !isShared(seen)) {
            seen.remove("network_id");
        }
        if (!owns(seen, "security_group_id", world::securityGroup, SecurityGroup::meta)) {
            seen.remove(List.of("security_group_id", "rule_id"));
        }
        return seen;
    }

    private <T> void keep(ObjectNode step, String name, Function<UUID, Optional<T>> find, Function<T, Meta> meta) {
        if (!owns(step, name, find, meta)) {
            step.remove(name);
        }
    }

    private boolean isShared(JsonNode step) {
        return found(step, "network_id", world::network).map(Network::shared).orElse(false);
    }

    private <T> boolean owns(JsonNode step, String name, Function<UUID, Optional<T>> find, Function<T, Meta> meta) {
        return found(step, name, find)
                .map(object -> caller.owns(meta.apply(object).project()))
                .orElse(false);
    }

    private static <T> Optional<T> found(JsonNode step, String name, Function<UUID, Optional<T>> find) {
        try {
            return find.apply(UUID.fromString(step.path(name).asString("")));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
