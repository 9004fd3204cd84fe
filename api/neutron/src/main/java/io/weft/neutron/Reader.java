package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.replica.View;
import io.weft.model.AddressGroup;
import io.weft.model.FloatingIp;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Resource;
import io.weft.model.Router;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Shareable;
import io.weft.model.Subnet;
import io.weft.rest.Attribute;
import io.weft.rest.Caller;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Reads what a caller may see: administrators everything, others their own and what is shared with them, and on their
 * own networks every port (the defaults of Neutron's policy).
 *
 * <p>Longer than most: for each kind of resource it chooses the index by which a list is found.
 */
final class Reader {
    private static final String SUBNET = "subnet_id=";

    private final Domain domain;

    Reader(Domain domain) {
        this.domain = domain;
    }

    View view() {
        return domain.view();
    }

    Optional<Seen<Network>> network(Caller caller, String id) {
        View view = view();
        return uuid(id).flatMap(view.world()::network)
                .filter(network -> sees(caller, network))
                .map(network -> new Seen<>(network, view, caller.project()));
    }

    Optional<Seen<Subnet>> subnet(Caller caller, String id) {
        View view = view();
        return uuid(id).flatMap(view.world()::subnet)
                .filter(subnet -> sees(caller, subnet, view))
                .map(subnet -> new Seen<>(subnet, view, caller.project()));
    }

    Optional<Seen<Port>> port(Caller caller, String id) {
        View view = view();
        return uuid(id).flatMap(view.world()::port)
                .filter(port -> sees(caller, port, view))
                .map(port -> new Seen<>(port, view, caller.project()));
    }

    Optional<Seen<Router>> router(Caller caller, String id) {
        View view = view();
        return uuid(id).flatMap(view.world()::router)
                .filter(router -> caller.owns(router.project()))
                .map(router -> new Seen<>(router, view, caller.project()));
    }

    Iterable<Seen<Network>> networks(
            Caller caller, Filters<Seen<Network>> filters, StandardAttributes<Network> standard) {
        View view = view();
        return seen(
                byId(filters.values(standard.id), view.world()::network)
                        .or(() -> byKeys(nonEmpty(filters.values(standard.name)), view.world()::networksNamed))
                        .orElseGet(() -> caller.global() ? view.world().networks() : visibleNetworks(caller, view)),
                network -> sees(caller, network),
                view,
                caller);
    }

    Iterable<Seen<Subnet>> subnets(Caller caller, Filters<Seen<Subnet>> filters, SubnetAttributes attributes) {
        View view = view();
        Collection<Subnet> candidates = byId(filters.values(attributes.standard.id), view.world()::subnet)
                .or(() -> byKeys(
                        filters.values(attributes.networkId),
                        key -> uuid(key).map(view.world()::subnetsOf).orElse(List.of())))
                .or(() -> byKeys(nonEmpty(filters.values(attributes.standard.name)), view.world()::subnetsNamed))
                .or(() -> byKeys(
                        nonEmpty(filters.values(attributes.subnetPool)),
                        key -> uuid(key).map(view.world()::subnetsOfPool).orElse(List.of())))
                .orElseGet(() -> caller.global() ? view.world().subnets() : visibleSubnets(caller, view));
        return seen(candidates, subnet -> sees(caller, subnet, view), view, caller);
    }

    Iterable<Seen<Port>> ports(Caller caller, Filters<Seen<Port>> filters, PortAttributes attributes) {
        View view = view();
        Collection<Port> candidates = byId(filters.values(attributes.standard.id), view.world()::port)
                .or(() -> byKeys(nonEmpty(filters.values(attributes.deviceId)), view.world()::portsOfDevice))
                .or(() -> byKeys(
                        filters.values(attributes.networkId),
                        key -> uuid(key).map(view.world()::portsOf).orElse(List.of())))
                .or(() -> byKeys(
                        subnets(filters.values(attributes.fixedIps)),
                        key -> uuid(key).map(view.world()::portsOfSubnet).orElse(List.of())))
                .or(() -> byKeys(
                        attributes.securityGroups().map(filters::values).orElse(List.of()),
                        key -> uuid(key).map(view.world()::portsOfGroup).orElse(List.of())))
                .or(() -> byKeys(
                        rare(filters.values(attributes.standard.name), Resource.Kind.PORT, caller, view),
                        view.world()::portsNamed))
                .or(() -> byKeys(nonEmpty(filters.values(attributes.host)), view.world()::portsOnHost))
                .or(() -> byKeys(nonEmpty(filters.values(attributes.standard.project)), view.world()::portsOfProject))
                .or(() -> caller.global() ? Optional.empty() : Optional.of(visiblePorts(caller, view)))
                .orElseGet(() -> view.world().ports());
        return seen(candidates, port -> sees(caller, port, view), view, caller);
    }

    Iterable<Seen<Router>> routers(Caller caller, Filters<Seen<Router>> filters, StandardAttributes<Router> standard) {
        View view = view();
        Collection<Router> candidates = byId(filters.values(standard.id), view.world()::router)
                .or(() -> byKeys(
                        rare(filters.values(standard.name), Resource.Kind.ROUTER, caller, view),
                        view.world()::routersNamed))
                .orElseGet(() ->
                        caller.global() ? view.world().routers() : view.world().routersOfProject(caller.project()));
        return seen(candidates, router -> caller.owns(router.project()), view, caller);
    }

    Optional<Seen<FloatingIp>> floatingIp(Caller caller, String id) {
        View view = view();
        return uuid(id).flatMap(view.world()::floatingIp)
                .filter(floatingIp -> caller.owns(floatingIp.project()))
                .map(floatingIp -> new Seen<>(floatingIp, view, caller.project()));
    }

    Iterable<Seen<FloatingIp>> floatingIps(
            Caller caller, Filters<Seen<FloatingIp>> filters, FloatingIpAttributes attributes) {
        View view = view();
        Collection<FloatingIp> candidates = byId(filters.values(attributes.standard.id), view.world()::floatingIp)
                .or(() -> byKeys(
                        nonEmpty(filters.values(attributes.port)),
                        key -> uuid(key).map(view.world()::floatingIpsOfPort).orElse(List.of())))
                .or(() -> byKeys(
                        nonEmpty(filters.values(attributes.router)),
                        key -> uuid(key).map(view.world()::floatingIpsOfRouter).orElse(List.of())))
                .orElseGet(() -> caller.global()
                        ? view.world().floatingIps()
                        : view.world().floatingIpsOfProject(caller.project()));
        return seen(candidates, floatingIp -> caller.owns(floatingIp.project()), view, caller);
    }

    Optional<Seen<SecurityGroup>> securityGroup(Caller caller, String id) {
        View view = view();
        return uuid(id).flatMap(view.world()::securityGroup)
                .filter(group -> sees(caller, group))
                .map(group -> new Seen<>(group, view, caller.project()));
    }

    Optional<Seen<SecurityGroupRule>> securityGroupRule(Caller caller, String id) {
        View view = view();
        return uuid(id).flatMap(view.world()::securityGroupRule)
                .filter(rule -> sees(caller, rule, view))
                .map(rule -> new Seen<>(rule, view, caller.project()));
    }

    Optional<Seen<AddressGroup>> addressGroup(Caller caller, String id) {
        View view = view();
        return uuid(id).flatMap(view.world()::addressGroup)
                .filter(group -> sees(caller, group))
                .map(group -> new Seen<>(group, view, caller.project()));
    }

    Iterable<Seen<SecurityGroup>> securityGroups(
            Caller caller, Filters<Seen<SecurityGroup>> filters, Attribute<Seen<SecurityGroup>, UUID> id) {
        View view = view();
        Collection<SecurityGroup> candidates = byId(filters.values(id), view.world()::securityGroup)
                .orElseGet(() -> caller.global()
                        ? view.world().securityGroups()
                        : union(
                                view.world().securityGroupsOfProject(caller.project()),
                                view.world().securityGroupsSharedWith(caller.project())));
        return seen(candidates, group -> sees(caller, group), view, caller);
    }

    Iterable<Seen<SecurityGroupRule>> securityGroupRules(
            Caller caller,
            Filters<Seen<SecurityGroupRule>> filters,
            Attribute<Seen<SecurityGroupRule>, UUID> id,
            Attribute<Seen<SecurityGroupRule>, UUID> groupId) {
        View view = view();
        Collection<SecurityGroupRule> candidates = byId(filters.values(id), view.world()::securityGroupRule)
                .or(() -> byKeys(
                        filters.values(groupId),
                        key -> uuid(key).map(view.world()::rulesOf).orElse(List.of())))
                .or(() -> caller.global() ? Optional.empty() : Optional.of(visibleRules(caller, view)))
                .orElseGet(() -> view.world().securityGroupRules());
        return seen(candidates, rule -> sees(caller, rule, view), view, caller);
    }

    Iterable<Seen<AddressGroup>> addressGroups(
            Caller caller, Filters<Seen<AddressGroup>> filters, Attribute<Seen<AddressGroup>, UUID> id) {
        View view = view();
        Collection<AddressGroup> candidates = byId(filters.values(id), view.world()::addressGroup)
                .orElseGet(() -> caller.global()
                        ? view.world().addressGroups()
                        : union(
                                view.world().addressGroupsOfProject(caller.project()),
                                view.world().addressGroupsSharedWith(caller.project())));
        return seen(candidates, group -> sees(caller, group), view, caller);
    }

    /** The caller's rules and all rules of the caller's groups. */
    private static Collection<SecurityGroupRule> visibleRules(Caller caller, View view) {
        Map<UUID, SecurityGroupRule> rules = new LinkedHashMap<>();
        view.world().securityGroupRulesOfProject(caller.project()).forEach(rule -> rules.put(rule.id(), rule));
        view.world()
                .securityGroupsOfProject(caller.project())
                .forEach(group -> view.world().rulesOf(group.id()).forEach(rule -> rules.put(rule.id(), rule)));
        return rules.values();
    }

    private static boolean sees(Caller caller, SecurityGroupRule rule, View view) {
        return caller.owns(rule.project())
                || view.world()
                        .securityGroup(rule.groupId())
                        .filter(group -> caller.owns(group.project()))
                        .isPresent();
    }

    static Optional<UUID> uuid(String text) {
        return Kinds.isUuid(text) ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }

    private static boolean sees(Caller caller, Shareable object) {
        return caller.owns(object.project()) || object.isSharedWith(caller.project());
    }

    private static boolean sees(Caller caller, Network network) {
        return caller.owns(network.project())
                || network.isSharedWith(caller.project())
                || network.isExternalFor(caller.project());
    }

    private static boolean sees(Caller caller, Subnet subnet, View view) {
        return caller.owns(subnet.project())
                || view.world()
                        .network(subnet.networkId())
                        .filter(network -> network.isSharedWith(caller.project()) || caller.owns(network.project()))
                        .isPresent();
    }

    private static boolean sees(Caller caller, Port port, View view) {
        return caller.owns(port.project())
                || view.world()
                        .network(port.networkId())
                        .filter(network -> caller.owns(network.project()))
                        .isPresent();
    }

    /** The caller's networks, and those that others let it use. */
    private static Collection<Network> visibleNetworks(Caller caller, View view) {
        return union(
                view.world().networksOfProject(caller.project()),
                union(
                        view.world().networksSharedWith(caller.project()),
                        view.world().networksExternalFor(caller.project())));
    }

    /** The caller's subnets, and all of networks on which it may have ports. */
    private static Collection<Subnet> visibleSubnets(Caller caller, View view) {
        Map<UUID, Subnet> subnets = new LinkedHashMap<>();
        view.world().subnetsOfProject(caller.project()).forEach(subnet -> subnets.put(subnet.id(), subnet));
        union(view.world().networksOfProject(caller.project()), view.world().networksSharedWith(caller.project()))
                .forEach(network ->
                        view.world().subnetsOf(network.id()).forEach(subnet -> subnets.put(subnet.id(), subnet)));
        return subnets.values();
    }

    private static <R extends Resource> Collection<R> union(Collection<R> some, Collection<R> more) {
        Map<UUID, R> all = new LinkedHashMap<>();
        some.forEach(resource -> all.put(resource.id(), resource));
        more.forEach(resource -> all.put(resource.id(), resource));
        return all.values();
    }

    /** The caller's ports and all ports on the caller's networks. */
    private static Collection<Port> visiblePorts(Caller caller, View view) {
        Map<UUID, Port> ports = new LinkedHashMap<>();
        view.world().portsOfProject(caller.project()).forEach(port -> ports.put(port.id(), port));
        view.world()
                .networksOfProject(caller.project())
                .forEach(network -> view.world().portsOf(network.id()).forEach(port -> ports.put(port.id(), port)));
        return ports.values();
    }

    /** The subnets that a filter on fixed addresses names. */
    private static List<String> subnets(List<String> texts) {
        return texts.stream()
                .filter(text -> text.startsWith(SUBNET))
                .map(text -> text.substring(SUBNET.length()))
                .toList();
    }

    private static List<String> nonEmpty(List<String> values) {
        return values.contains("") ? List.of() : values;
    }

    /**
     * The names, unless looking at everything that has them takes longer than looking at what the caller has: names are
     * everybody's, and a tenant's request should not cost more because others like the same ones.
     */
    private static List<String> rare(List<String> names, Resource.Kind kind, Caller caller, View view) {
        int named = names.stream().mapToInt(view.world()::countNamed).sum();
        return caller.global() || named <= view.world().countOfProject(kind, caller.project())
                ? nonEmpty(names)
                : List.of();
    }

    private static <R> Optional<Collection<R>> byId(List<String> ids, Function<UUID, Optional<R>> find) {
        if (ids.isEmpty()) {
            return Optional.empty();
        }
        Map<UUID, R> found = new LinkedHashMap<>();
        for (String id : ids) {
            uuid(id).ifPresent(key -> find.apply(key).ifPresent(resource -> found.put(key, resource)));
        }
        return Optional.of(found.values());
    }

    private static <R extends Resource> Optional<Collection<R>> byKeys(
            List<String> keys, Function<String, ? extends Collection<R>> find) {
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        if (keys.size() == 1) {
            return Optional.of(find.apply(keys.getFirst()));
        }
        Map<UUID, R> found = new LinkedHashMap<>();
        keys.forEach(key -> find.apply(key).forEach(resource -> found.put(resource.id(), resource)));
        return Optional.of(found.values());
    }

    /** Lazily: what is not written is not made. */
    private static <R extends Resource> Iterable<Seen<R>> seen(
            Collection<R> candidates, Predicate<R> visible, View view, Caller caller) {
        String viewer = caller.project();
        return () -> candidates.stream()
                .filter(visible)
                .map(candidate -> new Seen<>(candidate, view, viewer))
                .iterator();
    }
}
