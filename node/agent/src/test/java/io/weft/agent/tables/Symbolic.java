package io.weft.agent.tables;

import io.weft.model.IpAddress;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.AddressOwner;
import io.weft.vrouter.DomainGateway;
import io.weft.vrouter.ExternalAddress;
import io.weft.vrouter.FloatingKey;
import io.weft.vrouter.FloodKey;
import io.weft.vrouter.FurtherGateway;
import io.weft.vrouter.FurtherGatewayKey;
import io.weft.vrouter.GroupMemberKey;
import io.weft.vrouter.NodeAddress;
import io.weft.vrouter.PeerClassKey;
import io.weft.vrouter.Place;
import io.weft.vrouter.PolicyKey;
import io.weft.vrouter.PolicyNumber;
import io.weft.vrouter.PolicyVerdict;
import io.weft.vrouter.Pool;
import io.weft.vrouter.Port;
import io.weft.vrouter.PortAddressKey;
import io.weft.vrouter.PortForwarding;
import io.weft.vrouter.Route;
import io.weft.vrouter.RouteKey;
import io.weft.vrouter.RouterInterface;
import io.weft.vrouter.RuleSet;
import io.weft.vrouter.ServiceAddress;
import io.weft.vrouter.ServiceClientKey;
import io.weft.vrouter.SourceGatewayKey;
import io.weft.vrouter.Tag;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/** Tables with names in the place of the node's own numbers and without the order of flood lists. */
final class Symbolic {
    private static final Set<String> BY_PLACE = Set.of("ports", "views", "subports", "shaping");

    private final Map<Integer, String> nodes = new HashMap<>();
    private final Map<Integer, String> domains = new HashMap<>();
    private final Map<Integer, String> groups = new HashMap<>();
    private final Map<Integer, String> ports = new HashMap<>();

    private final Map<Integer, String> limits = new HashMap<>();
    private final DesiredTable<PolicyNumber, UUID> policyNames;

    private Symbolic(State state, DesiredTable<PolicyNumber, UUID> policyNames) {
        this.policyNames = policyNames;
        state.nodes.forEach((host, node) -> node.index.ifPresent(index -> unique(nodes, index, host)));
        state.routers.forEach((id, router) -> {
            router.domain.ifPresent(domain -> unique(domains, domain, "router" + id));
            router.groups.forEach((prefix, group) -> unique(groups, group, id + " " + prefix));
            router.limitNumbers.forEach((address, number) -> unique(limits, number, id + " " + address));
        });
        state.portNumbers.forEach((id, number) -> unique(ports, number, "port" + id));
    }

    private static void unique(Map<Integer, String> names, int number, String name) {
        String other = names.put(number, name);
        if (other != null) {
            throw new AssertionError(other + " and " + name + " have the number " + number);
        }
    }

    static SortedSet<String> of(Fold fold) {
        Symbolic names = new Symbolic(fold.state(), fold.tables().policyNames());
        SortedSet<String> lines = new TreeSet<>();
        for (DesiredTable<?, ?> table : fold.tables().all()) {
            // Names stand in the place of numbers everywhere else.
            if (!table.name().equals("policy_names")) {
                addAll(table, names, lines);
            }
        }
        return lines;
    }

    private static <K, V> void addAll(DesiredTable<K, V> table, Symbolic names, SortedSet<String> lines) {
        for (K key : table.keys()) {
            lines.add(table.name() + " " + names.key(table, key) + " = "
                    + names.value(table, table.get(key).orElseThrow()));
        }
    }

    private Object key(DesiredTable<?, ?> table, Object key) {
        return switch (key) {
            case PortAddressKey k -> ports.get(k.port()) + " " + k.mac() + " " + k.prefix();
            case ServiceClientKey k -> ports.get(k.port()) + " " + k.address();
            case IpAddress node when table.name().equals("underlay_addresses") -> node;
            case FloatingKey k -> domains.get(k.domain()) + " " + k.fixed();
            case Integer domain when table.name().equals("gateways") -> String.valueOf(domains.get(domain));
            case FurtherGatewayKey k -> domains.get(k.domain()) + " " + k.network();
            case SourceGatewayKey k ->
                domains.get(k.domain()) + " " + k.address() + " " + k.protocol() + " " + k.port() + "/" + k.portBits();
            case IpAddress inside -> client(inside);
            case RouteKey k -> domains.get(k.domain()) + " " + k.prefix();
            case GroupMemberKey k -> groups.get(k.group()) + " " + k.slot();
            // Members have no order.
            case FloodKey k -> k.network() + " " + k.list();
            case PeerClassKey k -> name(PolicyNumber.Kind.SCOPE, k.scope()) + " " + k.prefix();
            case PolicyKey k ->
                name(PolicyNumber.Kind.RULE_SET, k.ruleSet()) + " " + name(PolicyNumber.Kind.CLASS, k.peerClass())
                        + k.direction() + k.family() + k.protocol() + " " + k.port() + "/" + k.portBits();
            case AddressKey k
            when table.name().equals("virtual_addresses") -> domains.get(k.network()) + " " + k.address();
            case Integer place when BY_PLACE.contains(table.name()) -> at(place);
            case Integer number when table.name().equals("rule_sets") -> name(PolicyNumber.Kind.RULE_SET, number);
            case Integer number
            when table.name().equals("qos") || table.name().equals("guarantees") -> String.valueOf(ports.get(number));
            case Integer number when table.name().startsWith("address_") -> String.valueOf(limits.get(number));
            case Integer index when table.name().equals("nodes") -> String.valueOf(nodes.get(index));
            default -> key;
        };
    }

