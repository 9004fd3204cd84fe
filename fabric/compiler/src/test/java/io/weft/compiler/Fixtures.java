package io.weft.compiler;

import io.weft.model.AddressGroup;
import io.weft.model.AllowedCallers;
import io.weft.model.BalancedProtocol;
import io.weft.model.Binding;
import io.weft.model.Change;
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
import io.weft.model.PortDns;
import io.weft.model.PortForwarding;
import io.weft.model.PortRange;
import io.weft.model.Precedence;
import io.weft.model.QosPolicy;
import io.weft.model.QosRule;
import io.weft.model.Resource;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Sharing;
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import io.weft.model.Tier;
import io.weft.model.Trunk;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** Small resources with ids that follow from numbers. */
final class Fixtures {
    static final UUID EPOCH = new UUID(0xE, 0xE);

    /** The operator's domain. */
    static final String DOMAIN = "cloud.example.";

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private Fixtures() {}

    /** The step that leads from one world to a later one. */
    record Step(World before, World after, List<Change> changes) {
        static Step of(World before, Resource... resources) {
            WorldBuilder builder = new WorldBuilder(before);
            List<Change> changes = new ArrayList<>();
            for (Resource resource : resources) {
                builder.put(resource);
                changes.add(new Change(before.resource(resource.kind(), resource.id()), Optional.of(resource)));
            }
            return new Step(before, builder.build(before.revision() + 1), changes);
        }

        static Step without(World before, Resource resource) {
            return new Step(
                    before,
                    before.without(resource.kind(), resource.id()).at(before.revision() + 1),
                    List.of(new Change(Optional.of(resource), Optional.empty())));
        }
    }

    static UUID id(Resource.Kind kind, int number) {
        return new UUID(0x4000L | (kind.name().hashCode() & 0xffffL) << 16, 0x8000000000000000L | number);
    }

    static UUID networkId(int number) {
        return id(Resource.Kind.NETWORK, number);
    }

    static UUID subnetId(int number) {
        return id(Resource.Kind.SUBNET, number);
    }

    static UUID portId(int number) {
        return id(Resource.Kind.PORT, number);
    }

    static UUID routerId(int number) {
        return id(Resource.Kind.ROUTER, number);
    }

    static String host(int number) {
        return "host-" + number;
    }

    private static Meta meta(UUID id, String name) {
        return Meta.create(id, "project", name, "", NOW);
    }

    static Network network(int number, boolean up) {
        return new Network(meta(networkId(number), ""), up, false, 100 + number, 1450, true);
    }

    /** The same network with a domain of its own. */
    static Network withDomain(String domain, Network network) {
        return new Network(
                network.meta(),
                network.adminStateUp(),
                network.shared(),
                network.vni(),
                network.mtu(),
                network.portSecurityEnabled(),
                domain,
                network.external(),
                network.physicalNetwork(),
                network.qosPolicy());
    }

    static Subnet subnet(int number, int network, String cidr) {
        return subnet(number, network, cidr, Optional.empty());
    }

    static Subnet subnet(int number, int network, String cidr, Optional<IpAddress> gateway) {
        return subnet(number, network, cidr, gateway, Optional.empty());
    }

    static Subnet subnet(int number, int network, String cidr, Optional<IpAddress> gateway, Optional<UUID> subnetPool) {
        return new Subnet(
                meta(subnetId(number), ""),
                networkId(network),
                IpPrefix.parse(cidr),
                gateway,
                List.of(),
                List.of(),
                List.of(),
                true,
                Ipv6Mode.NONE,
                Ipv6Mode.NONE,
                List.of(),
                subnetPool);
    }

    /** A subnet pool of one of a few address scopes; of none with 0. */
    static SubnetPool subnetPool(int number, int scope) {
        return new SubnetPool(
                meta(id(Resource.Kind.SUBNET_POOL, number), ""),
                Sharing.NONE,
                false,
                IpFamily.IPV4,
                List.of(),
                0,
                32,
                0,
                OptionalInt.empty(),
                scope == 0 ? Optional.empty() : Optional.of(id(Resource.Kind.ADDRESS_SCOPE, scope)));
    }

    static Port port(int number, int network, String host, FixedIp... ips) {
        return port(number, network, host, "", "compute:nova", true, ips);
    }

