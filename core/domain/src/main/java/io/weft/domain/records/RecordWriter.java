package io.weft.domain.records;

import io.weft.model.AddressGroup;
import io.weft.model.AddressPair;
import io.weft.model.AddressScope;
import io.weft.model.Binding;
import io.weft.model.DefaultRules;
import io.weft.model.DhcpOption;
import io.weft.model.FixedIp;
import io.weft.model.Flavor;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpRange;
import io.weft.model.Ipv6Mode;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.Meta;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.QosPolicy;
import io.weft.model.Resource;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.ServiceProfile;
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import io.weft.model.Trunk;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Writes records as JSON; {@link RecordReader} reads what this writes, and both use the names of {@link Names}. */
final class RecordWriter {
    private RecordWriter() {}

    static void write(JsonGenerator json, Resource resource) {
        json.writeStartObject();
        meta(json, resource.meta());
        switch (resource) {
            case Network network -> network(json, network);
            case Subnet subnet -> subnet(json, subnet);
            case Port port -> port(json, port);
            case Router router -> {
                flag(json, Names.ADMIN_UP, router.adminStateUp());
                routes(json, router.routes());
                ExternalRecords.write(json, router);
                texts(json, Names.ZONES, router.availabilityZoneHints());
                router.flavor().ifPresent(flavor -> json.writeStringProperty(Names.FLAVOR, flavor.toString()));
            }
            case FloatingIp floatingIp -> ExternalRecords.write(json, floatingIp);
            case SecurityGroup group -> GroupRecords.write(json, group);
            case SecurityGroupRule rule -> GroupRecords.write(json, rule);
            case AddressGroup group -> GroupRecords.write(json, group);
            case DefaultRules rules -> GroupRecords.write(json, rules);
            case Node node -> {
                addresses(json, Names.TUNNELS, node.tunnelAddresses());
                ExternalRecords.write(json, node);
            }
            case QosPolicy policy -> QosRecords.write(json, policy);
            case SubnetPool pool -> PoolRecords.write(json, pool);
            case Trunk trunk -> TrunkRecords.write(json, trunk);
            case AddressScope scope -> PoolRecords.write(json, scope);
            case LoadBalancer loadBalancer -> LoadBalancerRecords.write(json, loadBalancer);
            case Listener listener -> LoadBalancerRecords.write(json, listener);
            case Pool pool -> LoadBalancerRecords.write(json, pool);
            case PoolMember member -> LoadBalancerRecords.write(json, member);
            case Flavor flavor -> FlavorRecords.write(json, flavor);
            case ServiceProfile profile -> FlavorRecords.write(json, profile);
        }
        resource.meta().unknown().forEach((name, value) -> {
            json.writeName(name);
            Values.write(json, value);
        });
        json.writeEndObject();
    }

    private static void meta(JsonGenerator json, Meta meta) {
        json.writeStringProperty(Names.ID, meta.id().toString());
        text(json, Names.PROJECT, meta.project());
        text(json, Names.NAME, meta.name());
        text(json, Names.DESCRIPTION, meta.description());
        texts(json, Names.TAGS, meta.tags());
        json.writeNumberProperty(Names.CREATED, meta.createdAt().getEpochSecond());
        json.writeNumberProperty(Names.UPDATED, meta.updatedAt().getEpochSecond());
        json.writeNumberProperty(Names.REVISION, meta.revision());
    }

    private static void network(JsonGenerator json, Network network) {
        flag(json, Names.ADMIN_UP, network.adminStateUp());
        flag(json, Names.SHARED, network.shared());
        json.writeNumberProperty(Names.VNI, network.vni());
        json.writeNumberProperty(Names.MTU, network.mtu());
        flag(json, Names.PORT_SECURITY, network.portSecurityEnabled());
        text(json, Names.DOMAIN, network.dnsDomain());
        ExternalRecords.write(json, network);
        SharingRecords.write(json, network.meta(), network.sharing());
        network.qosPolicy().ifPresent(policy -> json.writeStringProperty(Names.QOS, policy.toString()));
        texts(json, Names.ZONES, network.availabilityZoneHints());
    }

