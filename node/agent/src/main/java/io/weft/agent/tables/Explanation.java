package io.weft.agent.tables;

import io.weft.agent.policy.Policy;
import io.weft.agent.trace.Entrance;
import io.weft.agent.trace.Sender;
import io.weft.agent.trace.Step;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.protocol.FloatingIpFact;
import io.weft.protocol.LocalPort;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.RouterInterface;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.Connection;
import io.weft.vrouter.ConnectionKey;
import io.weft.vrouter.Decision;
import io.weft.vrouter.DropReason;
import io.weft.vrouter.ListenerKey;
import io.weft.vrouter.NodeAddress;
import io.weft.vrouter.Place;
import io.weft.vrouter.PolicyKey;
import io.weft.vrouter.PolicyVerdict;
import io.weft.vrouter.Port;
import io.weft.vrouter.Tag;
import io.weft.vrouter.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the numbers of a trace stand for in the node's records; on the thread that owns them. */
final class Explanation {
    private final State state;
    private final DesiredTables tables;
    private final Policy policy;

    Explanation(State state, DesiredTables tables, Policy policy) {
        this.state = state;
        this.tables = tables;
        this.policy = policy;
    }

    /** The guest behind a port. */
    Optional<Sender> sender(UUID id) {
        LocalPort port = state.localPorts.get(id);
        Device device = state.device(id);
        NetworkState network = port == null ? null : state.networks.get(port.networkId());
        if (port == null || device == null || network == null) {
            return Optional.empty();
        }
        Tag tag = state.tag(port);
        return Optional.of(new Sender(
                id,
                tag == null ? device.ifindex() : tag.device(),
                tag == null ? OptionalInt.empty() : OptionalInt.of(tag.vlan()),
                port.mac(),
                port.addresses().stream().map(LocalPort.LocalAddress::address).toList(),
                network.subnets.values().stream()
                        .filter(subnet -> port.addresses().stream()
                                .anyMatch(address -> address.subnetId().equals(subnet.subnetId())))
                        .map(subnet -> new Sender.Subnet(subnet.cidr(), subnet.gateway(), subnet.hostRoutes()))
                        .toList()));
    }

    /** The decisions of a trace of a packet to this destination. */
    List<Step> steps(Trace trace, IpAddress destination) {
        List<Step> steps = new ArrayList<>();
        // What is kept beside a balanced connection is told by its translation.
        List<Decision> decisions = trace.decisions().stream()
                .filter(decision -> !(decision instanceof Decision.Tracked tracked)
                        || tracked.key().role() == ConnectionKey.Role.CONNECTION)
                .toList();
        for (int i = 0; i < decisions.size(); i++) {
            steps.add(step(decisions.get(i), decisions.subList(i + 1, decisions.size()), trace, destination));
        }
        return steps;
    }

    private Step step(Decision decision, List<Decision> later, Trace trace, IpAddress destination) {
        Facts facts = new Facts();
        return switch (decision) {
            case Decision.Sender sender ->
                facts.port(sender.port())
                        .network(sender.network())
                        .add("admin_up", sender.flags().contains(Port.Flag.ADMIN_UP))
                        .add("port_security", sender.flags().contains(Port.Flag.PORT_SECURITY))
                        .step("port");
            case Decision.SourceAllowed source ->
                facts.port(source.port()).add("checked", source.secured()).step("source");
            case Decision.Tracked tracked ->
                facts.port(tracked.key().port())
                        .add("state", text(tracked.state()))
                        .add("expired", tracked.expired())
                        .add("protocol", tracked.key().protocol())
                        .add("local", tracked.key().local())
                        .add("local_port", tracked.key().localPort())
                        .add("remote", tracked.key().remote())
                        .add("remote_port", tracked.key().remotePort())
                        .step("connection");
            case Decision.Judged judged -> rule(facts, judged, later, trace);
            case Decision.Routed routed -> route(facts, routed, destination);
            case Decision.Resolved resolved ->
                facts.network(resolved.network())
                        .add("address", resolved.address())
                        .add("mac_address", resolved.owner().mac())
                        .place(resolved.owner().place())
                        .step("next-hop");
            case Decision.Switched switched -> facts.place(switched.place()).step("place");
            case Decision.Delivered delivered -> facts.port(delivered.port()).step("delivered");
            case Decision.Tunnelled tunnelled ->
                facts.node(tunnelled.node()).network(tunnelled.network()).step("tunnel");
            case Decision.ByDevice _ -> facts.step("tunnel-device");
            case Decision.Arrived arrived ->
                facts.node(arrived.node()).network(arrived.network()).step("arrived");
            case Decision.Outside outside -> facts.network(outside.network()).step("outside");
            case Decision.Served _ -> facts.step("service");
            case Decision.Answered _ -> facts.step("answer");
            case Decision.Copied copied ->
                (copied.port() == 0 ? facts : facts.port(copied.port()))
                        .place(copied.place())
                        .step("copy");
            case Decision.AgentAsked asked ->
                facts.add("question", text(asked.question())).step("responder");
            case Decision.Dropped dropped ->
                (dropped.port() == 0 ? facts : facts.port(dropped.port()))
                        .add("reason", dropped.reason().name())
                        .step("drop");
            case Decision.Translated translated ->
                facts.add("from", translated.from())
                        .add("from_port", translated.fromPort())
                        .add("to", translated.to())
                        .add("to_port", translated.toPort())
                        .step("translation");
            case Decision.Sought sought -> sharing(facts, sought);
            case Decision.Entered entered -> facts.network(entered.network()).step("entered");
            case Decision.Held _ -> facts.step("held");
            case Decision.Balanced balanced -> balanced(facts, balanced);
            case Decision.Unknown unknown -> facts.add("number", unknown.step()).step("unknown");
        };
    }

