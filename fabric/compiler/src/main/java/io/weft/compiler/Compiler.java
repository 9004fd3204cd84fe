package io.weft.compiler;

import io.weft.model.Change;
import io.weft.model.DnsNames;
import io.weft.model.ExternalGateway;
import io.weft.model.FloatingIp;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.Pool;
import io.weft.model.Port;
import io.weft.model.Resource;
import io.weft.model.Router;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import io.weft.model.Trunk;
import io.weft.model.World;
import io.weft.protocol.Fact;
import io.weft.protocol.Topic;
import io.weft.protocol.TopicChanges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Turns the steps from one world to the next into changes of topics. The first step begins at {@link World#empty}.
 *
 * <p>It keeps only who is connected with whom; records are derived anew from the worlds before and after, for the
 * resources that a change touches and those whose records depend on them. Owned by one thread.
 *
 * <p>Longer than most: what depends on what is to be read in one place.
 */
public final class Compiler {
    /** The format of the records; grows when they come to mean something else. */
    public static final int FORMAT = 6;
    /** How many resources are worth being looked at by several threads. */
    private static final int MANY = 10_000;

    /** A resource to derive the records of. */
    private record Subject(Resource.Kind kind, UUID id) {}

    /** Where a record is filed. */
    private record Place(Topic topic, String key) {}

    private final Domains domains = new Domains(this::nextDomain);
    private final GroupDomains groupDomains = new GroupDomains(this::nextDomain);
    private final String dnsDomain;
    private long domainsMade;
    private long derived;

    /** @param dnsDomain what follows the names of all ports: complete, the same on all servers */
    public Compiler(String dnsDomain) {
        this.dnsDomain = dnsDomain;
    }

    /**
     * The format of this compiler's records, not negative. Records that another operator's domain went into are of
     * another format, so that nodes which come back after a change of it are given all anew.
     */
    public int format() {
        return dnsDomain.equals(DnsNames.DEFAULT_DOMAIN) ? FORMAT : Objects.hash(FORMAT, dnsDomain) & Integer.MAX_VALUE;
    }

    private long nextDomain() {
        return ++domainsMade;
    }

    /** How many times the records of a resource were derived: the work done so far. */
    public long derived() {
        return derived;
    }

    /** The topics that a host needs after the last step. */
    public Set<Topic> interest(String host) {
        Set<Topic> interest = domains.topicsOf(host);
        interest.addAll(groupDomains.topicsOf(host));
        interest.add(Topic.node(host));
        interest.add(Topic.peer(host));
        return interest;
    }

    /**
     * Makes one step.
     *
     * @param before the world that the last step led to
     * @param after the world that this step leads to
     * @param changes all differences between the two; only their subjects matter, in any order and also repeated
     * @return what differs in topics and interests
     */
    public TopicChanges apply(World before, World after, List<Change> changes) {
        Set<Subject> subjects = new LinkedHashSet<>();
        for (Change change : changes) {
            subjects.add(new Subject(change.subject().kind(), change.subject().id()));
        }
        List<TopicChanges.DomainChange> domainChanges = reconnect(before, after, subjects);
        Set<Subject> affected = new LinkedHashSet<>(subjects);
        for (Subject subject : subjects) {
            addDependants(before, after, subject, affected);
        }
        Map<Place, Fact> old = derive(before, affected);
        Map<Place, Fact> now = derive(after, affected);
        List<TopicChanges.RecordChange> records = new ArrayList<>();
        now.forEach((place, fact) -> {
            if (!fact.equals(old.get(place))) {
                records.add(new TopicChanges.RecordChange(place.topic(), place.key(), Optional.of(fact)));
            }
        });
        old.keySet().forEach(place -> {
            if (!now.containsKey(place)) {
                records.add(new TopicChanges.RecordChange(place.topic(), place.key(), Optional.empty()));
            }
        });
        return new TopicChanges(after.revision(), records, domainChanges, changes.size() > 1);
    }

    private Map<Place, Fact> derive(World world, Set<Subject> subjects) {
        List<Resource> resources = subjects.stream()
                .flatMap(subject -> world.resource(subject.kind(), subject.id()).stream())
                .toList();
        derived += resources.size();
        // The first step has the whole world: that many are derived on all processors.
        Stream<Resource> stream = resources.size() < MANY ? resources.stream() : resources.parallelStream();
        Map<Place, Fact> facts = new HashMap<>();
        stream.map(resource -> Records.of(world, resource, dnsDomain)).toList().forEach(records -> {
            for (Records.Filed filed : records) {
                facts.put(new Place(filed.topic(), filed.fact().key()), filed.fact());
            }
        });
        return facts;
    }

    /**
     * Adds those whose records depend on this subject and may differ because of it. Those that came to refer to it in
     * this step are subjects themselves.
     */
    private static void addDependants(World before, World after, Subject subject, Set<Subject> affected) {
        switch (subject.kind()) {
            case NETWORK -> {
                if (isUp(before, subject.id()) != isUp(after, subject.id())) {
                    addPorts(before.portsOf(subject.id()), affected);
                }
                if (!before.network(subject.id()).equals(after.network(subject.id()))) {
                    before.routersOut(subject.id()).forEach(router -> addWayOut(before, router, affected));
                }
                if (!qosPolicy(before, subject.id()).equals(qosPolicy(after, subject.id()))) {
                    addPorts(before.portsOf(subject.id()), affected);
                }
            }
            case SUBNET -> {
                Optional<Subnet> old = before.subnet(subject.id());
                Optional<Subnet> now = after.subnet(subject.id());
                boolean moved = !old.map(Subnet::cidr).equals(now.map(Subnet::cidr));
                if (moved) {
                    addInterfaces(before.portsOfSubnet(subject.id()), affected);
                }
                if (moved || !old.flatMap(Subnet::gateway).equals(now.flatMap(Subnet::gateway))) {
                    before.portsOfSubnet(subject.id()).stream()
                            .filter(Port::isRouterGateway)
                            .forEach(port -> addRouter(port, affected));
                }
            }
            case QOS_POLICY -> {
                addPorts(before.portsOfQosPolicy(subject.id()), affected);
                before.networksOfQosPolicy(subject.id())
                        .forEach(network -> addPorts(before.portsOf(network.id()), affected));
                addFloatingIps(before.floatingIpsOfQosPolicy(subject.id()), affected);
                before.routersOfQosPolicy(subject.id())
                        .forEach(router -> affected.add(new Subject(Resource.Kind.ROUTER, router.id())));
            }
            case PORT -> {
                before.port(subject.id()).ifPresent(port -> addRouter(port, affected));
                after.port(subject.id()).ifPresent(port -> addRouter(port, affected));
                addFloatingIps(before.floatingIpsOfPort(subject.id()), affected);
                before.loadBalancerOfPort(subject.id())
                        .ifPresent(owner -> addListeners(before.listenersOf(owner.id()), affected));
            }
            case SECURITY_GROUP_RULE -> {
                before.securityGroupRule(subject.id())
                        .flatMap(SecurityGroupRule::remoteGroup)
                        .ifPresent(remote -> addMembers(before, after, remote, affected));
                after.securityGroupRule(subject.id())
                        .flatMap(SecurityGroupRule::remoteGroup)
                        .ifPresent(remote -> addMembers(before, after, remote, affected));
            }
            case ROUTER -> {
                if (!before.router(subject.id())
                        .map(Router::gateways)
                        .equals(after.router(subject.id()).map(Router::gateways))) {
                    addFloatingIps(before.floatingIpsOfRouter(subject.id()), affected);
                }
            }
            case NODE -> {
                if (connectionsDiffer(before, after, subject.id())) {
                    before.routersOfGatewayNode(subject.id())
                            .forEach(router -> affected.add(new Subject(Resource.Kind.ROUTER, router.id())));
                    for (World world : List.of(before, after)) {
                        world.node(subject.id()).ifPresent(node -> addFloatingIpsOn(before, node.name(), affected));
                    }
                }
            }
            case TRUNK -> {
                before.trunk(subject.id()).ifPresent(trunk -> addTrunked(trunk, affected));
                after.trunk(subject.id()).ifPresent(trunk -> addTrunked(trunk, affected));
            }
            case SUBNET_POOL -> {
                if (!addressScope(before, subject.id()).equals(addressScope(after, subject.id()))) {
                    before.subnetsOfPool(subject.id())
                            .forEach(subnet -> affected.add(new Subject(Resource.Kind.SUBNET, subnet.id())));
                }
            }
            case LOAD_BALANCER -> {
                addListeners(before.listenersOf(subject.id()), affected);
                if (!serviceNetwork(before, subject.id()).equals(serviceNetwork(after, subject.id()))) {
                    before.poolsOf(subject.id()).forEach(pool -> addMembers(before, pool.id(), affected));
                }
            }
            case POOL -> {
                addListeners(before.listenersOfPool(subject.id()), affected);
                if (!owner(before, subject.id()).equals(owner(after, subject.id()))) {
                    addMembers(before, subject.id(), affected);
                }
            }
            case FLOATING_IP,
                    SECURITY_GROUP,
                    ADDRESS_GROUP,
                    DEFAULT_RULES,
                    ADDRESS_SCOPE,
                    LISTENER,
                    POOL_MEMBER,
                    FLAVOR,
                    SERVICE_PROFILE -> {
                // nothing else is derived from them
            }
        }
    }

    /** Members have records while a rule names their group. */
    private static void addMembers(World before, World after, UUID group, Set<Subject> affected) {
        if (before.isRemote(group) != after.isRemote(group)) {
            addPorts(before.portsOfGroup(group), affected);
            affected.add(new Subject(Resource.Kind.ADDRESS_GROUP, group));
        }
    }

    /** Where the members of a load balancer's pools are told of. */
    private static Optional<UUID> serviceNetwork(World world, UUID loadBalancer) {
        return world.loadBalancer(loadBalancer).map(LoadBalancer::networkId);
    }

    private static Optional<UUID> owner(World world, UUID pool) {
        return world.pool(pool).map(Pool::loadBalancerId);
    }

    private static void addListeners(List<Listener> listeners, Set<Subject> affected) {
        listeners.forEach(listener -> affected.add(new Subject(Resource.Kind.LISTENER, listener.id())));
    }

    private static void addMembers(World world, UUID pool, Set<Subject> affected) {
        world.membersOf(pool).forEach(member -> affected.add(new Subject(Resource.Kind.POOL_MEMBER, member.id())));
    }

    private static Optional<UUID> addressScope(World world, UUID pool) {
        return world.subnetPool(pool).flatMap(SubnetPool::addressScope);
    }

    private static boolean isUp(World world, UUID networkId) {
        return world.network(networkId).map(Network::adminStateUp).orElse(false);
    }

    private static Optional<UUID> qosPolicy(World world, UUID networkId) {
        return world.network(networkId).flatMap(Network::qosPolicy);
    }

    private static void addPorts(List<Port> ports, Set<Subject> affected) {
        ports.forEach(port -> affected.add(new Subject(Resource.Kind.PORT, port.id())));
    }

    /** A parent's record and those of subports say what they are to the trunk. */
    private static void addTrunked(Trunk trunk, Set<Subject> affected) {
        affected.add(new Subject(Resource.Kind.PORT, trunk.portId()));
        trunk.subports().forEach(subport -> affected.add(new Subject(Resource.Kind.PORT, subport.portId())));
    }

    private static void addInterfaces(List<Port> ports, Set<Subject> affected) {
        List<Port> faces = ports.stream().filter(Port::isRouterInterface).toList();
        addPorts(faces, affected);
        faces.forEach(face -> addRouter(face, affected));
    }

    /** The static routes of a router depend on its interfaces, its way out and a floating IP on their ports. */
    private static void addRouter(Port port, Set<Subject> affected) {
        if (port.isServed()) {
            Resource.Kind kind =
                    port.deviceOwner().equals(Port.FLOATING_IP) ? Resource.Kind.FLOATING_IP : Resource.Kind.ROUTER;
            Records.deviceOf(port).ifPresent(device -> affected.add(new Subject(kind, device)));
        }
    }

    /** A router's way out and what is translated there depend on the external network. */
    private static void addWayOut(World world, Router router, Set<Subject> affected) {
        affected.add(new Subject(Resource.Kind.ROUTER, router.id()));
        addFloatingIps(world.floatingIpsOfRouter(router.id()), affected);
    }

    private static void addFloatingIps(List<FloatingIp> floatingIps, Set<Subject> affected) {
        floatingIps.forEach(one -> affected.add(new Subject(Resource.Kind.FLOATING_IP, one.id())));
    }

    /** Where a floating IP is translated depends on the node of its port. */
    private static void addFloatingIpsOn(World world, String host, Set<Subject> affected) {
        world.portsOnHost(host).forEach(port -> addFloatingIps(world.floatingIpsOfPort(port.id()), affected));
    }

    private static boolean connectionsDiffer(World before, World after, UUID node) {
        Optional<Node> old = before.node(node);
        Optional<Node> now = after.node(node);
        return !old.map(Node::physicalNetworks).equals(now.map(Node::physicalNetworks))
                || !old.map(Node::name).equals(now.map(Node::name));
    }

    /**
     * What a resource connects: a host or a router with a network, a host with a router as its gateway, a host with a group, a
     * group with its remotes.
     */
    private sealed interface Link {
        record OfHost(UUID networkId, String host) implements Link {}

        record OfRouter(UUID networkId, UUID routerId) implements Link {}

        record OfGatewayHost(UUID routerId, String host) implements Link {}

        record OfExternal(UUID routerId, UUID networkId) implements Link {}

        record OfGroup(UUID groupId, String host) implements Link {}

        record OfRule(UUID groupId, UUID remote) implements Link {}

        static Set<Link> of(Port port) {
            if (port.isRouterInterface()) {
                return Records.routerOf(port)
                        .<Set<Link>>map(router -> Set.of(new OfRouter(port.networkId(), router)))
                        .orElse(Set.of());
            }
            if (!port.binding().isBound() || port.isServed()) {
                return Set.of();
            }
            String host = port.binding().host();
            Link network = new OfHost(port.networkId(), host);
            if (port.groups().isEmpty()) {
                return Set.of(network);
            }
            Set<Link> links = new LinkedHashSet<>();
            links.add(network);
            port.groups().forEach(group -> links.add(new OfGroup(group, host)));
            return links;
        }

        static Set<Link> of(World world, Router router) {
            if (router.gateways().isEmpty()) {
                return Set.of();
            }
            Set<Link> links = new LinkedHashSet<>();
            for (ExternalGateway gateway : router.gateways()) {
                links.add(new OfExternal(router.id(), gateway.networkId()));
                GatewayRecords.hosts(world, gateway).forEach(host -> links.add(new OfGatewayHost(router.id(), host)));
            }
            return links;
        }

        static Set<Link> of(SecurityGroupRule rule) {
            return rule.remoteGroup()
                    .<Set<Link>>map(remote -> Set.of(new OfRule(rule.groupId(), remote)))
                    .orElse(Set.of());
        }

        /** What a resource of a world links. */
        static Set<Link> of(World world, Subject subject) {
            return switch (subject.kind()) {
                case PORT -> world.port(subject.id()).map(Link::of).orElse(Set.of());
                case ROUTER ->
                    world.router(subject.id())
                            .map(router -> Link.of(world, router))
                            .orElse(Set.of());
                case SECURITY_GROUP_RULE ->
                    world.securityGroupRule(subject.id()).map(Link::of).orElse(Set.of());
                default -> Set.of();
            };
        }
    }

    /** The subjects, and the routers whose gateways' hosts may be others because of them. */
    private static Set<Subject> linked(World before, Set<Subject> subjects) {
        Set<Subject> linked = new LinkedHashSet<>(subjects);
        for (Subject subject : subjects) {
            List<Router> routers = switch (subject.kind()) {
                case NODE -> before.routersOfGatewayNode(subject.id());
                case NETWORK -> before.routersOut(subject.id());
                default -> List.of();
            };
            routers.forEach(router -> linked.add(new Subject(Resource.Kind.ROUTER, router.id())));
        }
        return linked;
    }

    /** Updates the domains: first what comes, then what goes, so that what only moves is not taken apart. */
    private List<TopicChanges.DomainChange> reconnect(World before, World after, Set<Subject> subjects) {
        List<Link> added = new ArrayList<>();
        List<Link> removed = new ArrayList<>();
        for (Subject subject : linked(before, subjects)) {
            Set<Link> old = Link.of(before, subject);
            Set<Link> now = Link.of(after, subject);
            if (!old.equals(now)) {
                now.stream().filter(link -> !old.contains(link)).forEach(added::add);
                old.stream().filter(link -> !now.contains(link)).forEach(removed::add);
            }
        }
        List<TopicChanges.DomainChange> changes = new ArrayList<>();
        domains.emitTo(changes::add);
        groupDomains.emitTo(changes::add);
        for (Link link : added) {
            switch (link) {
                case Link.OfHost of -> domains.addPort(of.networkId(), of.host());
                case Link.OfRouter of -> domains.addInterface(of.networkId(), of.routerId());
                case Link.OfGatewayHost of -> domains.addGatewayHost(of.routerId(), of.host());
                case Link.OfExternal of -> domains.addExternal(of.routerId(), of.networkId());
                case Link.OfGroup of -> groupDomains.addPort(of.groupId(), of.host());
                case Link.OfRule of -> groupDomains.addRule(of.groupId(), of.remote());
            }
        }
        for (Link link : removed) {
            switch (link) {
                case Link.OfHost of -> domains.removePort(of.networkId(), of.host());
                case Link.OfRouter of -> domains.removeInterface(of.networkId(), of.routerId());
                case Link.OfGatewayHost of -> domains.removeGatewayHost(of.routerId(), of.host());
                case Link.OfExternal of -> domains.removeExternal(of.routerId(), of.networkId());
                case Link.OfGroup of -> groupDomains.removePort(of.groupId(), of.host());
                case Link.OfRule of -> groupDomains.removeRule(of.groupId(), of.remote());
            }
        }
        return changes;
    }
}
