package io.weft.neutron;

import io.weft.model.IpFamily;
import io.weft.model.Network;
import io.weft.model.Subnet;
import io.weft.rest.Attribute;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kind;
import io.weft.rest.Kinds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The attributes of a network: https://docs.openstack.org/api-ref/network/v2/#networks. */
final class NetworkAttributes {
    static final String VXLAN = "vxlan";
    static final String FLAT = "flat";

    private static final Kind<Long> MTU = Kinds.integer(0, Network.MAX_MTU)
            .narrowed(JsonSchema.anyOf(
                    List.of(JsonSchema.integer(0, 0), JsonSchema.integer(Network.MIN_MTU, Network.MAX_MTU))));

    final StandardAttributes<Network> standard = new StandardAttributes<>(false);
    final Attribute<Seen<Network>, Boolean> adminStateUp = Attribute.<Seen<Network>, Boolean>of(
                    "admin_state_up", Kinds.bool(), seen -> seen.resource().adminStateUp())
            .postAndPut()
            .byDefault(true)
            .build();
    final Attribute<Seen<Network>, String> status = Attribute.<Seen<Network>, String>of(
                    "status", Kinds.text(16), _ -> "ACTIVE")
            .build();
    final Attribute<Seen<Network>, Boolean> shared = Attribute.<Seen<Network>, Boolean>of(
                    "shared", Kinds.bool(), seen -> seen.resource().isSharedWith(seen.viewer()))
            .postAndPut()
            .byDefault(false)
            .build();

    /** Zero asks for the largest that the installation carries. */
    final Attribute<Seen<Network>, Long> mtu = Attribute.<Seen<Network>, Long>of(
                    "mtu", MTU, seen -> (long) seen.resource().mtu())
            .postAndPut()
            .byDefault(0L)
            .build();

    final Attribute<Seen<Network>, Boolean> portSecurity = Attribute.<Seen<Network>, Boolean>of(
                    "port_security_enabled",
                    Kinds.bool(),
                    seen -> seen.resource().portSecurityEnabled())
            .postAndPut()
            .byDefault(true)
            .build();
    final Attribute<Seen<Network>, String> networkType;
    final Attribute<Seen<Network>, String> physicalNetwork;
    /** Empty where the installation has no external networks. */
    final Optional<Attribute<Seen<Network>, Boolean>> external;

    /** Says something of external networks alone. */
    final Optional<Attribute<Seen<Network>, Boolean>> isDefault;

    final Attribute<Seen<Network>, Long> segmentationId = Attribute.<Seen<Network>, Long>of(
                    "provider:segmentation_id",
                    Kinds.integer(Network.MIN_VNI, Network.MAX_VNI),
                    seen -> seen.resource().physicalNetwork().isPresent()
                            ? null
                            : (Long) (long) seen.resource().vni())
            .post()
            .nullable()
            .build();
    final Attribute<Seen<Network>, List<UUID>> subnets = Attribute.<Seen<Network>, List<UUID>>of(
                    "subnets",
                    Values.UUIDS,
                    seen -> seen.view().world().subnetsOf(seen.resource().id()).stream()
                            .map(Subnet::id)
                            .sorted()
                            .toList())
            .notFilterable()
            .build();

    final Attribute<Seen<Network>, String> dnsDomain = Attribute.<Seen<Network>, String>of(
                    "dns_domain", Values.DNS_DOMAIN, seen -> seen.resource().dnsDomain())
            .postAndPut()
            .byDefault("")
            .build();
    /** A network is one broadcast domain: there are no networks of routed segments. */
    private final Attribute<Seen<Network>, Boolean> l2Adjacency = Attribute.<Seen<Network>, Boolean>of(
                    "l2_adjacency", Kinds.bool(), _ -> true)
            .build();

    /** @param externalNetworks whether the installation has external networks */
    NetworkAttributes(boolean externalNetworks) {
        networkType = Attribute.<Seen<Network>, String>of(
                        "provider:network_type",
                        Kinds.oneOf(externalNetworks ? List.of(VXLAN, FLAT) : List.of(VXLAN)),
                        seen -> seen.resource().physicalNetwork().isPresent() ? FLAT : VXLAN)
                .post()
                .nullable()
                .build();
        Kind<String> physical = externalNetworks
                ? Kinds.text(1, Network.MAX_PHYSICAL_NAME)
                : Refused.kind("is not used by networks of type vxlan");
        physicalNetwork = Attribute.<Seen<Network>, String>of(
                        "provider:physical_network",
                        physical,
                        seen -> seen.resource().physicalNetwork().orElse(null))
                .post()
                .nullable()
                .build();
        external = externalNetworks
                ? Optional.of(Attribute.<Seen<Network>, Boolean>of(
                                "router:external",
                                Kinds.bool(),
                                seen -> seen.resource().external())
                        .postAndPut()
                        .byDefault(false)
                        .build())
                : Optional.empty();
        isDefault = externalNetworks
                ? Optional.of(Attribute.<Seen<Network>, Boolean>of(
                                "is_default",
                                Kinds.bool(),
                                seen -> seen.resource().external()
                                        ? (Boolean) seen.resource().isDefault()
                                        : null)
                        .postAndPut()
                        .byDefault(false)
                        .mayBeAbsent()
                        .build())
                : Optional.empty();
    }

    private static Attribute<Seen<Network>, UUID> addressScope(String name, IpFamily family) {
        return Attribute.<Seen<Network>, UUID>of(
                        name,
                        Values.UUID_KIND,
                        seen -> seen.view()
                                .world()
                                .addressScopeOf(seen.resource().id(), family)
                                .orElse(null))
                .mayBeAbsent()
                .build();
    }

    final Attribute<Seen<Network>, UUID> qosPolicy = Attribute.<Seen<Network>, UUID>of(
                    "qos_policy_id",
                    Values.UUID_KIND,
                    seen -> seen.resource().qosPolicy().orElse(null))
            .postAndPut()
            .nullable()
            .build();

    final Attribute<Seen<Network>, List<String>> zoneHints = Zones.hints(Network::availabilityZoneHints);

    List<Attribute<Seen<Network>, ?>> all() {
        List<Attribute<Seen<Network>, ?>> own = new ArrayList<>(List.of(
                adminStateUp,
                status,
                shared,
                mtu,
                portSecurity,
                networkType,
                physicalNetwork,
                segmentationId,
                subnets,
                dnsDomain,
                l2Adjacency,
                external.isPresent() ? external.get() : Refused.attribute("router:external", "external-net", "False"),
                isDefault.isPresent()
                        ? isDefault.get()
                        : Refused.attribute("is_default", "auto-allocated-topology", "False"),
                Refused.attribute("vlan_transparent", "vlan-transparent", "False"),
                qosPolicy,
                addressScope("ipv4_address_scope", IpFamily.IPV4),
                addressScope("ipv6_address_scope", IpFamily.IPV6),
                Refused.attribute("segments", "multi-provider"),
                zoneHints,
                Zones.zones()));
        return standard.around(own);
    }
}
