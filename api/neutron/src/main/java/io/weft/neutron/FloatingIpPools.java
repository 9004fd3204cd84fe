package io.weft.neutron;

import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Network;
import io.weft.model.Subnet;
import io.weft.model.World;
import io.weft.rest.Attribute;
import io.weft.rest.Call;
import io.weft.rest.Caller;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Where floating IPs come from: the IPv4 subnets of external networks, which tenants see here alone.
 * https://docs.openstack.org/api-ref/network/v2/#floating-ip-pools
 */
final class FloatingIpPools implements ResourceService<FloatingIpPools.Pool> {
    private final Reader reader;

    private FloatingIpPools(Reader reader) {
        this.reader = reader;
    }

    /**
     * A pool.
     *
     * @param subnet the subnet
     * @param project who asks, whose floating IPs it would give
     */
    record Pool(Subnet subnet, String project) {}

    static ResourceType<Pool> type(Reader reader) {
        Attribute<Pool, String> project = Attribute.<Pool, String>of("project_id", Kinds.text(255), Pool::project)
                .build();
        return ResourceType.named(
                        "floatingip_pool",
                        "floatingip_pools",
                        (Pool pool) -> pool.subnet().id().toString(),
                        new FloatingIpPools(reader))
                .attributes(List.of(
                        Attribute.<Pool, UUID>of(
                                        "subnet_id",
                                        Values.UUID_KIND,
                                        pool -> pool.subnet().id())
                                .build(),
                        Attribute.<Pool, String>of(
                                        "subnet_name",
                                        Kinds.text(255),
                                        pool -> pool.subnet().name())
                                .build(),
                        Attribute.<Pool, UUID>of(
                                        "network_id",
                                        Values.UUID_KIND,
                                        pool -> pool.subnet().networkId())
                                .build(),
                        Attribute.<Pool, IpPrefix>of(
                                        "cidr",
                                        Values.CIDR,
                                        pool -> pool.subnet().cidr())
                                .build(),
                        project,
                        project.alias("tenant_id")))
                .offers(Operation.LIST)
                .build();
    }

    @Override
    public Optional<Pool> find(Call call, String id) {
        return Optional.empty();
    }

    private static List<Network> seen(World world, Caller caller) {
        if (caller.global()) {
            return world.externalNetworks();
        }
        Set<Network> networks = new LinkedHashSet<>(world.networksExternalFor(caller.project()));
        world.networksOfProject(caller.project()).stream()
                .filter(Network::external)
                .forEach(networks::add);
        return List.copyOf(networks);
    }

    @Override
    public Iterable<Pool> list(Call call, Filters<Pool> filters) {
        World world = reader.view().world();
        return seen(world, call.caller()).stream()
                .map(Network::id)
                .flatMap(network -> world.subnetsOf(network).stream())
                .filter(subnet -> subnet.family() == IpFamily.IPV4)
                .map(subnet -> new Pool(subnet, call.caller().project()))
                .toList();
    }
}