    private Object value(DesiredTable<?, ?> table, Object value) {
        return switch (value) {
            case Place place -> place(place);
            case IpAddress floating when table.name().equals("floating_addresses") -> floating;
            case ExternalAddress outside ->
                domains.get(outside.domain()) + " " + outside.fixed() + " " + outside.mac() + " "
                        + limits.get(outside.limits());
            case PortForwarding to -> domains.get(to.domain()) + " " + to.address() + " " + to.shift();
            case DomainGateway gateway -> gateway(gateway);
            case FurtherGateway further -> gateway(further.gateway()) + " " + further.nextHop() + " " + further.mtu();
            case IpAddress inside -> client(inside);
            case AddressOwner owner -> owner.mac() + " " + place(owner.place());
            case RouterInterface router ->
                domains.get(router.domain()) + " " + router.mtu() + " " + router.ipv4() + " " + router.ipv6();
            case Route.Group group -> groups.get(group.group()) + " x " + group.members();
            case Route.ExternalGroup group -> groups.get(group.group()) + " external x " + group.members();
            case Port port ->
                ports.get(port.number()) + " " + port.network() + " " + port.mac() + " " + new TreeSet<>(port.flags())
                        + port.mtu() + " " + port.ipv4() + " " + port.ipv6() + " "
                        + name(PolicyNumber.Kind.RULE_SET, port.ruleSet()) + " "
                        + name(PolicyNumber.Kind.SCOPE, port.peerScope());
            case PolicyVerdict verdict -> verdict.stateful() + " " + name(PolicyNumber.Kind.RULE, verdict.rule());
            // Epochs tell of the way here.
            case RuleSet facts -> facts.stateless();
            case Integer number when table.name().equals("peer_classes") -> name(PolicyNumber.Kind.CLASS, number);
            case NodeAddress node -> node.address();
            case Integer index when table.name().equals("tunnel_sources") -> String.valueOf(nodes.get(index));
            case Integer place when table.name().equals("places") -> at(place);
            // A member's place tells of the way here.
            case Pool pool ->
                new TreeSet<>(pool.members().values().stream()
                        .map(Pool.Member::toString)
                        .toList());
            case ServiceAddress address -> at(address.device()) + " " + address.address();
            default -> value;
        };
    }

    private String gateway(DomainGateway gateway) {
        return gateway.network() + " " + gateway.transit() + " " + place(gateway.place()) + " " + gateway.mac()
                + gateway.snat() + " " + gateway.ipv4() + " " + gateway.several();
    }

    private String name(PolicyNumber.Kind kind, int number) {
        UUID name = policyNames.find(new PolicyNumber(kind, number));
        if (number != 0 && name == null) {
            throw new AssertionError(kind + " " + number + " has no name");
        }
        return String.valueOf(name);
    }

    /** An address in the service namespace: its last 22 bits are a port's number and a slot. */
    private String client(IpAddress inside) {
        int bits = (int) (inside.low() & 0x3fffff);
        return ports.get(bits >> 6) + " slot " + (bits & 63) + " " + inside.family();
    }

    /** A device, or a subport by its name. */
    private String at(int place) {
        int sending = place & ~Shaping.ofReceiving(0);
        return Tag.isSubport(place)
                ? ports.get(Tag.number(sending)) + (sending == place ? "" : " receiving")
                : "device " + place;
    }

    private String place(Place place) {
        String at = switch (place.kind()) {
            case NONE -> "nowhere";
            case LOCAL -> at(place.number());
            case REMOTE -> String.valueOf(nodes.get(place.number()));
            case ROUTER -> String.valueOf(domains.get(place.number()));
            case VIRTUAL -> "virtual";
        };
        return at + (place.shared() ? " shared" : "");
    }
}
