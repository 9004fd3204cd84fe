package io.weft.e2e;

import io.weft.model.AddressGroup;
import io.weft.model.AddressPair;
import io.weft.model.AllowedCallers;
import io.weft.model.BalancedProtocol;
import io.weft.model.Binding;
import io.weft.model.Direction;
import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.IpProtocol;
import io.weft.model.Ipv6Mode;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.MacAddress;
import io.weft.model.MemberLocality;
import io.weft.model.Meta;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.PortForwarding;
import io.weft.model.PortRange;
import io.weft.model.Precedence;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.RuleAction;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Subnet;
import io.weft.model.Tier;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Reads the whole network over the API, as any administrator could, for the reference to judge. Nodes are taken to be
 * connected to every physical network: the API does not say to which.
 */
final class WorldReader {
    private WorldReader() {}

    static World read(Api api) {
        WorldBuilder world = new WorldBuilder(World.empty());
        Set<String> physicalNetworks = new HashSet<>();
        for (JsonNode node : api.list("network", "")) {
            Network network = network(node);
            network.physicalNetwork().ifPresent(physicalNetworks::add);
            world.put(network);
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
        boolean groups = false;
        List<Port> ports = new ArrayList<>();
        for (JsonNode node : api.list("port", "")) {
            Port port = port(node);
            ports.add(port);
            world.put(port);
            groups |= node.has("security_groups");
        }
        if (groups) {
            readGroups(api, world);
        }
        List<UUID> nodes = new ArrayList<>();
        for (JsonNode node : api.list("agent", "")) {
            nodes.add(id(node, "id"));
            Meta meta = Meta.create(id(node, "id"), "", text(node, "host"), "", Instant.EPOCH);
            world.put(new Node(meta, List.of(), List.copyOf(physicalNetworks)));
        }
        for (JsonNode node : api.list("router", "")) {
            world.put(new Router(
                    meta(node),
                    node.get("admin_state_up").asBoolean(),
                    list(node, "routes", WorldReader::route),
                    gateway(node, ports, nodes)));
        }
        if (!physicalNetworks.isEmpty()) {
            readFloatingIps(api, ports, world);
        }
        readLoadBalancers(api, world);
        return world.build(1);
    }

    private static Network network(JsonNode node) {
        Optional<String> physical = optional(node, "provider:physical_network");
        return new Network(
                meta(node),
                node.get("admin_state_up").asBoolean(),
                node.get("shared").asBoolean(),
                // One that is not tunnelled shows no number, and nobody asks for it.
                physical.isPresent()
                        ? Network.MAX_VNI
                        : node.get("provider:segmentation_id").asInt(),
                node.get("mtu").asInt(),
                true,
                "",
                node.get("router:external").asBoolean(),
                physical,
                Optional.empty());
    }

    /** The router's gateway, its first if it has several. */
    private static Optional<ExternalGateway> gateway(JsonNode router, List<Port> ports, List<UUID> nodes) {
        JsonNode info = router.get("external_gateway_info");
        if (info == null || info.isNull()) {
            return Optional.empty();
        }
        UUID network = id(info, "network_id");
        UUID port = owned(ports, Port.ROUTER_GATEWAY, text(router, "id")).stream()
                .filter(each -> each.networkId().equals(network))
                .map(Port::id)
                .findFirst()
                .orElseThrow();
        return Optional.of(
                new ExternalGateway(network, port, info.get("enable_snat").asBoolean(), 1, nodes));
    }

    private static List<Port> owned(List<Port> ports, String owner, String device) {
        return ports.stream()
                .filter(port ->
                        port.deviceOwner().equals(owner) && port.deviceId().equals(device))
                .toList();
    }

    private static void readFloatingIps(Api api, List<Port> ports, WorldBuilder world) {
        for (JsonNode node : api.list("floatingip", "")) {
            JsonNode forwardings = api.call("GET", "/v2.0/floatingips/" + text(node, "id") + "/port_forwardings", "")
                    .body();
            world.put(new FloatingIp(
                    meta(node),
                    id(node, "floating_network_id"),
                    owned(ports, Port.FLOATING_IP, text(node, "id")).getFirst().id(),
                    IpAddress.parse(text(node, "floating_ip_address")),
                    optional(node, "router_id").map(UUID::fromString),
                    optional(node, "port_id")
                            .map(port -> new FloatingIp.Fixed(
                                    UUID.fromString(port), IpAddress.parse(text(node, "fixed_ip_address")))),
                    list(forwardings, "port_forwardings", WorldReader::forwarding)));
        }
    }

    private static PortForwarding forwarding(JsonNode node) {
        return new PortForwarding(
                id(node, "id"),
                "",
                IpProtocol.parse(text(node, "protocol")),
                ports(text(node, "external_port_range")),
                id(node, "internal_port_id"),
                IpAddress.parse(text(node, "internal_ip_address")),
                ports(text(node, "internal_port_range")));
    }

    private static PortRange ports(String text) {
        String[] ends = text.split(":");
        return new PortRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
    }

    private static void readLoadBalancers(Api api, WorldBuilder world) {
        for (JsonNode node : balanced(api, "loadbalancers")) {
            world.put(new LoadBalancer(
                    meta(node),
                    id(node, "vip_port_id"),
                    id(node, "vip_network_id"),
                    id(node, "vip_subnet_id"),
                    IpAddress.parse(text(node, "vip_address")),
                    node.get("admin_state_up").asBoolean(),
                    true));
        }
        for (JsonNode node : balanced(api, "pools")) {
            world.put(new Pool(
                    meta(node),
                    id(node.get("loadbalancers").get(0), "id"),
                    node.get("admin_state_up").asBoolean(),
                    BalancedProtocol.valueOf(text(node, "protocol")),
                    0,
                    MemberLocality.parse(text(node, "weft:member_locality"))));
            for (JsonNode member : balanced(api, "pools/" + text(node, "id") + "/members")) {
                world.put(new PoolMember(
                        meta(member),
                        id(node, "id"),
                        member.get("admin_state_up").asBoolean(),
                        IpAddress.parse(text(member, "address")),
                        member.get("protocol_port").asInt(),
                        member.get("weight").asInt(),
                        Optional.empty()));
            }
        }
        for (JsonNode node : balanced(api, "listeners")) {
            world.put(new Listener(
                    meta(node),
                    id(node.get("loadbalancers").get(0), "id"),
                    node.get("admin_state_up").asBoolean(),
                    BalancedProtocol.valueOf(text(node, "protocol")),
                    node.get("protocol_port").asInt(),
                    optional(node, "default_pool_id").map(UUID::fromString),
                    new AllowedCallers(
                            node.path("allowed_cidrs")
                                    .valueStream()
                                    .map(cidr -> IpPrefix.parse(cidr.asString()))
                                    .toList(),
                            AllowedCallers.Scope.parse(text(node, "weft:allowed_cidrs_scope"))),
                    optional(node, "weft:node_health")));
        }
    }

    private static JsonNode balanced(Api api, String path) {
        return api.call("GET", "/v2/lbaas/" + path, "").body().get(path.substring(path.lastIndexOf('/') + 1));
    }

    private static void readGroups(Api api, WorldBuilder world) {
        for (JsonNode node : api.list("security_group", "")) {
            boolean isDefault = text(node, "name").equals(SecurityGroup.DEFAULT_NAME);
            world.put(new SecurityGroup(
                            meta(node), isDefault, node.get("stateful").asBoolean())
                    .withPrecedence(new Precedence(
                            Tier.parse(text(node, "weft:tier")),
                            node.get("weft:priority").asInt())));
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
                        remote),
                RuleAction.parse(text(node, "weft:action")),
                node.get("weft:position").asInt());
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
        return Meta.create(
                id(node, "id"), text(node, "project_id"), optional(node, "name").orElse(""), "", Instant.EPOCH);
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
