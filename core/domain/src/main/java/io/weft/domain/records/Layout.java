package io.weft.domain.records;

import io.weft.domain.quota.QuotaKey;
import io.weft.domain.quota.QuotaResource;
import io.weft.model.BalancedProtocol;
import io.weft.model.DefaultRules;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.MacAddress;
import io.weft.model.Resource;
import io.weft.store.KeyRange;
import java.util.Optional;
import java.util.UUID;

/**
 * The names of the keys. What replicas follow begins with {@value #STATE}; below {@value #TAKEN} are the keys whose
 * creation makes an allocation true, which only transactions look at.
 */
public final class Layout {
    /** Everything that replicas follow. */
    public static final String STATE = "state/";

    /** What is allocated, each key to the one whose identity is its value. */
    public static final String TAKEN = "taken/";

    /** What is written to be noticed by those who would remove it; only transactions look at it. */
    public static final String USED = "used/";

    private static final String MODEL = STATE + "model/";
    private static final String QUOTA = STATE + "quota/";
    private static final String STATUS = STATE + "status/";
    private static final String ALIVE = STATE + "alive/";
    private static final String UP = STATE + "up/";
    private static final String IN_FORCE = STATE + "force/";

    private static final String LIMITS = "limits";
    private static final String BALANCED = "balanced";

    private Layout() {}

    /** All keys that replicas follow. */
    public static KeyRange state() {
        return KeyRange.prefix(STATE);
    }

    /** The record of a network. */
    public static String network(UUID id) {
        return MODEL + "network/" + id;
    }

    /** The record of a subnet. */
    public static String subnet(UUID networkId, UUID id) {
        return MODEL + "subnet/" + networkId + "/" + id;
    }

    /** The records of all subnets of a network. */
    public static KeyRange subnets(UUID networkId) {
        return KeyRange.prefix(MODEL + "subnet/" + networkId + "/");
    }

    /** The record of a port. */
    public static String port(UUID id) {
        return MODEL + "port/" + id;
    }

    /** The record of a router. */
    public static String router(UUID id) {
        return MODEL + "router/" + id;
    }

    /** The record of a floating IP. */
    public static String floatingIp(UUID id) {
        return MODEL + "floatingip/" + id;
    }

    /** The record of a node. */
    public static String node(UUID id) {
        return MODEL + "node/" + id;
    }

    /** The record of a security group; written whenever one of its rules comes or goes. */
    public static String securityGroup(UUID id) {
        return MODEL + "group/" + id;
    }

    /** The record of an address scope. */
    public static String addressScope(UUID id) {
        return MODEL + "addressscope/" + id;
    }

    /** Written by whoever puts addresses into an address scope; deleted with it. */
    public static String addressScopeUse(UUID id) {
        return USED + "addressscope/" + id;
    }

    /** The record of a rule of a security group. */
    public static String securityGroupRule(UUID groupId, UUID id) {
        return MODEL + "rule/" + groupId + "/" + id;
    }

    /** The record of an address group. */
    public static String addressGroup(UUID id) {
        return MODEL + "addresses/" + id;
    }

    /** The rules that security groups begin with, once they were changed. */
    public static String defaultRules() {
        return MODEL + "defaultrules/" + DefaultRules.INITIAL.id();
    }

    /** The record of a QoS policy. */
    public static String qosPolicy(UUID id) {
        return MODEL + "qos/" + id;
    }

    /** The record of a subnet pool. */
    public static String subnetPool(UUID id) {
        return MODEL + "subnetpool/" + id;
    }

    /** The record of a trunk. */
    public static String trunk(UUID id) {
        return MODEL + "trunk/" + id;
    }

    /** The record of a flavor. */
    public static String flavor(UUID id) {
        return MODEL + "flavor/" + id;
    }

    /** The record of a service profile. */
    public static String serviceProfile(UUID id) {
        return MODEL + "serviceprofile/" + id;
    }

    /** Written, without being compared, by whoever comes to need a flavor or service profile. */
    public static String flavorUse(UUID id) {
        return USED + "flavor/" + id;
    }

    /** A port that is a trunk's parent or subport, by the trunk. */
    public static String trunked(UUID portId) {
        return TAKEN + "trunk/" + portId;
    }

    /** The record of a load balancer. */
    public static String loadBalancer(UUID id) {
        return MODEL + "loadbalancer/" + id;
    }

    /** The record of a listener. */
    public static String listener(UUID loadBalancerId, UUID id) {
        return MODEL + "listener/" + loadBalancerId + "/" + id;
    }

