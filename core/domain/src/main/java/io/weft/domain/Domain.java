package io.weft.domain;

import io.weft.domain.replica.Replica;
import io.weft.domain.replica.View;
import io.weft.domain.status.Acknowledgements;
import io.weft.domain.transaction.Attempts;
import io.weft.domain.transaction.Limits;
import io.weft.domain.transaction.Transactor;
import io.weft.model.World;
import io.weft.store.Store;
import java.time.Clock;
import java.util.function.Supplier;

/** The services of one server, over its store and its replica. Any thread may use them; their calls wait. */
public final class Domain implements AutoCloseable {
    private final Replica replica;
    private final Settings settings;
    private final Transactor transactor;
    private final Networks networks;
    private final Subnets subnets;
    private final Ports ports;
    private final PortBindings portBindings;
    private final Routers routers;
    private final Topologies topologies;
    private final FloatingIps floatingIps;
    private final PortForwardings portForwardings;
    private final SecurityGroups securityGroups;
    private final SecurityGroupRules securityGroupRules;
    private final AddressGroups addressGroups;
    private final DefaultSecurityGroupRules defaultSecurityGroupRules;
    private final QosPolicies qosPolicies;
    private final RbacPolicies rbacPolicies;
    private final SubnetPools subnetPools;
    private final SubnetOnboarding subnetOnboarding;
    private final Trunks trunks;
    private final AddressScopes addressScopes;
    private final LoadBalancers loadBalancers;
    private final Listeners listeners;
    private final LoadBalancerPools loadBalancerPools;
    private final PoolMembers poolMembers;
    private final Flavors flavors;
    private final ServiceProfiles serviceProfiles;
    private final Tags tags;
    private final Quotas quotas;
    private final Nodes nodes;
    private final NodePresence presence;
    private final NodeReports reports;

    /** A server without streams. */
    public Domain(Store store, Replica replica, Settings settings, Clock clock) {
        this(store, replica, settings, clock, Acknowledgements.REPORTED);
    }

    /**
     * @param acknowledgements what the nodes that are connected to this server have in force
     */
    public Domain(Store store, Replica replica, Settings settings, Clock clock, Acknowledgements acknowledgements) {
        this.replica = replica;
        this.settings = settings;
        Limits limits = new Limits(settings.quotas());
        transactor = new Transactor(store, replica, limits);
        Stamp stamp = new Stamp(clock);
        Supplier<World> world = () -> view().world();
        GroupMaker groupMaker = new GroupMaker(stamp);
        PortGroups portGroups = new PortGroups(groupMaker, settings);
        PortMaker maker = new PortMaker(settings, portGroups, stamp);
        ExternalNetworks externals = new ExternalNetworks(settings, maker);
        networks = new Networks(transactor, world, settings, groupMaker, externals, stamp);
        subnets = new Subnets(transactor, world, settings, stamp);
        FloatingTargets targets = new FloatingTargets(stamp);
        TrunkPorts trunkPorts = new TrunkPorts(stamp);
        ports = new Ports(transactor, world, maker, portGroups, targets, trunkPorts, stamp);
        portBindings = new PortBindings(transactor, world, trunkPorts, stamp);
        RouterInterfaces interfaces = new RouterInterfaces(maker, stamp);
        routers =
                new Routers(transactor, world, settings, interfaces, new RouterGateways(maker, settings, stamp), stamp);
        topologies = new Topologies(transactor, networks, subnets, routers, interfaces);
        floatingIps = new FloatingIps(transactor, world, settings, maker, targets, stamp);
        portForwardings = new PortForwardings(transactor, world, targets);
        securityGroups = new SecurityGroups(transactor, world, groupMaker, stamp);
        securityGroupRules = new SecurityGroupRules(transactor, world, groupMaker, stamp);
        addressGroups = new AddressGroups(transactor, world, stamp);
        defaultSecurityGroupRules = new DefaultSecurityGroupRules(transactor, world, stamp);
        qosPolicies = new QosPolicies(transactor, world, stamp);
        rbacPolicies = new RbacPolicies(transactor, world, externals, stamp);
        subnetPools = new SubnetPools(transactor, world, stamp);
        subnetOnboarding = new SubnetOnboarding(transactor, stamp);
        trunks = new Trunks(transactor, world, trunkPorts, stamp);
        addressScopes = new AddressScopes(transactor, world, stamp);
        loadBalancerPools = new LoadBalancerPools(transactor, world, stamp);
        loadBalancers =
                new LoadBalancers(transactor, world, new VipPorts(maker, targets, stamp), loadBalancerPools, stamp);
        listeners = new Listeners(transactor, world, stamp);
        poolMembers = new PoolMembers(transactor, world, stamp);
        flavors = new Flavors(transactor, stamp);
        serviceProfiles = new ServiceProfiles(transactor, stamp);
        tags = new Tags(transactor, stamp);
        quotas = new Quotas(transactor, this::view, limits);
        nodes = new Nodes(transactor, world, new GatewayNodes(transactor, world), stamp);
        presence = new NodePresence(store);
        reports = new NodeReports(store, replica, stamp, presence, acknowledgements);
    }

    /**
     * Everything, as new as what any server had acknowledged before this call. {@link Replica#current} is what this
     * server has at hand, without waiting.
     */
    public View view() {
        return replica.refresh();
    }

    /** What the installation has chosen. */
    public Settings settings() {
        return settings;
    }

    /** How often operations were tried. */
    public Attempts attempts() {
        return transactor.attempts();
    }

    public Networks networks() {
        return networks;
    }

    public Subnets subnets() {
        return subnets;
    }

    public Ports ports() {
        return ports;
    }

    public PortBindings portBindings() {
        return portBindings;
    }

    public Routers routers() {
        return routers;
    }

    public Topologies topologies() {
        return topologies;
    }

    public FloatingIps floatingIps() {
        return floatingIps;
    }

    public PortForwardings portForwardings() {
        return portForwardings;
    }

    public SecurityGroups securityGroups() {
        return securityGroups;
    }

    public SecurityGroupRules securityGroupRules() {
        return securityGroupRules;
    }

    public AddressGroups addressGroups() {
        return addressGroups;
    }

    public DefaultSecurityGroupRules defaultSecurityGroupRules() {
        return defaultSecurityGroupRules;
    }

    public QosPolicies qosPolicies() {
        return qosPolicies;
    }

    public RbacPolicies rbacPolicies() {
        return rbacPolicies;
    }

    public SubnetOnboarding subnetOnboarding() {
        return subnetOnboarding;
    }

    public SubnetPools subnetPools() {
        return subnetPools;
    }

    public Trunks trunks() {
        return trunks;
    }

    public AddressScopes addressScopes() {
        return addressScopes;
    }

    public LoadBalancers loadBalancers() {
        return loadBalancers;
    }

    public Listeners listeners() {
        return listeners;
    }

    public LoadBalancerPools loadBalancerPools() {
        return loadBalancerPools;
    }

    public PoolMembers poolMembers() {
        return poolMembers;
    }

    public Flavors flavors() {
        return flavors;
    }

    public ServiceProfiles serviceProfiles() {
        return serviceProfiles;
    }

    public Tags tags() {
        return tags;
    }

    public Quotas quotas() {
        return quotas;
    }

    public Nodes nodes() {
        return nodes;
    }

    /** Which nodes are connected to this server. */
    public NodePresence presence() {
        return presence;
    }

    /** What nodes say. */
    public NodeReports reports() {
        return reports;
    }

    /** Writes what nodes said and takes them away from this server; the store and the replica stay open. */
    @Override
    public void close() {
        reports.close();
        presence.close();
    }
}