    static Port face(int number, int network, int router, FixedIp... ips) {
        return port(number, network, "", routerId(router).toString(), Port.ROUTER_INTERFACE, true, ips);
    }

    static Port port(int number, int network, String host, String device, String owner, boolean up, FixedIp... ips) {
        return new Port(
                meta(portId(number), ""),
                networkId(network),
                up,
                new MacAddress(0xfa163e000000L + number),
                List.of(ips),
                device,
                owner,
                List.of(),
                true,
                List.of(),
                host.isEmpty() ? Binding.NONE : new Binding(host, "normal", Map.of()));
    }

    /** The same port, in these groups; rules apply to it when there is a list. */
    static Port in(Optional<List<UUID>> groups, Port port) {
        return new Port(
                port.meta(),
                port.networkId(),
                port.adminStateUp(),
                port.mac(),
                port.fixedIps(),
                port.deviceId(),
                port.deviceOwner(),
                port.allowedAddressPairs(),
                port.portSecurityEnabled(),
                groups,
                port.extraDhcpOptions(),
                port.binding(),
                port.dns(),
                port.qosPolicy());
    }

    /** The same port, called so. */
    static Port called(PortDns dns, Port port) {
        return new Port(
                port.meta(),
                port.networkId(),
                port.adminStateUp(),
                port.mac(),
                port.fixedIps(),
                port.deviceId(),
                port.deviceOwner(),
                port.allowedAddressPairs(),
                port.portSecurityEnabled(),
                port.securityGroups(),
                port.extraDhcpOptions(),
                port.binding(),
                dns,
                port.qosPolicy());
    }

    /** The same port with this QoS policy of its own. */
    static Port limited(Optional<UUID> policy, Port port) {
        return new Port(
                port.meta(),
                port.networkId(),
                port.adminStateUp(),
                port.mac(),
                port.fixedIps(),
                port.deviceId(),
                port.deviceOwner(),
                port.allowedAddressPairs(),
                port.portSecurityEnabled(),
                port.securityGroups(),
                port.extraDhcpOptions(),
                port.binding(),
                port.dns(),
                policy);
    }

    /** The same network with this QoS policy. */
    static Network limited(Optional<UUID> policy, Network network) {
        return new Network(
                network.meta(),
                network.adminStateUp(),
                network.shared(),
                network.vni(),
                network.mtu(),
                network.portSecurityEnabled(),
                network.dnsDomain(),
                network.external(),
                network.physicalNetwork(),
                policy);
    }

    static UUID qosPolicyId(int number) {
        return id(Resource.Kind.QOS_POLICY, number);
    }

    /** A policy with a limit of so many kbit/s for what workloads send, and with a mark or without. */
    static QosPolicy qosPolicy(int number, int kilobits, boolean marked) {
        UUID id = qosPolicyId(number);
        QosRule limit = new QosRule.BandwidthLimit(new UUID(number, 1), Direction.EGRESS, kilobits, 0);
        QosRule mark = new QosRule.DscpMarking(new UUID(number, 2), 46);
        QosRule minimum = new QosRule.MinimumBandwidth(new UUID(number, 3), Direction.EGRESS, 1);
        return new QosPolicy(meta(id, ""), false, false, marked ? List.of(limit, mark) : List.of(limit, minimum));
    }

    static Trunk trunk(int number, int parent, List<Trunk.Subport> subports) {
        return new Trunk(meta(id(Resource.Kind.TRUNK, number), ""), portId(parent), true, subports);
    }

    /** A load balancer that has the address of this port. */
    static LoadBalancer loadBalancer(int number, int port, int network, boolean up) {
        return new LoadBalancer(
                meta(id(Resource.Kind.LOAD_BALANCER, number), ""),
                portId(port),
                networkId(network),
                subnetId(0),
                IpAddress.parse("10.0.1." + number),
                up,
                true);
    }

    static Listener listener(int number, int loadBalancer, boolean up, Optional<UUID> pool) {
        return new Listener(
                meta(id(Resource.Kind.LISTENER, number), ""),
                id(Resource.Kind.LOAD_BALANCER, loadBalancer),
                up,
                BalancedProtocol.TCP,
                8000 + number,
                pool,
                AllowedCallers.EVERYONE,
                Optional.empty());
    }

