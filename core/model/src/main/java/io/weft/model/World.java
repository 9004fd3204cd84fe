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

/**
 * Everything that exists at one revision, with the indexes that services, filters and the compiler need.
 *
 * <p>Immutable: {@link #with} and {@link #without} return a new world that shares nearly all of the old one, at a cost
 * that does not grow with what exists. What a look-up returns has no order.
 *
 * <p>Longer than most: it names every question that is asked of the model, most of them a line. What is kept, and how it
 * follows what changes, is in {@link WorldParts} and its parts.
 */
public final class World {
    private static final World EMPTY = new World(0, WorldParts.EMPTY);

    private final long revision;
    private final WorldParts parts;

    World(long revision, WorldParts parts) {
        this.revision = revision;
        this.parts = parts;
    }

    /** The world before anything was made, at revision 0. */
    public static World empty() {
        return EMPTY;
    }

    WorldParts parts() {
        return parts;
    }

    /** The store revision that this is a view of. */
    public long revision() {
        return revision;
    }

    /** The same world, seen at a later revision. */
    public World at(long newRevision) {
        return new World(newRevision, parts);
    }

    public Optional<Network> network(UUID id) {
        return parts.networks().networks().get(id).toJavaOptional();
    }

    public Optional<Subnet> subnet(UUID id) {
        return parts.networks().subnets().get(id).toJavaOptional();
    }

    public Optional<Port> port(UUID id) {
        return parts.ports().ports().get(id).toJavaOptional();
    }

    public Optional<Router> router(UUID id) {
        return parts.routers().get(id).toJavaOptional();
    }

    public Optional<FloatingIp> floatingIp(UUID id) {
        return parts.external().floatingIps().get(id).toJavaOptional();
    }

    public Optional<Node> node(UUID id) {
        return parts.nodes().nodes().get(id).toJavaOptional();
    }

    public Optional<SecurityGroup> securityGroup(UUID id) {
        return parts.groups().groups().get(id).toJavaOptional();
    }

    public Optional<SecurityGroupRule> securityGroupRule(UUID id) {
        return parts.groups().rules().get(id).toJavaOptional();
    }

    public Optional<AddressGroup> addressGroup(UUID id) {
        return parts.groups().addressGroups().get(id).toJavaOptional();
    }

    public Optional<QosPolicy> qosPolicy(UUID id) {
        return parts.qos().policies().get(id).toJavaOptional();
    }

    public Optional<SubnetPool> subnetPool(UUID id) {
        return parts.pools().pools().get(id).toJavaOptional();
    }

    public Optional<Trunk> trunk(UUID id) {
        return parts.trunks().trunks().get(id).toJavaOptional();
    }

    public Optional<Flavor> flavor(UUID id) {
        return parts.flavors().flavors().get(id).toJavaOptional();
    }

    public Optional<ServiceProfile> serviceProfile(UUID id) {
        return parts.flavors().profiles().get(id).toJavaOptional();
    }

    /** The rules that new security groups begin with. */
    public DefaultRules defaultRules() {
        return parts.groups().defaultRules().get(DefaultRules.INITIAL.id()).getOrElse(DefaultRules.INITIAL);
    }

    /** The node with this name, which bindings use. */
    public Optional<Node> node(String name) {
        return parts.nodes()
                .byName()
                .get(name)
                .flatMap(parts.nodes().nodes()::get)
                .toJavaOptional();
    }

    /** The resource of this kind with this id. */
    public Optional<Resource> resource(Resource.Kind kind, UUID id) {
        return parts.byId(kind).get(id).map(r -> (Resource) r).toJavaOptional();
    }

    public Collection<Network> networks() {
        return view(parts.networks().networks());
    }

    public Collection<Subnet> subnets() {
        return view(parts.networks().subnets());
    }

    public Collection<Port> ports() {
        return view(parts.ports().ports());
    }

    public Collection<Router> routers() {
        return view(parts.routers());
    }

    public Collection<FloatingIp> floatingIps() {
        return view(parts.external().floatingIps());
    }

    public Collection<Node> nodes() {
        return view(parts.nodes().nodes());
    }

    public Collection<SecurityGroup> securityGroups() {
        return view(parts.groups().groups());
    }

    public Collection<SecurityGroupRule> securityGroupRules() {
        return view(parts.groups().rules());
    }

    public Collection<AddressGroup> addressGroups() {
        return view(parts.groups().addressGroups());
    }

    public Collection<QosPolicy> qosPolicies() {
        return view(parts.qos().policies());
    }

