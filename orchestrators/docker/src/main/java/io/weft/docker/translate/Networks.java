package io.weft.docker.translate;

import io.weft.client.NetworkAttributes;
import io.weft.client.RouterAttributes;
import io.weft.client.SubnetAttributes;
import io.weft.docker.protocol.Request;
import io.weft.docker.protocol.Request.AddressInSubnet;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What a Docker network is in Neutron. */
public final class Networks {
    private Networks() {}

    /** The network itself. */
    public static NetworkAttributes network(String networkId, String host, Options.OfNetwork options) {
        NetworkAttributes attributes = NetworkAttributes.NONE
                .name(Labels.networkName(networkId))
                .description(Labels.description(networkId, host));
        return options.mtu().isPresent() ? attributes.mtu(options.mtu().get()) : attributes;
    }

    /**
     * A subnet of it.
     *
     * @param range from which addresses come
     * @param pool the subnet pool that it is taken from
     */
    public static SubnetAttributes subnet(
            UUID network, Request.Subnet subnet, Optional<IpPrefix> range, Optional<UUID> pool) {
        IpPrefix cidr = subnet.pool();
        List<IpAddress> taken = new ArrayList<>();
        subnet.auxiliary().values().stream().map(AddressInSubnet::address).forEach(taken::add);
        subnet.gateway().map(AddressInSubnet::address).ifPresent(taken::add);
        for (IpAddress address : taken) {
            if (!cidr.contains(address)) {
                throw new RefusedException("the address " + address + " is not in the subnet " + cidr);
            }
        }
        SubnetAttributes attributes = SubnetAttributes.of(network, cidr.family().version())
                .name(Labels.subnetName(cidr.toString()))
                .cidr(cidr)
                .allocationPools(AllocationPools.of(cidr, range.orElse(cidr), taken));
        if (subnet.gateway().isPresent()) {
            attributes = attributes.gatewayIp(subnet.gateway().get().address());
        }
        return pool.isPresent() ? attributes.subnetPool(pool.get()) : attributes;
    }

    /** The router of a network that shall lead out. */
    public static RouterAttributes router(String networkId, String host, UUID externalNetwork) {
        return RouterAttributes.NONE
                .name(Labels.routerName(networkId))
                .description(Labels.description(networkId, host))
                .externalGateway(externalNetwork);
    }

    /** The tags that say all of the Docker network that Neutron's own attributes do not. */
    public static List<String> tags(
            String networkId,
            String host,
            boolean existing,
            boolean internal,
            List<UUID> securityGroups,
            Optional<UUID> qosPolicy) {
        List<String> tags = new ArrayList<>(Labels.network(networkId));
        tags.add(Labels.host(networkId, host));
        if (existing) {
            tags.add(Labels.EXISTING_NETWORK);
        }
        if (internal) {
            tags.add(Labels.internal(networkId));
        }
        securityGroups.forEach(group -> tags.add(Labels.securityGroup(networkId, group)));
        qosPolicy.ifPresent(policy -> tags.add(Labels.qosPolicy(networkId, policy)));
        return List.copyOf(tags);
    }
}