    static Pool pool(int number, int loadBalancer, boolean up, int affinity) {
        return new Pool(
                meta(id(Resource.Kind.POOL, number), ""),
                id(Resource.Kind.LOAD_BALANCER, loadBalancer),
                up,
                BalancedProtocol.TCP,
                affinity,
                affinity == 2 ? MemberLocality.LOCAL : MemberLocality.ANY);
    }

    static PoolMember poolMember(int number, int pool, boolean up, int weight) {
        return new PoolMember(
                meta(id(Resource.Kind.POOL_MEMBER, number), ""),
                id(Resource.Kind.POOL, pool),
                up,
                IpAddress.parse("10.0.2." + number % 250),
                80,
                weight,
                Optional.empty());
    }

    static UUID groupId(int number) {
        return id(Resource.Kind.SECURITY_GROUP, number);
    }

    static SecurityGroup group(int number, boolean stateful) {
        Precedence precedence = stateful ? Precedence.NORMAL : new Precedence(Tier.ADMIN, number);
        return new SecurityGroup(meta(groupId(number), "g"), false, stateful).withPrecedence(precedence);
    }

    static SecurityGroupRule rule(int number, int group, RuleRemote remote) {
        return new SecurityGroupRule(
                meta(id(Resource.Kind.SECURITY_GROUP_RULE, number), ""),
                groupId(group),
                RuleMatch.all(Direction.INGRESS, IpFamily.IPV4, remote));
    }

    static AddressGroup addressGroup(int number, String... blocks) {
        return new AddressGroup(
                meta(id(Resource.Kind.ADDRESS_GROUP, number), ""),
                Arrays.stream(blocks).map(IpPrefix::parse).toList());
    }

    static FixedIp ip(int subnet, String address) {
        return new FixedIp(subnetId(subnet), IpAddress.parse(address));
    }

    static Router router(int number, Route... routes) {
        return new Router(meta(routerId(number), ""), true, List.of(routes));
    }

    static Router router(int number, ExternalGateway gateway, Route... routes) {
        return router(number, routes).withGateway(Optional.of(gateway));
    }

    /** A way out over this port to this network, on these nodes. */
    static ExternalGateway out(int network, int port, int... nodes) {
        return new ExternalGateway(
                networkId(network),
                portId(port),
                true,
                500 + port,
                Arrays.stream(nodes).mapToObj(Fixtures::nodeId).toList());
    }

    static UUID nodeId(int number) {
        return id(Resource.Kind.NODE, number);
    }

    /** An external network. */
    static Network external(int number, boolean up, String physicalNetwork) {
        return new Network(
                meta(networkId(number), ""),
                up,
                false,
                100 + number,
                1500,
                true,
                "",
                true,
                Optional.of(physicalNetwork),
                Optional.empty());
    }

    static Port gatewayPort(int number, int network, int router, FixedIp... ips) {
        return port(number, network, "", routerId(router).toString(), Port.ROUTER_GATEWAY, true, ips);
    }

    static UUID floatingIpId(int number) {
        return id(Resource.Kind.FLOATING_IP, number);
    }

    static Port floatingPort(int number, int network, int floatingIp, FixedIp... ips) {
        return port(number, network, "", floatingIpId(floatingIp).toString(), Port.FLOATING_IP, true, ips);
    }

    /** A floating IP that leads nowhere. */
    static FloatingIp floatingIp(int number, int network, int port, String address) {
        return new FloatingIp(
                meta(floatingIpId(number), ""),
                networkId(network),
                portId(port),
                IpAddress.parse(address),
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    static PortForwarding forwarding(int number, int port, String address, int outside) {
        return new PortForwarding(
                new UUID(0xF, number),
                "",
                IpProtocol.parse("tcp"),
                new PortRange(outside, outside),
                portId(port),
                IpAddress.parse(address),
                new PortRange(80, 80));
    }

    static Node node(int number, List<String> physicalNetworks, String tunnelAddress) {
        Node plain = node(number, tunnelAddress);
        return new Node(plain.meta(), plain.tunnelAddresses(), physicalNetworks);
    }

    static Route route(String destination, String nexthop) {
        return new Route(IpPrefix.parse(destination), IpAddress.parse(nexthop));
    }

    static Node node(int number, String... tunnelAddresses) {
        return new Node(
                meta(id(Resource.Kind.NODE, number), host(number)),
                Arrays.stream(tunnelAddresses).map(IpAddress::parse).toList());
    }
}
