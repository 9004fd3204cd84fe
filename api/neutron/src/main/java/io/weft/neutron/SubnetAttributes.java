package io.weft.neutron;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.IpRange;
import io.weft.model.Ipv6Mode;
import io.weft.model.Route;
import io.weft.model.Subnet;
import io.weft.rest.Attribute;
import io.weft.rest.Kinds;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The attributes of a subnet: https://docs.openstack.org/api-ref/network/v2/#subnets. */
final class SubnetAttributes {
    final StandardAttributes<Subnet> standard = new StandardAttributes<>(false);
    final Attribute<Seen<Subnet>, UUID> networkId = Attribute.<Seen<Subnet>, UUID>of(
                    "network_id", Values.UUID_KIND, seen -> seen.resource().networkId())
            .required()
            .build();
    final Attribute<Seen<Subnet>, Long> ipVersion = Attribute.<Seen<Subnet>, Long>of(
                    "ip_version", Values.IP_VERSION, seen ->
                            (long) seen.resource().family().version())
            .required()
            .build();
    final Attribute<Seen<Subnet>, IpPrefix> cidr = Attribute.<Seen<Subnet>, IpPrefix>of(
                    "cidr", Values.CIDR, seen -> seen.resource().cidr())
            .post()
            .nullable()
            .build();
    final Attribute<Seen<Subnet>, IpAddress> gateway = Attribute.<Seen<Subnet>, IpAddress>of(
                    "gateway_ip",
                    Values.ADDRESS,
                    seen -> seen.resource().gateway().orElse(null))
            .postAndPut()
            .nullable()
            .build();
    final Attribute<Seen<Subnet>, List<IpRange>> pools = Attribute.<Seen<Subnet>, List<IpRange>>of(
                    "allocation_pools",
                    ObjectValues.POOLS,
                    seen -> seen.resource().allocationPools())
            .postAndPut()
            .nullable()
            .notFilterable()
            .build();
    final Attribute<Seen<Subnet>, List<IpAddress>> nameservers = Attribute.<Seen<Subnet>, List<IpAddress>>of(
                    "dns_nameservers", Values.ADDRESSES, seen -> seen.resource().dnsNameservers())
            .postAndPut()
            .nullable()
            .notFilterable()
            .build();
    final Attribute<Seen<Subnet>, List<Route>> hostRoutes = Attribute.<Seen<Subnet>, List<Route>>of(
                    "host_routes", ObjectValues.ROUTES, seen -> seen.resource().hostRoutes())
            .postAndPut()
            .nullable()
            .notFilterable()
            .build();
    final Attribute<Seen<Subnet>, Boolean> dhcp = Attribute.<Seen<Subnet>, Boolean>of(
                    "enable_dhcp", Kinds.bool(), seen -> seen.resource().dhcpEnabled())
            .postAndPut()
            .byDefault(true)
            .build();
    final Attribute<Seen<Subnet>, List<String>> serviceTypes = Attribute.<Seen<Subnet>, List<String>>of(
                    "service_types", Values.TAGS, seen -> seen.resource().serviceTypes())
            .postAndPut()
            .nullable()
            .notSortable()
            .build();
    final Attribute<Seen<Subnet>, Ipv6Mode> raMode = mode("ipv6_ra_mode", true);
    final Attribute<Seen<Subnet>, Ipv6Mode> addressMode = mode("ipv6_address_mode", false);
    final Attribute<Seen<Subnet>, UUID> subnetPool = Attribute.<Seen<Subnet>, UUID>of(
                    "subnetpool_id",
                    Values.UUID_KIND,
                    seen -> seen.resource().subnetPool().orElse(null))
            .post()
            .nullable()
            .build();
    final Attribute<Seen<Subnet>, Boolean> useDefaultPool = Attribute.<Seen<Subnet>, Boolean>of(
                    "use_default_subnetpool", Kinds.bool(), _ -> null)
            .post()
            .byDefault(false)
            .hidden()
            .notFilterable()
            .notSortable()
            .build();
    final Attribute<Seen<Subnet>, Long> prefixLength = Attribute.<Seen<Subnet>, Long>of(
                    "prefixlen", Kinds.integer(0, Integer.MAX_VALUE), _ -> null)
            .post()
            .hidden()
            .notFilterable()
            .notSortable()
            .build();

    /** Not shown, but listed by: whether the network is shared with whoever asks. */
    private final Attribute<Seen<Subnet>, Boolean> shared = Attribute.<Seen<Subnet>, Boolean>of(
                    "shared",
                    Kinds.bool(),
                    seen -> seen.view()
                            .world()
                            .network(seen.resource().networkId())
                            .filter(network -> network.isSharedWith(seen.viewer()))
                            .isPresent())
            .hidden()
            .notSortable()
            .build();

    private static Attribute<Seen<Subnet>, Ipv6Mode> mode(String name, boolean advertised) {
        return Attribute.<Seen<Subnet>, Ipv6Mode>of(
                        name,
                        Values.ipv6Mode(),
                        seen -> Optional.of(
                                        advertised
                                                ? seen.resource().raMode()
                                                : seen.resource().addressMode())
                                .filter(mode -> mode != Ipv6Mode.NONE)
                                .orElse(null))
                .post()
                .nullable()
                .build();
    }

    List<Attribute<Seen<Subnet>, ?>> all() {
        return standard.around(List.of(
                networkId,
                ipVersion,
                cidr,
                gateway,
                pools,
                nameservers,
                hostRoutes,
                dhcp,
                raMode,
                addressMode,
                shared,
                serviceTypes,
                subnetPool,
                useDefaultPool,
                prefixLength,
                Refused.attribute("segment_id", "segment"),
                Refused.attribute("dns_publish_fixed_ip", "subnet-dns-publish-fixed-ip", "False")));
    }
}