    /** The records of all listeners of a load balancer. */
    public static KeyRange listeners(UUID loadBalancerId) {
        return KeyRange.prefix(MODEL + "listener/" + loadBalancerId + "/");
    }

    /** The record of a pool. */
    public static String pool(UUID loadBalancerId, UUID id) {
        return MODEL + "pool/" + loadBalancerId + "/" + id;
    }

    /** The records of all pools of a load balancer. */
    public static KeyRange pools(UUID loadBalancerId) {
        return KeyRange.prefix(MODEL + "pool/" + loadBalancerId + "/");
    }

    /** The record of a member of a pool. */
    public static String poolMember(UUID poolId, UUID id) {
        return MODEL + "member/" + poolId + "/" + id;
    }

    /** The records of all members of a pool. */
    public static KeyRange poolMembers(UUID poolId) {
        return KeyRange.prefix(MODEL + "member/" + poolId + "/");
    }

    /** A port of a load balancer's address, by the listener that is there. */
    public static String listening(UUID loadBalancerId, BalancedProtocol protocol, int port) {
        return TAKEN + "listener/" + loadBalancerId + "/" + protocol.number() + "/" + port;
    }

    /** Where a member of a pool is reached, by the member. */
    public static String memberPlace(UUID poolId, IpAddress address, int port) {
        return TAKEN + "member/" + poolId + "/" + address + "/" + port;
    }

    /** The default subnet pool of a family. */
    public static String defaultSubnetPool(IpFamily family) {
        return TAKEN + "defaultsubnetpool/" + family.version();
    }

    /** Compared and written by whoever takes addresses from a subnet pool. */
    public static String subnetPoolUse(UUID id) {
        return USED + "subnetpool/" + id;
    }

    /** The default QoS policy of a project. */
    public static String defaultQosPolicy(String project) {
        return TAKEN + "defaultqos/" + segment(project);
    }

    /** Written, without being compared, by whoever comes to need a QoS policy. */
    public static String qosPolicyUse(UUID id) {
        return USED + "qos/" + id;
    }

    /** The default group of a project. */
    public static String defaultGroup(String project) {
        return TAKEN + "defaultgroup/" + segment(project);
    }

    /** Written, without being compared, by whoever comes to need a security group or address group. */
    public static String groupUse(UUID id) {
        return USED + "group/" + id;
    }

    /** The record of this resource. */
    public static String record(Resource resource) {
        return switch (resource) {
            case io.weft.model.Network network -> network(network.id());
            case io.weft.model.Subnet subnet -> subnet(subnet.networkId(), subnet.id());
            case io.weft.model.Port port -> port(port.id());
            case io.weft.model.Router router -> router(router.id());
            case io.weft.model.FloatingIp floatingIp -> floatingIp(floatingIp.id());
            case io.weft.model.SecurityGroup group -> securityGroup(group.id());
            case io.weft.model.SecurityGroupRule rule -> securityGroupRule(rule.groupId(), rule.id());
            case io.weft.model.AddressGroup group -> addressGroup(group.id());
            case DefaultRules rules -> defaultRules();
            case io.weft.model.QosPolicy policy -> qosPolicy(policy.id());
            case io.weft.model.SubnetPool pool -> subnetPool(pool.id());
            case io.weft.model.Trunk trunk -> trunk(trunk.id());
            case io.weft.model.AddressScope scope -> addressScope(scope.id());
            case io.weft.model.LoadBalancer loadBalancer -> loadBalancer(loadBalancer.id());
            case io.weft.model.Listener listener -> listener(listener.loadBalancerId(), listener.id());
            case io.weft.model.Pool pool -> pool(pool.loadBalancerId(), pool.id());
            case io.weft.model.PoolMember member -> poolMember(member.poolId(), member.id());
            case io.weft.model.Flavor flavor -> flavor(flavor.id());
            case io.weft.model.ServiceProfile profile -> serviceProfile(profile.id());
            case io.weft.model.Node node -> node(node.id());
        };
    }

    /** An address of a subnet, by the port that has it. */
    public static String address(UUID subnetId, IpAddress address) {
        return TAKEN + "address/" + subnetId + "/" + address;
    }

    /** All addresses of a subnet that are taken. */
    public static KeyRange addresses(UUID subnetId) {
        return KeyRange.prefix(TAKEN + "address/" + subnetId + "/");
    }

    /** A MAC on a network, by the port that has it; every port has one. */
    public static String mac(UUID networkId, MacAddress mac) {
        return TAKEN + "mac/" + networkId + "/" + mac;
    }

