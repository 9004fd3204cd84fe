package io.weft.model;

import io.vavr.collection.HashMap;
import io.vavr.collection.HashSet;
import io.vavr.collection.Map;
import io.weft.model.RbacPolicy.Action;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that exists at one revision, with the indexes that services, filters and the compiler need.
 *
 * <p>Immutable: {@link #with} and {@link #without} return a new world that shares nearly all of the old one, at a cost
 * that does not grow with what exists. What a look-up returns has no order.
 *
 * <p>Longer than most: it names every question that is asked of the model, most of them a line; what is worth a thought,
 * the indexes of groups and of ways out, is in classes of its own.
 */
public final class World {
    private static final World EMPTY = new World(
            0,
            HashMap.empty(),
            HashMap.empty(),
            HashMap.empty(),
            HashMap.empty(),
            HashMap.empty(),
            HashMap.empty(),
            Index.empty(),
            Index.empty(),
            Index.empty(),
            Index.empty(),
            Index.empty(),
            Index.empty(),
            Index.empty(),
            RbacWorld.EMPTY,
            GroupWorld.EMPTY,
            ExternalWorld.EMPTY,
            QosWorld.EMPTY,
            PoolWorld.EMPTY,
            TrunkWorld.EMPTY);

    private final long revision;
    private final HashMap<UUID, Network> networks;
    private final HashMap<UUID, Subnet> subnets;
    private final HashMap<UUID, Port> ports;
    private final HashMap<UUID, Router> routers;
    private final HashMap<UUID, Node> nodes;
    private final HashMap<String, UUID> nodesByName;
    // Of all kinds but nodes: a name that resources of two kinds have is rare.
    private final Index<String> byName;
    private final Index<UUID> subnetsByNetwork;
    private final Index<UUID> portsByNetwork;
    private final Index<UUID> portsBySubnet;
    private final Index<String> portsByHost;
    private final Index<String> portsByDevice;
    private final Index<Owned> byProject;
    private final RbacWorld rbac;
    private final GroupWorld groups;
    private final ExternalWorld external;
    private final QosWorld qos;
    private final PoolWorld pools;
    private final TrunkWorld trunks;

    private World(
            long revision,
            HashMap<UUID, Network> networks,
            HashMap<UUID, Subnet> subnets,
            HashMap<UUID, Port> ports,
            HashMap<UUID, Router> routers,
            HashMap<UUID, Node> nodes,
            HashMap<String, UUID> nodesByName,
            Index<String> byName,
            Index<UUID> subnetsByNetwork,
            Index<UUID> portsByNetwork,
            Index<UUID> portsBySubnet,
            Index<String> portsByHost,
            Index<String> portsByDevice,
            Index<Owned> byProject,
            RbacWorld rbac,
            GroupWorld groups,
            ExternalWorld external,
            QosWorld qos,
            PoolWorld pools,
            TrunkWorld trunks) {
        this.revision = revision;
        this.networks = networks;
        this.subnets = subnets;
        this.ports = ports;
        this.routers = routers;
        this.nodes = nodes;
        this.nodesByName = nodesByName;
        this.byName = byName;
        this.subnetsByNetwork = subnetsByNetwork;
        this.portsByNetwork = portsByNetwork;
        this.portsBySubnet = portsBySubnet;
        this.portsByHost = portsByHost;
        this.portsByDevice = portsByDevice;
        this.byProject = byProject;
        this.rbac = rbac;
        this.groups = groups;
        this.external = external;
        this.qos = qos;
        this.pools = pools;
        this.trunks = trunks;
    }

    /** The world before anything was made, at revision 0. */
    public static World empty() {
        return EMPTY;
    }

    /** The store revision that this is a view of. */
    public long revision() {
        return revision;
    }

    /** The same world, seen at a later revision. */
    public World at(long newRevision) {
        return new Builder(this).build(newRevision);
    }

    public Optional<Network> network(UUID id) {
        return networks.get(id).toJavaOptional();
    }

    public Optional<Subnet> subnet(UUID id) {
        return subnets.get(id).toJavaOptional();
    }

    public Optional<Port> port(UUID id) {
        return ports.get(id).toJavaOptional();
    }

    public Optional<Router> router(UUID id) {
        return routers.get(id).toJavaOptional();
    }

    public Optional<FloatingIp> floatingIp(UUID id) {
        return external.floatingIps().get(id).toJavaOptional();
    }

    public Optional<Node> node(UUID id) {
        return nodes.get(id).toJavaOptional();
    }

    public Optional<SecurityGroup> securityGroup(UUID id) {
        return groups.groups().get(id).toJavaOptional();
    }

    public Optional<SecurityGroupRule> securityGroupRule(UUID id) {
        return groups.rules().get(id).toJavaOptional();
    }

    public Optional<AddressGroup> addressGroup(UUID id) {
        return groups.addressGroups().get(id).toJavaOptional();
    }

    public Optional<QosPolicy> qosPolicy(UUID id) {
        return qos.policies().get(id).toJavaOptional();
    }

    public Optional<SubnetPool> subnetPool(UUID id) {
        return pools.pools().get(id).toJavaOptional();
    }

    public Optional<Trunk> trunk(UUID id) {
        return trunks.trunks().get(id).toJavaOptional();
    }

    /** The rules that new security groups begin with. */
    public DefaultRules defaultRules() {
        return groups.defaultRules().get(DefaultRules.INITIAL.id()).getOrElse(DefaultRules.INITIAL);
    }

    /** The node with this name, which bindings use. */
    public Optional<Node> node(String name) {
        return nodesByName.get(name).flatMap(nodes::get).toJavaOptional();
    }

    /** The resource of this kind with this id. */
    public Optional<Resource> resource(Resource.Kind kind, UUID id) {
        return byId(kind).get(id).map(r -> (Resource) r).toJavaOptional();
    }

    public Collection<Network> networks() {
        return view(networks);
    }

    public Collection<Subnet> subnets() {
        return view(subnets);
    }

    public Collection<Port> ports() {
        return view(ports);
    }

    public Collection<Router> routers() {
        return view(routers);
    }

    public Collection<FloatingIp> floatingIps() {
        return view(external.floatingIps());
    }

    public Collection<Node> nodes() {
        return view(nodes);
    }

    public Collection<SecurityGroup> securityGroups() {
        return view(groups.groups());
    }

    public Collection<SecurityGroupRule> securityGroupRules() {
        return view(groups.rules());
    }

    public Collection<AddressGroup> addressGroups() {
        return view(groups.addressGroups());
    }

    public Collection<QosPolicy> qosPolicies() {
        return view(qos.policies());
    }

    public Collection<SubnetPool> subnetPools() {
        return view(pools.pools());
    }

    public Collection<Trunk> trunks() {
        return view(trunks.trunks());
    }

    /** Everything that exists, by kind. */
    public List<Collection<? extends Resource>> everything() {
        return List.of(
                networks(),
                subnets(),
                ports(),
                routers(),
                floatingIps(),
                securityGroups(),
                securityGroupRules(),
                addressGroups(),
                view(groups.defaultRules()),
                qosPolicies(),
                subnetPools(),
                trunks(),
                addressScopes(),
                nodes());
    }

    /** How many resources of this kind exist. */
    public int count(Resource.Kind kind) {
        return byId(kind).size();
    }

    public List<Subnet> subnetsOf(UUID networkId) {
        return collect(subnets, subnetsByNetwork, networkId);
    }

    public List<Port> portsOf(UUID networkId) {
        return collect(ports, portsByNetwork, networkId);
    }

    /** How many ports the network has. */
    public int portCountOf(UUID networkId) {
        return portsByNetwork.get(networkId).size();
    }

    /** The ports that have an address on this subnet. */
    public List<Port> portsOfSubnet(UUID subnetId) {
        return collect(ports, portsBySubnet, subnetId);
    }

    /** The ports bound to the node with this name. */
    public List<Port> portsOnHost(String host) {
        return collect(ports, portsByHost, host);
    }

    /** The ports with this device id, which must not be empty. */
    public List<Port> portsOfDevice(String deviceId) {
        return collect(ports, portsByDevice, deviceId);
    }

    /** The interfaces of this router. */
    public List<Port> interfacesOf(UUID routerId) {
        return portsOfDevice(routerId.toString()).stream()
                .filter(Port::isRouterInterface)
                .toList();
    }

    /** The networks that routers may have their gateways on. */
    public List<Network> externalNetworks() {
        return collect(networks, external.networks());
    }

    /** The routers that have their gateway on this external network. */
    public List<Router> routersOut(UUID externalNetworkId) {
        return collect(routers, external.routersByNetwork(), externalNetworkId);
    }

    /** The routers that this node may be the gateway of. */
    public List<Router> routersOfGatewayNode(UUID nodeId) {
        return collect(routers, external.routersByNode(), nodeId);
    }

    /** How many routers this node may be the gateway of. */
    public int routerCountOfGatewayNode(UUID nodeId) {
        return external.routersByNode().get(nodeId).size();
    }

    /** The floating IPs that lead to this port, as a whole or with some of their ports. */
    public List<FloatingIp> floatingIpsOfPort(UUID portId) {
        return collect(external.floatingIps(), external.floatingIpsByPort(), portId);
    }

    /** The floating IPs that this router translates. */
    public List<FloatingIp> floatingIpsOfRouter(UUID routerId) {
        return collect(external.floatingIps(), external.floatingIpsByRouter(), routerId);
    }

    /** The floating IPs of this project. */
    public List<FloatingIp> floatingIpsOfProject(String project) {
        return collect(external.floatingIps(), byProject, new Owned(project, Resource.Kind.FLOATING_IP));
    }

    /** The ports that the rules of this security group apply to. */
    public List<Port> portsOfGroup(UUID groupId) {
        return collect(ports, groups.portsByGroup(), groupId);
    }

    /** How many ports the rules of this security group apply to. */
    public int portCountOfGroup(UUID groupId) {
        return groups.portsByGroup().get(groupId).size();
    }

    /** What this security group allows. */
    public List<SecurityGroupRule> rulesOf(UUID groupId) {
        return collect(groups.rules(), groups.rulesByGroup(), groupId);
    }

    /** The rules whose other end is this security group or address group. */
    public List<SecurityGroupRule> rulesWithRemote(UUID groupId) {
        return collect(groups.rules(), groups.rulesByRemote(), groupId);
    }

    /** Whether a rule's other end is this security group or address group. */
    public boolean isRemote(UUID groupId) {
        return !groups.rulesByRemote().get(groupId).isEmpty();
    }

    /** The group that this project's ports get when they do not say; empty when it was not needed yet. */
    public Optional<SecurityGroup> defaultGroup(String project) {
        return groups.defaultGroups().get(project).flatMap(groups.groups()::get).toJavaOptional();
    }

    /** The security groups of this project. */
    public List<SecurityGroup> securityGroupsOfProject(String project) {
        return collect(groups.groups(), byProject, new Owned(project, Resource.Kind.SECURITY_GROUP));
    }

    /** The security group rules of this project. */
    public List<SecurityGroupRule> securityGroupRulesOfProject(String project) {
        return collect(groups.rules(), byProject, new Owned(project, Resource.Kind.SECURITY_GROUP_RULE));
    }

    /** The address groups of this project. */
    public List<AddressGroup> addressGroupsOfProject(String project) {
        return collect(groups.addressGroups(), byProject, new Owned(project, Resource.Kind.ADDRESS_GROUP));
    }

    /** The policy that has the QoS rule of this id. */
    public Optional<QosPolicy> qosPolicyOfRule(UUID ruleId) {
        return qos.owners().get(ruleId).flatMap(qos.policies()::get).toJavaOptional();
    }

    /** The QoS policy that this project's new networks get when they do not say. */
    public Optional<QosPolicy> defaultQosPolicy(String project) {
        return qos.defaults().get(project).flatMap(qos.policies()::get).toJavaOptional();
    }

    /** The QoS policies that others, or the project itself, let this project use. */
    public List<QosPolicy> qosPoliciesSharedWith(String project) {
        return collect(qos.policies(), rbac.usable(Resource.Kind.QOS_POLICY, Action.ACCESS_AS_SHARED, project));
    }

    /** The QoS policies of this project. */
    public List<QosPolicy> qosPoliciesOfProject(String project) {
        return collect(qos.policies(), byProject, new Owned(project, Resource.Kind.QOS_POLICY));
    }

    /** The ports that have this QoS policy as their own. */
    public List<Port> portsOfQosPolicy(UUID policyId) {
        return collect(ports, qos.ports(), policyId);
    }

    /** The networks that have this QoS policy. */
    public List<Network> networksOfQosPolicy(UUID policyId) {
        return collect(networks, qos.networks(), policyId);
    }

    /** The floating IPs that have a QoS policy. */
    public List<FloatingIp> floatingIpsOfQosPolicy(UUID policyId) {
        return collect(external.floatingIps(), qos.floatingIps(), policyId);
    }

    /** The routers of which a gateway has a QoS policy. */
    public List<Router> routersOfQosPolicy(UUID policyId) {
        return collect(routers, qos.routers(), policyId);
    }

    /** The pool that subnets are taken from that ask for the default one of this family. */
    public Optional<SubnetPool> defaultSubnetPool(IpFamily family) {
        return pools.defaults().get(family).flatMap(pools.pools()::get).toJavaOptional();
    }

    /** The subnet pools that others, or the project itself, let this project use. */
    public List<SubnetPool> subnetPoolsSharedWith(String project) {
        return collect(pools.pools(), rbac.usable(Resource.Kind.SUBNET_POOL, Action.ACCESS_AS_SHARED, project));
    }

    /** The subnet pools of this address scope. */
    public List<SubnetPool> subnetPoolsOfScope(UUID scopeId) {
        return collect(pools.pools(), pools.byScope(), scopeId);
    }

    public Optional<AddressScope> addressScope(UUID id) {
        return pools.scopes().get(id).toJavaOptional();
    }

    public Collection<AddressScope> addressScopes() {
        return view(pools.scopes());
    }

    /** The address scopes of this project. */
    public List<AddressScope> addressScopesOfProject(String project) {
        return collect(pools.scopes(), byProject, new Owned(project, Resource.Kind.ADDRESS_SCOPE));
    }

    /** The address scopes that others, or the project itself, let this project use. */
    public List<AddressScope> addressScopesSharedWith(String project) {
        return collect(pools.scopes(), rbac.usable(Resource.Kind.ADDRESS_SCOPE, Action.ACCESS_AS_SHARED, project));
    }

    /** The address scope of a subnet: that of its pool. */
    public Optional<UUID> addressScopeOf(Subnet subnet) {
        return subnet.subnetPool().flatMap(this::subnetPool).flatMap(SubnetPool::addressScope);
    }

    /** The address scope of a network's subnets of a family, all of which are of one subnet pool or of none. */
    public Optional<UUID> addressScopeOf(UUID networkId, IpFamily family) {
        return subnetsOf(networkId).stream()
                .filter(subnet -> subnet.family() == family)
                .findFirst()
                .flatMap(this::addressScopeOf);
    }

    /** The subnet pools of this project. */
    public List<SubnetPool> subnetPoolsOfProject(String project) {
        return collect(pools.pools(), byProject, new Owned(project, Resource.Kind.SUBNET_POOL));
    }

    /** The subnets whose addresses are of this pool. */
    public List<Subnet> subnetsOfPool(UUID poolId) {
        return collect(subnets, pools.subnets(), poolId);
    }

    /** How many subnets have addresses of this pool. */
    public int subnetCountOfPool(UUID poolId) {
        return pools.subnets().get(poolId).size();
    }

    /** The addresses of this pool that subnets have. */
    public PrefixSet givenOf(SubnetPool pool) {
        return pools.given().getOrElse(pool.id(), PrefixSet.empty(pool.family()));
    }

    /** The trunk whose parent this port is. */
    public Optional<Trunk> trunkOfParent(UUID portId) {
        return trunks.byParent().get(portId).flatMap(trunks.trunks()::get).toJavaOptional();
    }

    /** The trunk of which this port is a subport. */
    public Optional<Trunk> trunkOfSubport(UUID portId) {
        return trunks.bySubport().get(portId).flatMap(trunks.trunks()::get).toJavaOptional();
    }

    /** The trunks of this project. */
    public List<Trunk> trunksOfProject(String project) {
        return collect(trunks.trunks(), byProject, new Owned(project, Resource.Kind.TRUNK));
    }

    /** The QoS policy of a port's network, when it counts for the port: not for the network's own ones, as in Neutron. */
    public Optional<UUID> networkQosPolicyOf(Port port) {
        return port.isTrusted() ? Optional.empty() : network(port.networkId()).flatMap(Network::qosPolicy);
    }

    /** The QoS policy that counts for a port: its own, otherwise its network's. */
    public Optional<UUID> qosPolicyOf(Port port) {
        return port.qosPolicy().or(() -> networkQosPolicyOf(port));
    }

    /** The networks with this name, which must not be empty; as many as like may have one. */
    public List<Network> networksNamed(String name) {
        return collect(networks, byName, name);
    }

    /** The subnets with this name, which must not be empty. */
    public List<Subnet> subnetsNamed(String name) {
        return collect(subnets, byName, name);
    }

    /** The ports with this name, which must not be empty. */
    public List<Port> portsNamed(String name) {
        return collect(ports, byName, name);
    }

    /** The routers with this name, which must not be empty. */
    public List<Router> routersNamed(String name) {
        return collect(routers, byName, name);
    }

    /** How many resources have this name, those of all kinds together. */
    public int countNamed(String name) {
        return byName.get(name).size();
    }

    /** How many resources of this kind the project has. */
    public int countOfProject(Resource.Kind kind, String project) {
        return byProject.get(new Owned(project, kind)).size();
    }

    /** The networks of this project. */
    public List<Network> networksOfProject(String project) {
        return collect(networks, byProject, new Owned(project, Resource.Kind.NETWORK));
    }

    /** The networks that others, or the project itself, let this project put ports on. */
    public List<Network> networksSharedWith(String project) {
        return collect(networks, rbac.usable(Resource.Kind.NETWORK, Action.ACCESS_AS_SHARED, project));
    }

    /** The networks that others, or the project itself, let this project have gateways on. */
    public List<Network> networksExternalFor(String project) {
        return collect(networks, rbac.usable(Resource.Kind.NETWORK, Action.ACCESS_AS_EXTERNAL, project));
    }

    /** The security groups that others, or the project itself, let this project use. */
    public List<SecurityGroup> securityGroupsSharedWith(String project) {
        return collect(groups.groups(), rbac.usable(Resource.Kind.SECURITY_GROUP, Action.ACCESS_AS_SHARED, project));
    }

    /** The address groups that others, or the project itself, let this project use. */
    public List<AddressGroup> addressGroupsSharedWith(String project) {
        return collect(
                groups.addressGroups(), rbac.usable(Resource.Kind.ADDRESS_GROUP, Action.ACCESS_AS_SHARED, project));
    }

    /** The RBAC policy of this id, with its object. */
    public Optional<RbacEntry> rbacPolicy(UUID id) {
        return rbac.objects()
                .get(id)
                .toJavaOptional()
                .flatMap(key -> resource(key.kind(), key.id())
                        .map(Shareable.class::cast)
                        .flatMap(object -> object.sharing().policy(id).map(policy -> new RbacEntry(object, policy))));
    }

    /** The RBAC policies that this project made. */
    public List<RbacEntry> rbacPoliciesOfProject(String project) {
        List<RbacEntry> found = new ArrayList<>();
        for (UUID id : rbac.byProject().get(project)) {
            rbacPolicy(id).ifPresent(found::add);
        }
        return found;
    }

    /** All RBAC policies. */
    public List<RbacEntry> rbacPolicies() {
        List<RbacEntry> found = new ArrayList<>(rbac.objects().size());
        for (RbacWorld.ObjectKey key : rbac.objects().valuesIterator().toSet()) {
            if (resource(key.kind(), key.id()).orElse(null) instanceof Shareable object) {
                object.sharing().policies().forEach(policy -> found.add(new RbacEntry(object, policy)));
            }
        }
        return found;
    }

    /** The subnets of this project. */
    public List<Subnet> subnetsOfProject(String project) {
        return collect(subnets, byProject, new Owned(project, Resource.Kind.SUBNET));
    }

    /** The ports of this project. */
    public List<Port> portsOfProject(String project) {
        return collect(ports, byProject, new Owned(project, Resource.Kind.PORT));
    }

    /** The routers of this project. */
    public List<Router> routersOfProject(String project) {
        return collect(routers, byProject, new Owned(project, Resource.Kind.ROUTER));
    }

    /** The world in which this resource is as given, at the same revision. */
    public World with(Resource resource) {
        return new Builder(this).put(resource).build(revision);
    }

    /** The world without this resource, at the same revision. */
    public World without(Resource.Kind kind, UUID id) {
        return new Builder(this).remove(kind, id).build(revision);
    }

    private HashMap<UUID, ? extends Resource> byId(Resource.Kind kind) {
        return switch (kind) {
            case NETWORK -> networks;
            case SUBNET -> subnets;
            case PORT -> ports;
            case ROUTER -> routers;
            case FLOATING_IP -> external.floatingIps();
            case SECURITY_GROUP -> groups.groups();
            case SECURITY_GROUP_RULE -> groups.rules();
            case ADDRESS_GROUP -> groups.addressGroups();
            case DEFAULT_RULES -> groups.defaultRules();
            case QOS_POLICY -> qos.policies();
            case SUBNET_POOL -> pools.pools();
            case TRUNK -> trunks.trunks();
            case ADDRESS_SCOPE -> pools.scopes();
            case NODE -> nodes;
        };
    }

    /** The values as they are, without copying them. Vavr's own view counts all of them at each step. */
    private static <R> Collection<R> view(HashMap<UUID, R> resources) {
        return new AbstractCollection<>() {
            @Override
            public Iterator<R> iterator() {
                return resources.valuesIterator();
            }

            @Override
            public int size() {
                return resources.size();
            }
        };
    }

    private static <K, R> List<R> collect(Map<UUID, R> resources, Index<K> index, K key) {
        return collect(resources, index.get(key));
    }

    private static <R> List<R> collect(Map<UUID, R> resources, HashSet<UUID> ids) {
        List<R> found = new ArrayList<>(ids.size());
        for (UUID id : ids) {
            R resource = resources.getOrElse(id, null);
            if (resource != null) {
                found.add(resource);
            }
        }
        return found;
    }

    private record Owned(String project, Resource.Kind kind) {}

    /** Collects the changes of one revision; owned by one thread. */
    public static final class Builder {
        private HashMap<UUID, Network> networks;
        private HashMap<UUID, Subnet> subnets;
        private HashMap<UUID, Port> ports;
        private HashMap<UUID, Router> routers;
        private HashMap<UUID, Node> nodes;
        private HashMap<String, UUID> nodesByName;
        private Index<String> byName;
        private Index<UUID> subnetsByNetwork;
        private Index<UUID> portsByNetwork;
        private Index<UUID> portsBySubnet;
        private Index<String> portsByHost;
        private Index<String> portsByDevice;
        private Index<Owned> byProject;
        private RbacWorld rbac;
        private GroupWorld groups;
        private ExternalWorld external;
        private QosWorld qos;
        private PoolWorld pools;
        private TrunkWorld trunks;

        /** A builder that begins with everything of this world. */
        public Builder(World world) {
            networks = world.networks;
            subnets = world.subnets;
            ports = world.ports;
            routers = world.routers;
            nodes = world.nodes;
            nodesByName = world.nodesByName;
            byName = world.byName;
            subnetsByNetwork = world.subnetsByNetwork;
            portsByNetwork = world.portsByNetwork;
            portsBySubnet = world.portsBySubnet;
            portsByHost = world.portsByHost;
            portsByDevice = world.portsByDevice;
            byProject = world.byProject;
            rbac = world.rbac;
            groups = world.groups;
            external = world.external;
            qos = world.qos;
            pools = world.pools;
            trunks = world.trunks;
        }

        /** Adds the resource or replaces the one of its kind and id. */
        public Builder put(Resource resource) {
            UUID id = resource.id();
            switch (resource) {
                case Network network -> {
                    Network old = networks.getOrElse(id, null);
                    reindexProject(old, network);
                    qos = qos.withNetwork(old, network);
                    networks = networks.put(id, network);
                    rbac = rbac.changed(old, network);
                    external = external.with(network);
                }
                case Subnet subnet -> {
                    Subnet old = subnets.getOrElse(id, null);
                    reindexProject(old, subnet);
                    if (old == null) {
                        subnetsByNetwork = subnetsByNetwork.add(subnet.networkId(), id);
                    }
                    subnets = subnets.put(id, subnet);
                    pools = pools.withSubnet(old, subnet);
                }
                case Port port -> {
                    Port old = ports.getOrElse(id, null);
                    reindexProject(old, port);
                    if (old == null || !sameKeys(old, port)) {
                        if (old != null) {
                            unindex(old);
                        }
                        index(port);
                    }
                    ports = ports.put(id, port);
                    groups = groups.withPort(old, port);
                    qos = qos.withPort(old, port);
                }
                case Router router -> {
                    Router old = routers.getOrElse(id, null);
                    reindexProject(old, router);
                    routers = routers.put(id, router);
                    external = external.withRouter(old, router);
                    qos = qos.withRouter(old, router);
                }
                case FloatingIp floatingIp -> {
                    FloatingIp old = external.floatingIps().getOrElse(id, null);
                    reindexProject(old, floatingIp);
                    qos = qos.withFloatingIp(old, floatingIp);
                    external = external.with(floatingIp);
                }
                case SecurityGroup group -> {
                    SecurityGroup old = groups.groups().getOrElse(id, null);
                    reindexProject(old, group);
                    rbac = rbac.changed(old, group);
                    groups = groups.with(group);
                }
                case SecurityGroupRule rule -> {
                    reindexProject(groups.rules().getOrElse(id, null), rule);
                    groups = groups.with(rule);
                }
                case AddressGroup group -> {
                    AddressGroup old = groups.addressGroups().getOrElse(id, null);
                    reindexProject(old, group);
                    rbac = rbac.changed(old, group);
                    groups = groups.with(group);
                }
                case DefaultRules rules -> groups = groups.with(rules);
                case QosPolicy policy -> {
                    QosPolicy old = qos.policies().getOrElse(id, null);
                    reindexProject(old, policy);
                    rbac = rbac.changed(old, policy);
                    qos = qos.with(policy);
                }
                case SubnetPool pool -> {
                    SubnetPool old = pools.pools().getOrElse(id, null);
                    reindexProject(old, pool);
                    rbac = rbac.changed(old, pool);
                    pools = pools.with(pool);
                }
                case Trunk trunk -> {
                    reindexProject(trunks.trunks().getOrElse(id, null), trunk);
                    trunks = trunks.with(trunk);
                }
                case AddressScope scope -> {
                    AddressScope old = pools.scopes().getOrElse(id, null);
                    reindexProject(old, scope);
                    rbac = rbac.changed(old, scope);
                    pools = pools.with(scope);
                }
                case Node node -> {
                    Node old = nodes.getOrElse(id, null);
                    if (old != null && !old.name().equals(node.name())) {
                        nodesByName = nodesByName.remove(old.name());
                    }
                    nodesByName = nodesByName.put(node.name(), id);
                    nodes = nodes.put(id, node);
                }
            }
            return this;
        }

        /** Takes the resource out; nothing happens when there is none. */
        public Builder remove(Resource.Kind kind, UUID id) {
            switch (kind) {
                case NETWORK -> {
                    Network old = networks.getOrElse(id, null);
                    unindexProject(old);
                    if (old != null) {
                        qos = qos.withoutNetwork(old);
                    }
                    networks = networks.remove(id);
                    rbac = rbac.changed(old, null);
                    external = external.withoutNetwork(id);
                }
                case SUBNET -> {
                    Subnet old = subnets.getOrElse(id, null);
                    unindexProject(old);
                    if (old != null) {
                        subnetsByNetwork = subnetsByNetwork.remove(old.networkId(), id);
                        pools = pools.withoutSubnet(old);
                    }
                    subnets = subnets.remove(id);
                }
                case PORT -> {
                    Port old = ports.getOrElse(id, null);
                    unindexProject(old);
                    if (old != null) {
                        unindex(old);
                        groups = groups.withoutPort(old);
                        qos = qos.withoutPort(old);
                    }
                    ports = ports.remove(id);
                }
                case ROUTER -> {
                    Router old = routers.getOrElse(id, null);
                    unindexProject(old);
                    routers = routers.remove(id);
                    if (old != null) {
                        external = external.withRouter(old, null);
                        qos = qos.withRouter(old, null);
                    }
                }
                case FLOATING_IP -> {
                    FloatingIp old = external.floatingIps().getOrElse(id, null);
                    unindexProject(old);
                    qos = qos.withFloatingIp(old, null);
                    external = external.withoutFloatingIp(id);
                }
                case SECURITY_GROUP -> {
                    SecurityGroup old = groups.groups().getOrElse(id, null);
                    unindexProject(old);
                    rbac = rbac.changed(old, null);
                    groups = groups.withoutGroup(id);
                }
                case SECURITY_GROUP_RULE -> {
                    unindexProject(groups.rules().getOrElse(id, null));
                    groups = groups.withoutRule(id);
                }
                case ADDRESS_GROUP -> {
                    AddressGroup old = groups.addressGroups().getOrElse(id, null);
                    unindexProject(old);
                    rbac = rbac.changed(old, null);
                    groups = groups.withoutAddressGroup(id);
                }
                case DEFAULT_RULES -> groups = groups.withoutDefaultRules(id);
                case QOS_POLICY -> {
                    QosPolicy old = qos.policies().getOrElse(id, null);
                    unindexProject(old);
                    rbac = rbac.changed(old, null);
                    qos = qos.without(id);
                }
                case SUBNET_POOL -> {
                    SubnetPool old = pools.pools().getOrElse(id, null);
                    unindexProject(old);
                    rbac = rbac.changed(old, null);
                    pools = pools.without(id);
                }
                case TRUNK -> {
                    unindexProject(trunks.trunks().getOrElse(id, null));
                    trunks = trunks.without(id);
                }
                case ADDRESS_SCOPE -> {
                    AddressScope old = pools.scopes().getOrElse(id, null);
                    unindexProject(old);
                    rbac = rbac.changed(old, null);
                    pools = pools.withoutScope(id);
                }
                case NODE -> {
                    Node old = nodes.getOrElse(id, null);
                    if (old != null) {
                        nodesByName = nodesByName.remove(old.name());
                    }
                    nodes = nodes.remove(id);
                }
            }
            return this;
        }

        /** The world at this revision. */
        public World build(long revision) {
            return new World(
                    revision,
                    networks,
                    subnets,
                    ports,
                    routers,
                    nodes,
                    nodesByName,
                    byName,
                    subnetsByNetwork,
                    portsByNetwork,
                    portsBySubnet,
                    portsByHost,
                    portsByDevice,
                    byProject,
                    rbac,
                    groups,
                    external,
                    qos,
                    pools,
                    trunks);
        }

        private static boolean sameKeys(Port old, Port port) {
            return old.networkId().equals(port.networkId())
                    && old.deviceId().equals(port.deviceId())
                    && old.binding().host().equals(port.binding().host())
                    && old.fixedIps().equals(port.fixedIps());
        }

        private void index(Port port) {
            UUID id = port.id();
            portsByNetwork = portsByNetwork.add(port.networkId(), id);
            for (FixedIp ip : port.fixedIps()) {
                portsBySubnet = portsBySubnet.add(ip.subnetId(), id);
            }
            if (port.binding().isBound()) {
                portsByHost = portsByHost.add(port.binding().host(), id);
            }
            if (!port.deviceId().isEmpty()) {
                portsByDevice = portsByDevice.add(port.deviceId(), id);
            }
        }

        private void unindex(Port port) {
            UUID id = port.id();
            portsByNetwork = portsByNetwork.remove(port.networkId(), id);
            for (FixedIp ip : port.fixedIps()) {
                portsBySubnet = portsBySubnet.remove(ip.subnetId(), id);
            }
            if (port.binding().isBound()) {
                portsByHost = portsByHost.remove(port.binding().host(), id);
            }
            if (!port.deviceId().isEmpty()) {
                portsByDevice = portsByDevice.remove(port.deviceId(), id);
            }
        }

        /** Also by name: both are what every kind but nodes is found by. */
        private void reindexProject(@Nullable Resource old, Resource resource) {
            if (old != null
                    && old.project().equals(resource.project())
                    && old.name().equals(resource.name())) {
                return;
            }
            unindexProject(old);
            if (!resource.project().isEmpty()) {
                byProject = byProject.add(new Owned(resource.project(), resource.kind()), resource.id());
            }
            if (!resource.name().isEmpty()) {
                byName = byName.add(resource.name(), resource.id());
            }
        }

        private void unindexProject(@Nullable Resource old) {
            if (old != null && !old.project().isEmpty()) {
                byProject = byProject.remove(new Owned(old.project(), old.kind()), old.id());
            }
            if (old != null && !old.name().isEmpty()) {
                byName = byName.remove(old.name(), old.id());
            }
        }
    }
}