    /** A translation that a router keeps: named by its end inside when that is known. */
    private Step sharing(Facts facts, Decision.Sought sought) {
        RouterState router = sought.key().inward() ? null : router(sought.key().scope());
        if (router != null) {
            facts.add("router_id", router.id);
        }
        return facts.add("direction", sought.key().inward() ? "inward" : "outward")
                .add("found", sought.state().isPresent())
                .add("state", text(sought.state().orElse(Connection.State.NONE)))
                .add("protocol", sought.key().protocol())
                .add("local", sought.key().local())
                .add("local_port", sought.key().localPort())
                .add("remote", sought.key().remote())
                .add("remote_port", sought.key().remotePort())
                .step("sharing");
    }

    /** To whom a service gives a packet; the translation that follows has the member's address. */
    private Step balanced(Facts facts, Decision.Balanced balanced) {
        ListenerKey listener = balanced.listener();
        (balanced.port() == 0 ? facts : facts.port(balanced.port()))
                .network(listener.network())
                .add("address", listener.address())
                .add("protocol", listener.protocol())
                .add("service_port", listener.port());
        state.networks.values().stream()
                .filter(network -> network.fact != null && network.fact.vni() == listener.network())
                .flatMap(network -> state.balanced.of(network.id).stream())
                .filter(service -> service.protocol() == listener.protocol()
                        && service.port() == listener.port()
                        && service.addresses().contains(listener.address()))
                .findFirst()
                .ifPresent(service -> facts.add("service_id", service.serviceId()));
        floating(listener).ifPresent(floating -> {
            facts.add("floating_ip_id", floating.floatingIpId());
            state.networks.keySet().stream()
                    .flatMap(network -> state.balanced.of(network).stream())
                    .filter(service -> service.protocol() == listener.protocol()
                            && service.port() == listener.port()
                            && ExternalRules.leadsTo(floating, service))
                    .findFirst()
                    .ifPresent(service -> facts.add("service_id", service.serviceId()));
        });
        return facts.add("pool_id", balanced.pool().id())
                .add("choice", text(balanced.choice()))
                .step("balanced");
    }

    /** The floating IP that leads to a virtual address, if a listener was called by one. */
    private Optional<FloatingIpFact> floating(ListenerKey listener) {
        return state.routers.values().stream()
                .flatMap(router -> router.floating.values().stream())
                .filter(floating -> floating.floatingAddress().equals(listener.address()))
                .filter(floating -> Optional.ofNullable(state.fact(floating.networkId()))
                        .filter(network -> network.vni() == listener.network())
                        .isPresent())
                .findFirst();
    }

    /** Where frames for an address outside come in, if this node answers for it. */
    Optional<Entrance> entrance(UUID id, IpAddress address) {
        NetworkState network = state.networks.get(id);
        NetworkFact fact = network == null ? null : network.fact;
        if (fact == null) {
            return Optional.empty();
        }
        return tables.externalNetworks()
                .get(fact.vni())
                .flatMap(external -> tables.externalAddresses()
                        .get(new AddressKey(fact.vni(), address))
                        .map(own -> new Entrance(external.device(), own.mac())));
    }

