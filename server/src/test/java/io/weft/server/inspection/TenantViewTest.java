package io.weft.server.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.Binding;
import io.weft.model.MacAddress;
import io.weft.model.Meta;
import io.weft.model.Port;
import io.weft.model.SecurityGroup;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import io.weft.rest.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TenantViewTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final UUID OWN = new UUID(1, 1);
    private static final UUID FOREIGN = new UUID(1, 2);
    private static final UUID OWN_GROUP = new UUID(2, 1);
    private static final UUID FOREIGN_GROUP = new UUID(2, 2);

    private final TenantView view = new TenantView(world(), new Caller("own", "somebody", Set.of("member"), false));

    private static World world() {
        WorldBuilder builder = new WorldBuilder(World.empty());
        builder.put(new SecurityGroup(meta(OWN_GROUP, "own"), false, true));
        builder.put(new SecurityGroup(meta(FOREIGN_GROUP, "foreign"), false, true));
        builder.put(port(OWN, "own"));
        builder.put(port(FOREIGN, "foreign"));
        return builder.build(1);
    }

    private static Port port(UUID id, String project) {
        return new Port(
                meta(id, project),
                new UUID(3, 1),
                true,
                new MacAddress(2),
                List.of(),
                "",
                "",
                List.of(),
                true,
                List.of(),
                Binding.NONE);
    }

    private static Meta meta(UUID id, String project) {
        return Meta.create(id, project, "", "", Instant.EPOCH);
    }

    private static ObjectNode step(Map<String, ?> facts) {
        return (ObjectNode) JSON.valueToTree(facts);
    }

    @Test
    void decisionsOfOwnPortsAreShownWithoutTheirPlace() {
        ObjectNode rule = step(Map.of(
                "step",
                "rule",
                "port_id",
                OWN.toString(),
                "allowed",
                true,
                "rule_id",
                "r",
                "security_group_id",
                OWN_GROUP.toString(),
                "rule_set",
                3,
                "node",
                "host1"));
        assertThat(view.steps(List.of(rule)).getFirst())
                .isEqualTo(step(Map.of(
                        "step",
                        "rule",
                        "port_id",
                        OWN.toString(),
                        "allowed",
                        true,
                        "rule_id",
                        "r",
                        "security_group_id",
                        OWN_GROUP.toString())));
    }

    @Test
    void decisionsOfOthersPortsAreNot() {
        assertThat(view.steps(List.of(
                        step(Map.of("step", "rule", "port_id", FOREIGN.toString(), "allowed", false)),
                        step(Map.of("step", "connection", "port_id", FOREIGN.toString())),
                        step(Map.of("step", "drop", "port_id", FOREIGN.toString(), "reason", "POLICY_INGRESS")),
                        step(Map.of("step", "drop", "reason", "TUNNEL_SOURCE")),
                        step(Map.of("step", "route", "router_id", new UUID(9, 9).toString())),
                        step(Map.of("step", "arrived", "host", "host1")),
                        step(Map.of("step", "something new", "port_id", OWN.toString())))))
                .isEmpty();
        assertThat(view.outcome(step(Map.of(
                        "result", "dropped", "port_id", FOREIGN.toString(), "reason", "POLICY_INGRESS", "node", "h"))))
                .isEqualTo(step(Map.of("result", "dropped", "detail", "the destination's side decided it")));
    }

    @Test
    void aRuleOfAnothersGroupThatAnOwnPortBearsIsNotNamed() {
        ObjectNode rule = step(Map.of(
                "step",
                "rule",
                "port_id",
                OWN.toString(),
                "allowed",
                true,
                "rule_id",
                "r",
                "security_group_id",
                FOREIGN_GROUP.toString()));
        assertThat(view.steps(List.of(rule)).getFirst().propertyNames())
                .containsExactlyInAnyOrder("step", "port_id", "allowed");
    }

    @Test
    void whereThingsRunIsNeverShown() {
        ObjectNode tunnel = step(Map.of("step", "tunnel", "host", "host2", "node_address", "192.0.2.1", "vni", 7));
        assertThat(view.steps(List.of(tunnel))).containsExactly(step(Map.of("step", "tunnel")));
        ObjectNode hop = step(Map.of(
                "step",
                "next-hop",
                "address",
                "10.0.0.1",
                "place",
                "remote",
                "host",
                "host2",
                "port_id",
                FOREIGN.toString()));
        assertThat(view.steps(List.of(hop))).containsExactly(step(Map.of("step", "next-hop", "address", "10.0.0.1")));
        assertThat(view.outcome(step(Map.of("result", "unanswered", "node", "host2", "detail", "host2 is away"))))
                .isEqualTo(step(Map.of("result", "unanswered", "detail", "not all of the way could be asked")));
    }
}
