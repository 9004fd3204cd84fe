package io.weft.client;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What a subnet gets. */
public final class SubnetAttributes extends Attributes<SubnetAttributes> {
    /** Changes nothing yet. */
    public static final SubnetAttributes NONE = new SubnetAttributes(Map.of());

    private SubnetAttributes(Map<String, Object> values) {
        super(values);
    }

    /** A subnet of the network. */
    public static SubnetAttributes of(UUID network, int ipVersion) {
        return NONE.with("network_id", network).with("ip_version", ipVersion);
    }

    @Override
    SubnetAttributes copy(Map<String, Object> values) {
        return new SubnetAttributes(values);
    }

    public SubnetAttributes name(String name) {
        return with("name", name);
    }

    public SubnetAttributes description(String description) {
        return with("description", description);
    }

    /** Administrators alone may name another project than their own. */
    public SubnetAttributes project(String id) {
        return with("project_id", id);
    }

    public SubnetAttributes cidr(IpPrefix prefix) {
        return with("cidr", prefix.toString());
    }

    public SubnetAttributes gatewayIp(IpAddress address) {
        return with("gateway_ip", address.toString());
    }

    /** Workloads get no default route. */
    public SubnetAttributes noGateway() {
        return with("gateway_ip", NULL);
    }

    public SubnetAttributes enableDhcp(boolean enabled) {
        return with("enable_dhcp", enabled);
    }

    /** Where the prefix comes from when none is given. */
    public SubnetAttributes subnetPool(UUID pool) {
        return with("subnetpool_id", pool);
    }

    public SubnetAttributes useDefaultSubnetPool(boolean use) {
        return with("use_default_subnetpool", use);
    }

    /** The length of the prefix that the pool gives. */
    public SubnetAttributes prefixLength(int bits) {
        return with("prefixlen", bits);
    }

    public SubnetAttributes allocationPools(List<Subnet.AllocationPool> pools) {
        return with(
                "allocation_pools",
                pools.stream()
                        .map(pool -> Map.of(
                                "start",
                                pool.start().toString(),
                                "end",
                                pool.end().toString()))
                        .toList());
    }

    public SubnetAttributes dnsNameservers(List<IpAddress> addresses) {
        return with(
                "dns_nameservers", addresses.stream().map(IpAddress::toString).toList());
    }

    public SubnetAttributes hostRoutes(List<Subnet.HostRoute> routes) {
        return with("host_routes", written(routes));
    }

    /** {@code slaac}, {@code dhcpv6-stateful} or {@code dhcpv6-stateless}, for addresses and advertisements. */
    public SubnetAttributes ipv6Modes(String mode) {
        return with("ipv6_address_mode", mode).with("ipv6_ra_mode", mode);
    }
}