    /** All MACs on a network, and so all its ports. */
    public static KeyRange macs(UUID networkId) {
        return KeyRange.prefix(TAKEN + "mac/" + networkId + "/");
    }

    /** A VNI, by the network or the gateway's port that has it. */
    public static String vni(int vni) {
        return TAKEN + "vni/" + vni;
    }

    /** A physical network, by the network that it carries. */
    public static String physicalNetwork(String name) {
        return TAKEN + "physical/" + segment(name);
    }

    /** The default external network. */
    public static String defaultExternalNetwork() {
        return TAKEN + "defaultexternal/network";
    }

    /** The network that was made for a project with all that it takes to lead out. */
    public static String topology(String project) {
        return TAKEN + "topology/" + segment(project);
    }

    /** A port that is an interface of a router, or its gateway; written whenever its addresses change. */
    public static String routerInterface(UUID routerId, UUID portId) {
        return TAKEN + "interface/" + routerId + "/" + portId;
    }

    /** All interfaces of a router, and its gateway. */
    public static KeyRange routerInterfaces(UUID routerId) {
        return KeyRange.prefix(TAKEN + "interface/" + routerId + "/");
    }

    /** A router that a node may be the gateway of. */
    public static String gatewayNode(UUID nodeId, UUID routerId) {
        return TAKEN + "gateway/" + nodeId + "/" + routerId;
    }

    /** All routers that a node may be the gateway of. */
    public static KeyRange gatewayNodes(UUID nodeId) {
        return KeyRange.prefix(TAKEN + "gateway/" + nodeId + "/");
    }

    /** An address of a port that a floating IP of an external network leads to as a whole, by the floating IP. */
    public static String floatingTarget(UUID portId, IpAddress address, UUID externalNetworkId) {
        return TAKEN + "floating/" + portId + "/" + address + "/" + externalNetworkId;
    }

    /** A port that a floating IP leads to with some of its ports. */
    public static String forwardingTarget(UUID portId, UUID floatingIpId) {
        return TAKEN + "floating/" + portId + "/ports/" + floatingIpId;
    }

    /** Everything of a port that floating IPs lead to. */
    public static KeyRange floatingTargets(UUID portId) {
        return KeyRange.prefix(TAKEN + "floating/" + portId + "/");
    }

    /** A floating IP that a router translates; written whenever what it leads to changes. */
    public static String behindRouter(UUID routerId, UUID floatingIpId) {
        return TAKEN + "behind/" + routerId + "/" + floatingIpId;
    }

    /** All floating IPs that a router translates. */
    public static KeyRange behindRouter(UUID routerId) {
        return KeyRange.prefix(TAKEN + "behind/" + routerId + "/");
    }

    /** The name of a node, by the node that has it. */
    public static String nodeName(String name) {
        return TAKEN + "node/" + name;
    }

    /** A tunnel address, by the node that has it. */
    public static String tunnelAddress(IpAddress address) {
        return TAKEN + "tunnel/" + address;
    }

    /** The limits that were set for a project. */
    public static String quotaLimits(String project) {
        return QUOTA + segment(project) + "/" + LIMITS;
    }

    /** The limit that the shards of a resource are balanced for. */
    public static String quotaBalanced(QuotaKey key) {
        return quotaPrefix(key) + BALANCED;
    }

    /** One shard's count. */
    public static String quotaShard(QuotaKey key, int shard) {
        return quotaPrefix(key) + shard;
    }

    /** All shards of a resource, and the limit that they are balanced for. */
    public static KeyRange quotaShards(QuotaKey key) {
        return KeyRange.prefix(quotaPrefix(key));
    }

    private static String quotaPrefix(QuotaKey key) {
        return QUOTA + segment(key.project()) + "/" + key.resource().text() + "/";
    }

    /** What a node reports. */
    public static String status(UUID nodeId) {
        return STATUS + nodeId;
    }

    /** Lives by the lease of the server that a node is connected to. */
    public static String alive(UUID nodeId) {
        return ALIVE + nodeId;
    }

    /** That a port is in use on its node, which is the value. */
    public static String up(UUID portId) {
        return UP + portId;
    }

    /** The revision that is in force on a server's nodes; lives by the server's lease. */
    public static String inForce(String server) {
        return IN_FORCE + server;
    }