    private static String text(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    private Step rule(Facts facts, Decision.Judged judged, List<Decision> later, Trace trace) {
        boolean egress = judged.asked().direction() == PolicyKey.Direction.EGRESS;
        int port = egress
                ? trace.all(Decision.Sender.class).stream()
                        .map(Decision.Sender::port)
                        .findFirst()
                        .orElse(0)
                : receiver(later);
        facts.port(port)
                .add("direction", text(judged.asked().direction()))
                .add("rule_set", judged.asked().ruleSet())
                .add("remote_class", judged.asked().peerClass())
                .add("allowed", judged.verdict().map(PolicyVerdict::allow).orElse(false))
                .add("stateful", judged.verdict().map(PolicyVerdict::stateful).orElse(false));
        Optional<UUID> rule = judged.verdict().map(verdict -> policy.rules().get(verdict.rule()));
        rule.ifPresent(id -> {
            facts.add("rule_id", id);
            policy.groupOf(id).ifPresent(group -> facts.add("security_group_id", group));
        });
        return facts.step("rule");
    }

    /** Whom ingress rules belong to: the next that is delivered to, or charged for their denial. */
    private static int receiver(List<Decision> later) {
        for (Decision decision : later) {
            if (decision instanceof Decision.Delivered delivered) {
                return delivered.port();
            }
            if (decision instanceof Decision.Copied copied) {
                return copied.port();
            }
            if (decision instanceof Decision.Dropped dropped && dropped.reason() != DropReason.FLOODED) {
                return dropped.port();
            }
        }
        return 0;
    }

    private Step route(Facts facts, Decision.Routed routed, IpAddress destination) {
        RouterState router = router(routed.domain());
        if (router != null) {
            facts.add("router_id", router.id);
        }
        facts.add("kind", text(routed.kind()));
        if (router != null) {
            Stream<IpPrefix> prefixes = routed.kind() == Decision.RouteKind.CONNECTED
                    ? router.interfaces.values().stream()
                            .flatMap(face -> face.addresses().stream())
                            .map(RouterInterface.InterfaceAddress::subnet)
                    : router.routes.keySet().stream();
            prefixes.filter(prefix -> prefix.contains(destination))
                    .max(Comparator.comparingInt(IpPrefix::length))
                    .ifPresent(prefix -> facts.add("prefix", prefix));
        }
        if (routed.kind() == Decision.RouteKind.CONNECTED || routed.kind() == Decision.RouteKind.VIA) {
            facts.network(routed.hop().network());
            if (!routed.hop().address().isUnspecified()) {
                facts.add("next_hop", routed.hop().address());
            }
        }
        return facts.step("route");
    }

    private @Nullable RouterState router(int domain) {
        return state.routers.values().stream()
                .filter(router -> router.domain.isPresent() && router.domain.getAsInt() == domain)
                .findFirst()
                .orElse(null);
    }

    /** Facts in their order; numbers that nothing is known of are named as numbers. */
    private final class Facts {
        private final Map<String, Object> values = new LinkedHashMap<>();

        Step step(String kind) {
            return new Step(kind, values);
        }

        Facts add(String name, Object value) {
            values.put(name, value);
            return this;
        }

        Facts port(int number) {
            Optional<UUID> id = state.portNumbers.entrySet().stream()
                    .filter(entry -> entry.getValue() == number)
                    .map(Map.Entry::getKey)
                    .findFirst();
            return id.map(port -> add("port_id", port)).orElseGet(() -> add("port_number", number));
        }

        Facts network(int vni) {
            state.networks.values().stream()
                    .filter(network -> {
                        NetworkFact fact = network.fact;
                        return fact != null && fact.vni() == vni;
                    })
                    .findFirst()
                    .ifPresent(network -> add("network_id", network.id));
            return add("vni", vni);
        }

        Facts node(int index) {
            NodeAddress address = tables.nodes().find(index);
            if (address != null) {
                add("node_address", address.address());
            }
            state.nodes.entrySet().stream()
                    .filter(entry -> entry.getValue().index.isPresent()
                            && entry.getValue().index.getAsInt() == index)
                    .findFirst()
                    .ifPresent(entry -> add("host", entry.getKey()));
            return this;
        }

        Facts place(Place place) {
            add("place", text(place.kind()));
            switch (place.kind()) {
                case NONE -> {}
                case LOCAL ->
                    state.connected().stream()
                            .filter(port -> Optional.ofNullable(state.device(port))
                                    .filter(device -> device.ifindex() == place.number())
                                    .isPresent())
                            .findFirst()
                            .ifPresent(port -> values.putIfAbsent("port_id", port));
                case REMOTE -> node(place.number());
                case VIRTUAL -> {}
                case ROUTER -> {
                    RouterState router = router(place.number());
                    if (router != null) {
                        add("router_id", router.id);
                    }
                }
            }
            return this;
        }
    }
}