    private static void subnet(JsonGenerator json, Subnet subnet) {
        json.writeStringProperty(Names.NETWORK, subnet.networkId().toString());
        json.writeStringProperty(Names.CIDR, subnet.cidr().toString());
        subnet.gateway().ifPresent(gateway -> json.writeStringProperty(Names.GATEWAY, gateway.toString()));
        if (!subnet.allocationPools().isEmpty()) {
            json.writeName(Names.POOLS);
            json.writeStartArray();
            for (IpRange pool : subnet.allocationPools()) {
                pair(json, pool.first(), pool.last());
            }
            json.writeEndArray();
        }
        addresses(json, Names.DNS, subnet.dnsNameservers());
        routes(json, subnet.hostRoutes());
        flag(json, Names.DHCP, subnet.dhcpEnabled());
        mode(json, Names.RA_MODE, subnet.raMode());
        mode(json, Names.ADDRESS_MODE, subnet.addressMode());
        texts(json, Names.SERVICE_TYPES, subnet.serviceTypes());
        subnet.subnetPool().ifPresent(pool -> json.writeStringProperty(Names.POOL, pool.toString()));
    }

    private static void port(JsonGenerator json, Port port) {
        json.writeStringProperty(Names.NETWORK, port.networkId().toString());
        flag(json, Names.ADMIN_UP, port.adminStateUp());
        json.writeStringProperty(Names.MAC, port.mac().toString());
        if (!port.fixedIps().isEmpty()) {
            json.writeName(Names.FIXED_IPS);
            json.writeStartArray();
            for (FixedIp ip : port.fixedIps()) {
                pair(json, ip.subnetId(), ip.address());
            }
            json.writeEndArray();
        }
        text(json, Names.DEVICE_ID, port.deviceId());
        text(json, Names.DEVICE_OWNER, port.deviceOwner());
        if (!port.allowedAddressPairs().isEmpty()) {
            json.writeName(Names.ADDRESS_PAIRS);
            json.writeStartArray();
            for (AddressPair allowed : port.allowedAddressPairs()) {
                pair(json, allowed.prefix(), allowed.mac());
            }
            json.writeEndArray();
        }
        flag(json, Names.PORT_SECURITY, port.portSecurityEnabled());
        // No groups say something else than no word of groups, so an empty list is not left out.
        port.securityGroups().ifPresent(groups -> {
            json.writeName(Names.GROUPS);
            json.writeStartArray();
            groups.forEach(group -> json.writeString(group.toString()));
            json.writeEndArray();
        });
        if (!port.extraDhcpOptions().isEmpty()) {
            json.writeName(Names.DHCP_OPTIONS);
            json.writeStartArray();
            for (DhcpOption option : port.extraDhcpOptions()) {
                json.writeStartArray();
                json.writeNumber(option.family().version());
                json.writeString(option.name());
                json.writeString(option.value());
                json.writeEndArray();
            }
            json.writeEndArray();
        }
        binding(json, port.binding());
        text(json, Names.CALLED, port.dns().name());
        text(json, Names.DOMAIN, port.dns().domain());
        port.qosPolicy().ifPresent(policy -> json.writeStringProperty(Names.QOS, policy.toString()));
        PortExtrasRecords.write(json, port.extras());
    }

    static void binding(JsonGenerator json, Binding binding) {
        text(json, Names.HOST, binding.host());
        if (!binding.vnicType().equals(Binding.NONE.vnicType())) {
            json.writeStringProperty(Names.VNIC_TYPE, binding.vnicType());
        }
        if (!binding.profile().isEmpty()) {
            json.writeName(Names.PROFILE);
            Values.write(json, binding.profile());
        }
    }

    private static void routes(JsonGenerator json, List<Route> routes) {
        if (routes.isEmpty()) {
            return;
        }
        json.writeName(Names.ROUTES);
        json.writeStartArray();
        for (Route route : routes) {
            pair(json, route.destination(), route.nexthop());
        }
        json.writeEndArray();
    }

    private static void addresses(JsonGenerator json, String name, List<IpAddress> addresses) {
        texts(json, name, addresses);
    }

    static void texts(JsonGenerator json, String name, List<?> items) {
        if (items.isEmpty()) {
            return;
        }
        json.writeName(name);
        json.writeStartArray();
        items.forEach(item -> json.writeString(item.toString()));
        json.writeEndArray();
    }

    private static void pair(JsonGenerator json, Object first, Object second) {
        json.writeStartArray();
        json.writeString(first.toString());
        json.writeString(second.toString());
        json.writeEndArray();
    }

    static void text(JsonGenerator json, String name, String value) {
        if (!value.isEmpty()) {
            json.writeStringProperty(name, value);
        }
    }

    static void flag(JsonGenerator json, String name, boolean value) {
        if (value) {
            json.writeBooleanProperty(name, true);
        }
    }

    private static void mode(JsonGenerator json, String name, Ipv6Mode mode) {
        text(json, name, mode.text());
    }
}
