package io.weft.client;

import io.weft.client.Connection.Call;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A caller of the Neutron API v2.0, https://docs.openstack.org/api-ref/network/v2/, and at the same address of the Octavia API
 * v2, https://docs.openstack.org/api-ref/load-balancer/v2/. Any number of threads may use it.
 */
public final class NeutronClient implements AutoCloseable {
    private final Connection connection;
    private volatile @Nullable Set<String> extensions;

    private NeutronClient(Connection connection) {
        this.connection = connection;
    }

    /** A client; nothing is asked until the first call. */
    public static NeutronClient of(Authentication authentication, Settings settings) {
        return new NeutronClient(new Connection(authentication, settings));
    }

    public Resources<Network, NetworkAttributes> networks() {
        return new Resources<>(connection, "network", "networks", Network.class);
    }

    public Resources<Subnet, SubnetAttributes> subnets() {
        return new Resources<>(connection, "subnet", "subnets", Subnet.class);
    }

    public Resources<SubnetPool, SubnetPoolAttributes> subnetPools() {
        return new Resources<>(connection, "subnetpool", "subnetpools", SubnetPool.class);
    }

    public Resources<Port, PortAttributes> ports() {
        return new Resources<>(connection, "port", "ports", Port.class);
    }

    public Resources<SecurityGroup, SecurityGroupAttributes> securityGroups() {
        return new Resources<>(connection, "security_group", "security_groups", SecurityGroup.class);
    }

    public Resources<SecurityGroupRule, SecurityGroupRuleAttributes> securityGroupRules() {
        return new Resources<>(connection, "security_group_rule", "security_group_rules", SecurityGroupRule.class);
    }

    public Routers routers() {
        return new Routers(connection);
    }

    public Resources<FloatingIp, FloatingIpAttributes> floatingIps() {
        return new Resources<>(connection, "floatingip", "floatingips", FloatingIp.class);
    }

    /** The port forwardings of a floating IP. */
    public Resources<PortForwarding, PortForwardingAttributes> portForwardings(UUID floatingIp) {
        return new Resources<>(
                connection,
                "port_forwarding",
                "port_forwardings",
                "/v2.0/floatingips/" + floatingIp + "/port_forwardings",
                PortForwarding.class);
    }

    public Resources<QosPolicy, QosPolicyAttributes> qosPolicies() {
        return new Resources<>(connection, "policy", "policies", "/v2.0/qos/policies", QosPolicy.class);
    }

    public Trunks trunks() {
        return new Trunks(connection);
    }

    public LoadBalancers loadBalancers() {
        return new LoadBalancers(connection);
    }

    public Resources<Listener, ListenerAttributes> listeners() {
        return new Resources<>(connection, "listener", "listeners", "/v2/lbaas/listeners", Listener.class);
    }

    public Resources<Pool, PoolAttributes> pools() {
        return new Resources<>(connection, "pool", "pools", "/v2/lbaas/pools", Pool.class);
    }

    /** The members of a pool. */
    public Members members(UUID pool) {
        return new Members(connection, pool);
    }

    /** Whether the server can do what the extension of this alias says; asked once. */
    public boolean hasExtension(String alias) {
        return extensions().contains(alias);
    }

    /** The aliases of the server's extensions. */
    public Set<String> extensions() {
        Set<String> known = extensions;
        if (known == null) {
            JsonNode answer = connection.send(Call.get("/v2.0/extensions"));
            known = answer.path("extensions")
                    .valueStream()
                    .map(each -> each.path("alias").asString(""))
                    .collect(Collectors.toUnmodifiableSet());
            extensions = known;
        }
        return known;
    }

    @Override
    public void close() {
        connection.close();
    }
}