    public Collection<SubnetPool> subnetPools() {
        return view(parts.pools().pools());
    }

    public Collection<Trunk> trunks() {
        return view(parts.trunks().trunks());
    }

    public Collection<Flavor> flavors() {
        return view(parts.flavors().flavors());
    }

    public Collection<ServiceProfile> serviceProfiles() {
        return view(parts.flavors().profiles());
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
                view(parts.groups().defaultRules()),
                qosPolicies(),
                subnetPools(),
                trunks(),
                addressScopes(),
                loadBalancers(),
                listeners(),
                pools(),
                poolMembers(),
                flavors(),
                serviceProfiles(),
                nodes());
    }

    /** How many resources of this kind exist. */
    public int count(Resource.Kind kind) {
        return parts.byId(kind).size();
    }

    public List<Subnet> subnetsOf(UUID networkId) {
        return collect(parts.networks().subnets(), parts.networks().subnetsByNetwork(), networkId);
    }

    public List<Port> portsOf(UUID networkId) {
        return collect(parts.ports().ports(), parts.ports().byNetwork(), networkId);
    }

    /** How many ports the network has. */
    public int portCountOf(UUID networkId) {
        return parts.ports().byNetwork().get(networkId).size();
    }

    /** The ports that have an address on this subnet. */
    public List<Port> portsOfSubnet(UUID subnetId) {
        return collect(parts.ports().ports(), parts.ports().bySubnet(), subnetId);
    }

    /** The ports bound to the node with this name. */
    public List<Port> portsOnHost(String host) {
        return collect(parts.ports().ports(), parts.ports().byHost(), host);
    }

    /** The ports with this device id, which must not be empty. */
    public List<Port> portsOfDevice(String deviceId) {
        return collect(parts.ports().ports(), parts.ports().byDevice(), deviceId);
    }

    /** The interfaces of this router. */
    public List<Port> interfacesOf(UUID routerId) {
        return portsOfDevice(routerId.toString()).stream()
                .filter(Port::isRouterInterface)
                .toList();
    }

    /** The networks that routers may have their gateways on. */
    public List<Network> externalNetworks() {
        return collect(parts.networks().networks(), parts.external().networks());
    }

    /** The routers that have their gateway on this external network. */
    public List<Router> routersOut(UUID externalNetworkId) {
        return collect(parts.routers(), parts.external().routersByNetwork(), externalNetworkId);
    }

    /** The routers that this node may be the gateway of. */
    public List<Router> routersOfGatewayNode(UUID nodeId) {
        return collect(parts.routers(), parts.external().routersByNode(), nodeId);
    }

    /** How many routers this node may be the gateway of. */
    public int routerCountOfGatewayNode(UUID nodeId) {
        return parts.external().routersByNode().get(nodeId).size();
    }

    /** The floating IPs that lead to this port, as a whole or with some of their ports. */
    public List<FloatingIp> floatingIpsOfPort(UUID portId) {
        return collect(parts.external().floatingIps(), parts.external().floatingIpsByPort(), portId);
    }

    /** The floating IPs that this router translates. */
    public List<FloatingIp> floatingIpsOfRouter(UUID routerId) {
        return collect(parts.external().floatingIps(), parts.external().floatingIpsByRouter(), routerId);
    }

    /** The floating IPs of this project. */
    public List<FloatingIp> floatingIpsOfProject(String project) {
        return ofProject(parts.external().floatingIps(), Resource.Kind.FLOATING_IP, project);
    }

    /** The ports that the rules of this security group apply to. */
    public List<Port> portsOfGroup(UUID groupId) {
        return collect(parts.ports().ports(), parts.groups().portsByGroup(), groupId);
    }

    /** How many ports the rules of this security group apply to. */
    public int portCountOfGroup(UUID groupId) {
        return parts.groups().portsByGroup().get(groupId).size();
    }

    /** What this security group allows. */
    public List<SecurityGroupRule> rulesOf(UUID groupId) {
        return collect(parts.groups().rules(), parts.groups().rulesByGroup(), groupId);
    }

    /** The rules whose other end is this security group or address group. */
    public List<SecurityGroupRule> rulesWithRemote(UUID groupId) {
        return collect(parts.groups().rules(), parts.groups().rulesByRemote(), groupId);
    }

    /** Whether a rule's other end is this security group or address group. */
    public boolean isRemote(UUID groupId) {
        return !parts.groups().rulesByRemote().get(groupId).isEmpty();
    }

    /** The group that this project's ports get when they do not say; empty when it was not needed yet. */
    public Optional<SecurityGroup> defaultGroup(String project) {
        return parts.groups()
                .defaultGroups()
                .get(project)
                .flatMap(parts.groups().groups()::get)
                .toJavaOptional();
    }

    /** The security groups of this project. */
    public List<SecurityGroup> securityGroupsOfProject(String project) {
        return ofProject(parts.groups().groups(), Resource.Kind.SECURITY_GROUP, project);
    }

    /** The security group rules of this project. */
    public List<SecurityGroupRule> securityGroupRulesOfProject(String project) {
        return ofProject(parts.groups().rules(), Resource.Kind.SECURITY_GROUP_RULE, project);
    }

    /** The address groups of this project. */
    public List<AddressGroup> addressGroupsOfProject(String project) {
        return ofProject(parts.groups().addressGroups(), Resource.Kind.ADDRESS_GROUP, project);
    }

    /** The policy that has the QoS rule of this id. */
    public Optional<QosPolicy> qosPolicyOfRule(UUID ruleId) {
        return parts.qos()
                .owners()
                .get(ruleId)
                .flatMap(parts.qos().policies()::get)
                .toJavaOptional();
    }

    /** The QoS policy that this project's new networks get when they do not say. */
    public Optional<QosPolicy> defaultQosPolicy(String project) {
        return parts.qos()
                .defaults()
                .get(project)
                .flatMap(parts.qos().policies()::get)
                .toJavaOptional();
    }

    /** The QoS policies that others, or the project itself, let this project use. */
    public List<QosPolicy> qosPoliciesSharedWith(String project) {
        return collect(
                parts.qos().policies(),
                parts.rbac().usable(Resource.Kind.QOS_POLICY, Action.ACCESS_AS_SHARED, project));
    }

    /** The QoS policies of this project. */
    public List<QosPolicy> qosPoliciesOfProject(String project) {
        return ofProject(parts.qos().policies(), Resource.Kind.QOS_POLICY, project);
    }

    /** The ports that have this QoS policy as their own. */
    public List<Port> portsOfQosPolicy(UUID policyId) {
        return collect(parts.ports().ports(), parts.qos().usersOf(policyId, Resource.Kind.PORT));
    }

    /** The networks that have this QoS policy. */
    public List<Network> networksOfQosPolicy(UUID policyId) {
        return collect(parts.networks().networks(), parts.qos().usersOf(policyId, Resource.Kind.NETWORK));
    }

    /** The floating IPs that have a QoS policy. */
    public List<FloatingIp> floatingIpsOfQosPolicy(UUID policyId) {
        return collect(parts.external().floatingIps(), parts.qos().usersOf(policyId, Resource.Kind.FLOATING_IP));
    }

    /** The routers of which a gateway has a QoS policy. */
    public List<Router> routersOfQosPolicy(UUID policyId) {
        return collect(parts.routers(), parts.qos().usersOf(policyId, Resource.Kind.ROUTER));
    }

    /** The pool that subnets are taken from that ask for the default one of this family. */
    public Optional<SubnetPool> defaultSubnetPool(IpFamily family) {
        return parts.pools()
                .defaults()
                .get(family)
                .flatMap(parts.pools().pools()::get)
                .toJavaOptional();
    }

    /** The subnet pools that others, or the project itself, let this project use. */
    public List<SubnetPool> subnetPoolsSharedWith(String project) {
        return collect(
                parts.pools().pools(),
                parts.rbac().usable(Resource.Kind.SUBNET_POOL, Action.ACCESS_AS_SHARED, project));
    }

    /** The subnet pools of this address scope. */
    public List<SubnetPool> subnetPoolsOfScope(UUID scopeId) {
        return collect(parts.pools().pools(), parts.pools().byScope(), scopeId);
    }

    public Optional<AddressScope> addressScope(UUID id) {
        return parts.pools().scopes().get(id).toJavaOptional();
    }

    public Collection<AddressScope> addressScopes() {
        return view(parts.pools().scopes());
    }

    /** The address scopes of this project. */
    public List<AddressScope> addressScopesOfProject(String project) {
        return ofProject(parts.pools().scopes(), Resource.Kind.ADDRESS_SCOPE, project);
    }

    /** The address scopes that others, or the project itself, let this project use. */
    public List<AddressScope> addressScopesSharedWith(String project) {
        return collect(
                parts.pools().scopes(),
                parts.rbac().usable(Resource.Kind.ADDRESS_SCOPE, Action.ACCESS_AS_SHARED, project));
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
        return ofProject(parts.pools().pools(), Resource.Kind.SUBNET_POOL, project);
    }

    /** The subnets whose addresses are of this pool. */
    public List<Subnet> subnetsOfPool(UUID poolId) {
        return collect(parts.networks().subnets(), parts.pools().subnets(), poolId);
    }

    /** How many subnets have addresses of this pool. */
    public int subnetCountOfPool(UUID poolId) {
        return parts.pools().subnets().get(poolId).size();
    }

    /** The addresses of this pool that subnets have. */
    public PrefixSet givenOf(SubnetPool pool) {
        return parts.pools().given().getOrElse(pool.id(), PrefixSet.empty(pool.family()));
    }

    /** The routers that were asked for by this flavor. */
    public List<Router> routersOfFlavor(UUID id) {
        return collect(parts.routers(), parts.flavors().routers(), id);
    }

    /** The trunk whose parent this port is. */
    public Optional<Trunk> trunkOfParent(UUID portId) {
        return parts.trunks()
                .byParent()
                .get(portId)
                .flatMap(parts.trunks().trunks()::get)
                .toJavaOptional();
    }

    /** The trunk of which this port is a subport. */
    public Optional<Trunk> trunkOfSubport(UUID portId) {
        return parts.trunks()
                .bySubport()
                .get(portId)
                .flatMap(parts.trunks().trunks()::get)
                .toJavaOptional();
    }

    /** The trunks of this project. */
    public List<Trunk> trunksOfProject(String project) {
        return ofProject(parts.trunks().trunks(), Resource.Kind.TRUNK, project);
    }

    public Optional<LoadBalancer> loadBalancer(UUID id) {
        return parts.loadBalancers().loadBalancers().get(id).toJavaOptional();
    }

    public Optional<Listener> listener(UUID id) {
        return parts.loadBalancers().listeners().get(id).toJavaOptional();
    }

    public Optional<Pool> pool(UUID id) {
        return parts.loadBalancers().pools().get(id).toJavaOptional();
    }

    public Optional<PoolMember> poolMember(UUID id) {
        return parts.loadBalancers().members().get(id).toJavaOptional();
    }

    public Collection<LoadBalancer> loadBalancers() {
        return view(parts.loadBalancers().loadBalancers());
    }

    public Collection<Listener> listeners() {
        return view(parts.loadBalancers().listeners());
    }

    /** The pools of load balancers. */
    public Collection<Pool> pools() {
        return view(parts.loadBalancers().pools());
    }

    public Collection<PoolMember> poolMembers() {
        return view(parts.loadBalancers().members());
    }

    /** The load balancer that has the address of this port. */
    public Optional<LoadBalancer> loadBalancerOfPort(UUID portId) {
        return parts.loadBalancers()
                .byPort()
                .get(portId)
                .flatMap(parts.loadBalancers().loadBalancers()::get)
                .toJavaOptional();
    }

    /** The listeners of this load balancer. */
    public List<Listener> listenersOf(UUID loadBalancerId) {
        return collect(parts.loadBalancers().listeners(), parts.loadBalancers().listenersByOwner(), loadBalancerId);
    }

    /** The listeners whose default pool this is. */
    public List<Listener> listenersOfPool(UUID poolId) {
        return collect(parts.loadBalancers().listeners(), parts.loadBalancers().listenersByPool(), poolId);
    }

    /** The pools of this load balancer. */
    public List<Pool> poolsOf(UUID loadBalancerId) {
        return collect(parts.loadBalancers().pools(), parts.loadBalancers().poolsByOwner(), loadBalancerId);
    }

    /** The members of this pool. */
    public List<PoolMember> membersOf(UUID poolId) {
        return collect(parts.loadBalancers().members(), parts.loadBalancers().membersByPool(), poolId);
    }

    /** How many members this pool has. */
    public int memberCountOf(UUID poolId) {
        return parts.loadBalancers().membersByPool().get(poolId).size();
    }

    /** The load balancers of this project. */
    public List<LoadBalancer> loadBalancersOfProject(String project) {
        return collect(parts.loadBalancers().loadBalancers(), parts.owners().of(Resource.Kind.LOAD_BALANCER, project));
    }

    /** The listeners of this project's load balancers. */
    public List<Listener> listenersOfProject(String project) {
        return collect(parts.loadBalancers().listeners(), parts.owners().of(Resource.Kind.LISTENER, project));
    }

    /** The pools of this project's load balancers. */
    public List<Pool> poolsOfProject(String project) {
        return collect(parts.loadBalancers().pools(), parts.owners().of(Resource.Kind.POOL, project));
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
        return collect(parts.networks().networks(), parts.owners().byName(), name);
    }

    /** The subnets with this name, which must not be empty. */
    public List<Subnet> subnetsNamed(String name) {
        return collect(parts.networks().subnets(), parts.owners().byName(), name);
    }

    /** The ports with this name, which must not be empty. */
    public List<Port> portsNamed(String name) {
        return collect(parts.ports().ports(), parts.owners().byName(), name);
    }

    /** The routers with this name, which must not be empty. */
    public List<Router> routersNamed(String name) {
        return collect(parts.routers(), parts.owners().byName(), name);
    }

    /** How many resources have this name, those of all kinds together. */
    public int countNamed(String name) {
        return parts.owners().byName().get(name).size();
    }

    /** How many resources of this kind the project has. */
    public int countOfProject(Resource.Kind kind, String project) {
        return parts.owners().of(kind, project).size();
    }

    /** The networks of this project. */
    public List<Network> networksOfProject(String project) {
        return ofProject(parts.networks().networks(), Resource.Kind.NETWORK, project);
    }

    /** The networks that others, or the project itself, let this project put ports on. */
    public List<Network> networksSharedWith(String project) {
        return collect(
                parts.networks().networks(),
                parts.rbac().usable(Resource.Kind.NETWORK, Action.ACCESS_AS_SHARED, project));
    }

    /** The networks that others, or the project itself, let this project have gateways on. */
    public List<Network> networksExternalFor(String project) {
        return collect(
                parts.networks().networks(),
                parts.rbac().usable(Resource.Kind.NETWORK, Action.ACCESS_AS_EXTERNAL, project));
    }

    /** The security groups that others, or the project itself, let this project use. */
    public List<SecurityGroup> securityGroupsSharedWith(String project) {
        return collect(
                parts.groups().groups(),
                parts.rbac().usable(Resource.Kind.SECURITY_GROUP, Action.ACCESS_AS_SHARED, project));
    }

    /** The address groups that others, or the project itself, let this project use. */
    public List<AddressGroup> addressGroupsSharedWith(String project) {
        return collect(
                parts.groups().addressGroups(),
                parts.rbac().usable(Resource.Kind.ADDRESS_GROUP, Action.ACCESS_AS_SHARED, project));
    }

    /** The RBAC policy of this id, with its object. */
    public Optional<RbacEntry> rbacPolicy(UUID id) {
        return parts.rbac()
                .objects()
                .get(id)
                .toJavaOptional()
                .flatMap(key -> resource(key.kind(), key.id())
                        .map(Shareable.class::cast)
                        .flatMap(object -> object.sharing().policy(id).map(policy -> new RbacEntry(object, policy))));
    }

    /** The RBAC policies that this project made. */
    public List<RbacEntry> rbacPoliciesOfProject(String project) {
        List<RbacEntry> found = new ArrayList<>();
        for (UUID id : parts.rbac().byProject().get(project)) {
            rbacPolicy(id).ifPresent(found::add);
        }
        return found;
    }

    /** All RBAC policies. */
    public List<RbacEntry> rbacPolicies() {
        List<RbacEntry> found = new ArrayList<>(parts.rbac().objects().size());
        for (RbacWorld.ObjectKey key : parts.rbac().objects().valuesIterator().toSet()) {
            if (resource(key.kind(), key.id()).orElse(null) instanceof Shareable object) {
                object.sharing().policies().forEach(policy -> found.add(new RbacEntry(object, policy)));
            }
        }
        return found;
    }

    /** The subnets of this project. */
    public List<Subnet> subnetsOfProject(String project) {
        return ofProject(parts.networks().subnets(), Resource.Kind.SUBNET, project);
    }

    /** The ports of this project. */
    public List<Port> portsOfProject(String project) {
        return ofProject(parts.ports().ports(), Resource.Kind.PORT, project);
    }

    /** The routers of this project. */
    public List<Router> routersOfProject(String project) {
        return ofProject(parts.routers(), Resource.Kind.ROUTER, project);
    }

    /** The world in which this resource is as given, at the same revision. */
    public World with(Resource resource) {
        return new World(revision, parts.changed(resource.kind(), resource.id(), resource));
    }

    /** The world without this resource, at the same revision. */
    public World without(Resource.Kind kind, UUID id) {
        return new World(revision, parts.changed(kind, id, null));
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

    private <R> List<R> ofProject(Map<UUID, R> resources, Resource.Kind kind, String project) {
        return collect(resources, parts.owners().of(kind, project));
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
}
