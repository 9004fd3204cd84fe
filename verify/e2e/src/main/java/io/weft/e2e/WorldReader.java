package io.weft.e2e;

import io.weft.model.AddressGroup;
import io.weft.model.AddressPair;
import io.weft.model.Binding;
import io.weft.model.Direction;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.IpProtocol;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.model.Meta;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Subnet;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Reads the whole network over the API, as any administrator could, for the reference to judge. */
final class WorldReader {
    private WorldReader() {}

    static World read(Api api) {
        WorldBuilder world = new WorldBuilder(World.empty());
        for (JsonNode node : api.list("network", "")) {
            world.put(new Network(
                    meta(node),
                    node.get("admin_state_up").asBoolean(),
                    node.get("shared").asBoolean(),
                    node.get("provider:segmentation_id").asInt(),
                    node.get("mtu").asInt(),
                    true));
        }
        for (JsonNode node : api.list("subnet", "")) {
            world.put(new Subnet(
                    meta(node),
                    id(node, "network_id"),
                    IpPrefix.parse(text(node, "cidr")),
                    optional(node, "gateway_ip").map(IpAddress::parse),
                    List.of(),
                    List.of(),
                    list(node, "host_routes", WorldReader::route),
                    node.get("enable_dhcp").asBoolean(),
                    Ipv6Mode.NONE,
                    Ipv6Mode.NONE));
        }
        for (JsonNode node : api.list("router", "")) {
            world.put(new Router(
                    meta(node), node.get("admin_state_up").asBoolean(), list(node, "routes", WorldReader::route)));
        }
        boolean groups = false;
        for (JsonNode node : api.list("port", "")) {
            world.put(port(node));
            groups |= node.has("security_groups");
        }
        if (groups) {
            readGroups(api, world);
        }
        return world.build(1);
    }

    private static void readGroups(Api api, WorldBuilder world) {
        for (JsonNode node : api.list("security_group", "")) {
            boolean isDefault = text(node, "name").equals(SecurityGroup.DEFAULT_NAME);
            world.put(new SecurityGroup(
                    meta(node), isDefault, node.get("stateful").asBoolean()));
            for (JsonNode rule : node.get("security_group_rules")) {
                world.put(rule(rule));
            }
        }
        for (JsonNode node : api.list("address_group", "")) {
            world.put(new AddressGroup(meta(node), list(node, "addresses", block -> IpPrefix.parse(block.asString()))));
        }
    }

    private static SecurityGroupRule rule(JsonNode node) {
        Meta meta = Meta.create(id(node, "id"), text(node, "project_id"), "", "", Instant.EPOCH);
        RuleRemote remote = optional(node, "remote_ip_prefix")
                .<RuleRemote>map(RuleRemote.Prefix::parse)
                .or(() -> optional(node, "remote_group_id").map(id -> new RuleRemote.Group(UUID.fromString(id))))
                .or(() -> optional(node, "remote_address_group_id")
                        .map(id -> new RuleRemote.Addresses(UUID.fromString(id))))
                .orElseGet(RuleRemote.Anyone::new);
        return new SecurityGroupRule(
                meta,
                id(node, "security_group_id"),
                new RuleMatch(
                        Direction.parse(text(node, "direction")),
                        text(node, "ethertype").equals("IPv4") ? IpFamily.IPV4 : IpFamily.IPV6,
                        optional(node, "protocol").map(IpProtocol::parse),
                        number(node, "port_range_min"),
                        number(node, "port_range_max"),
                        remote));
    }

    private static Optional<Integer> number(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value.asInt());
    }

    /** The groups whose rules apply to a port: none do without port security. */
    private static Optional<List<UUID>> groups(JsonNode port) {
        return port.has("security_groups") && port.get("port_security_enabled").asBoolean()
                ? Optional.of(list(port, "security_groups", group -> UUID.fromString(group.asString())))
                : Optional.empty();
    }

    private static Port port(JsonNode node) {
        return new Port(
                meta(node),
                id(node, "network_id"),
                node.get("admin_state_up").asBoolean(),
                MacAddress.parse(text(node, "mac_address")),
                list(
                        node,
                        "fixed_ips",
                        ip -> new FixedIp(id(ip, "subnet_id"), IpAddress.parse(text(ip, "ip_address")))),
                text(node, "device_id"),
                text(node, "device_owner"),
                list(
                        node,
                        "allowed_address_pairs",
                        pair -> new AddressPair(
                                IpPrefix.parse(text(pair, "ip_address")), MacAddress.parse(text(pair, "mac_address")))),
                node.get("port_security_enabled").asBoolean(),
                groups(node),
                List.of(),
                new Binding(optional(node, "binding:host_id").orElse(""), "normal", Map.of()));
    }

    private static Route route(JsonNode node) {
        return new Route(IpPrefix.parse(text(node, "destination")), IpAddress.parse(text(node, "nexthop")));
    }

    private static Meta meta(JsonNode node) {
        return Meta.create(id(node, "id"), text(node, "project_id"), text(node, "name"), "", Instant.EPOCH);
    }

    private static UUID id(JsonNode node, String field) {
        return UUID.fromString(text(node, field));
    }

    private static String text(JsonNode node, String field) {
        return node.get(field).asString();
    }

    private static Optional<String> optional(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value.asString());
    }

    private static <T> List<T> list(JsonNode node, String field, Function<JsonNode, T> read) {
        List<T> values = new ArrayList<>();
        for (JsonNode each : node.get(field)) {
            values.add(read.apply(each));
        }
        return values;
    }
}