    /** What a followed key is about; {@link Subject.Other} for keys of other builds. */
    public static Subject subject(String key) {
        String[] parts = key.split("/", -1);
        if (parts.length < 3) {
            return new Subject.Other();
        }
        return switch (parts[1]) {
            case "model" -> model(parts);
            case "quota" -> quota(parts);
            case "status" -> new Subject.Status(UUID.fromString(parts[2]));
            case "alive" -> new Subject.Alive(UUID.fromString(parts[2]));
            case "up" -> new Subject.Up(UUID.fromString(parts[2]));
            case "force" -> new Subject.InForce(parts[2]);
            default -> new Subject.Other();
        };
    }

    private static Subject model(String[] parts) {
        UUID id = UUID.fromString(parts[parts.length - 1]);
        return switch (parts[2]) {
            case "network" -> new Subject.OfRecord(Resource.Kind.NETWORK, id);
            case "subnet" -> new Subject.OfRecord(Resource.Kind.SUBNET, id);
            case "port" -> new Subject.OfRecord(Resource.Kind.PORT, id);
            case "router" -> new Subject.OfRecord(Resource.Kind.ROUTER, id);
            case "floatingip" -> new Subject.OfRecord(Resource.Kind.FLOATING_IP, id);
            case "group" -> new Subject.OfRecord(Resource.Kind.SECURITY_GROUP, id);
            case "rule" -> new Subject.OfRecord(Resource.Kind.SECURITY_GROUP_RULE, id);
            case "addresses" -> new Subject.OfRecord(Resource.Kind.ADDRESS_GROUP, id);
            case "defaultrules" -> new Subject.OfRecord(Resource.Kind.DEFAULT_RULES, id);
            case "qos" -> new Subject.OfRecord(Resource.Kind.QOS_POLICY, id);
            case "subnetpool" -> new Subject.OfRecord(Resource.Kind.SUBNET_POOL, id);
            case "trunk" -> new Subject.OfRecord(Resource.Kind.TRUNK, id);
            case "addressscope" -> new Subject.OfRecord(Resource.Kind.ADDRESS_SCOPE, id);
            case "loadbalancer" -> new Subject.OfRecord(Resource.Kind.LOAD_BALANCER, id);
            case "listener" -> new Subject.OfRecord(Resource.Kind.LISTENER, id);
            case "pool" -> new Subject.OfRecord(Resource.Kind.POOL, id);
            case "member" -> new Subject.OfRecord(Resource.Kind.POOL_MEMBER, id);
            case "flavor" -> new Subject.OfRecord(Resource.Kind.FLAVOR, id);
            case "serviceprofile" -> new Subject.OfRecord(Resource.Kind.SERVICE_PROFILE, id);
            case "node" -> new Subject.OfRecord(Resource.Kind.NODE, id);
            default -> new Subject.Other();
        };
    }

    private static Subject quota(String[] parts) {
        String project = project(parts[2]);
        if (parts.length == 4 && parts[3].equals(LIMITS)) {
            return new Subject.QuotaLimits(project);
        }
        Optional<QuotaResource> resource = parts.length == 5 ? QuotaResource.named(parts[3]) : Optional.empty();
        if (resource.isEmpty()) {
            return new Subject.Other();
        }
        QuotaKey key = new QuotaKey(project, resource.get());
        return parts[4].equals(BALANCED)
                ? new Subject.QuotaBalanced(key)
                : new Subject.QuotaShard(key, Integer.parseInt(parts[4]));
    }

    /** A text as one part of a key: the separator and its escape are escaped. */
    private static String segment(String text) {
        return text.indexOf('/') < 0 && text.indexOf('%') < 0
                ? text
                : text.replace("%", "%25").replace("/", "%2f");
    }

    private static String project(String segment) {
        return segment.indexOf('%') < 0 ? segment : segment.replace("%2f", "/").replace("%25", "%");
    }

    /** What a key is about. */
    public sealed interface Subject {
        /** The record of a resource. */
        record OfRecord(Resource.Kind kind, UUID id) implements Subject {}

        /** The limits of a project. */
        record QuotaLimits(String project) implements Subject {}

        /** What the shards of a resource are balanced for. */
        record QuotaBalanced(QuotaKey key) implements Subject {}

        /** One shard of a resource. */
        record QuotaShard(QuotaKey key, int shard) implements Subject {}

        /** What a node reports. */
        record Status(UUID nodeId) implements Subject {}

        /** That a node is connected. */
        record Alive(UUID nodeId) implements Subject {}

        /** That a port is in use. */
        record Up(UUID portId) implements Subject {}

        /** What is in force on the nodes of a server. */
        record InForce(String server) implements Subject {}

        /** Nothing that this build knows. */
        record Other() implements Subject {}
    }
}
