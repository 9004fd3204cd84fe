package io.weft.protocol;

import io.weft.model.AddressPair;
import io.weft.model.DhcpOption;
import io.weft.model.DnsNames;
import io.weft.model.HostAccess;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.Network;
import io.weft.model.Route;
import io.weft.model.Trunk;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;

/**
 * Records as JSON objects: fields are named as in Java, addresses are text, empty lists and texts are left out. The
 * same record is always the same bytes.
 */
final class FactCodec {
    private FactCodec() {}

    static void write(JsonGenerator out, Fact fact) {
        out.writeStartObject();
        out.writeStringProperty("type", fact.type().text());
        switch (fact) {
            case Member member -> {
                out.writeStringProperty("name", member.name());
                texts(out, "addresses", member.addresses());
            }
            case SecurityGroupFact group -> RuleCodec.write(out, group);
            case RuleFact rule -> RuleCodec.write(out, rule);
            case Peer peer -> {
                out.writeStringProperty("host", peer.host());
                texts(out, "tunnelAddresses", peer.tunnelAddresses());
            }
            case NetworkFact network -> {
                id(out, "networkId", network.networkId());
                out.writeNumberProperty("vni", network.vni());
                out.writeNumberProperty("mtu", network.mtu());
                out.writeBooleanProperty("adminUp", network.adminUp());
                network.physicalNetwork().ifPresent(name -> out.writeStringProperty("physicalNetwork", name));
                text(out, "project", network.names().project());
                text(out, "domain", network.names().domain());
                text(out, "ownDomain", network.names().ownDomain());
            }
            case SubnetFact subnet -> subnet(out, subnet);
            case RouterFact router -> {
                id(out, "routerId", router.routerId());
                out.writeBooleanProperty("adminUp", router.adminUp());
            }
            case RouterInterface face -> routerInterface(out, face);
            case StaticRoute route -> staticRoute(out, route);
            case RouterGateway gateway -> GatewayCodec.write(out, gateway);
            case FloatingIpFact floating -> GatewayCodec.write(out, floating);
            case PortForwardingFact forwarding -> GatewayCodec.write(out, forwarding);
            case Endpoint endpoint -> endpoint(out, endpoint);
            case ServiceMember member -> ServiceCodec.write(out, member);
            case ServiceFact service -> ServiceCodec.write(out, service);
            case PortQos qos -> QosCodec.write(out, qos);
            case AddressQos qos -> QosCodec.write(out, qos);
            case LocalPort port -> localPort(out, port);
        }
        out.writeEndObject();
    }

    private static void subnet(JsonGenerator out, SubnetFact subnet) {
        id(out, "subnetId", subnet.subnetId());
        id(out, "networkId", subnet.networkId());
        out.writeStringProperty("cidr", subnet.cidr().toString());
        subnet.gateway().ifPresent(gateway -> out.writeStringProperty("gateway", gateway.toString()));
        out.writeBooleanProperty("dhcp", subnet.dhcp());
        text(out, "raMode", subnet.raMode().text());
        text(out, "addressMode", subnet.addressMode().text());
        texts(out, "dnsNameservers", subnet.dnsNameservers());
        subnet.addressScope().ifPresent(scope -> id(out, "addressScope", scope));
        if (!subnet.hostRoutes().isEmpty()) {
            out.writeName("hostRoutes").writeStartArray();
            for (Route route : subnet.hostRoutes()) {
                out.writeStartObject();
                out.writeStringProperty("destination", route.destination().toString());
                out.writeStringProperty("nexthop", route.nexthop().toString());
                out.writeEndObject();
            }
            out.writeEndArray();
        }
    }

    private static void routerInterface(JsonGenerator out, RouterInterface face) {
        id(out, "portId", face.portId());
        id(out, "routerId", face.routerId());
        id(out, "networkId", face.networkId());
        out.writeStringProperty("mac", face.mac().toString());
        interfaceAddresses(out, face.addresses());
        out.writeBooleanProperty("adminUp", face.adminUp());
    }

    static void interfaceAddresses(JsonGenerator out, List<RouterInterface.InterfaceAddress> addresses) {
        if (!addresses.isEmpty()) {
            out.writeName("addresses").writeStartArray();
            for (RouterInterface.InterfaceAddress address : addresses) {
                out.writeStartObject();
                out.writeStringProperty("address", address.address().toString());
                out.writeStringProperty("subnet", address.subnet().toString());
                out.writeEndObject();
            }
            out.writeEndArray();
        }
    }

    static List<RouterInterface.InterfaceAddress> readInterfaceAddresses(JsonObject in) throws IOException {
        return in.objects(
                "addresses", o -> new RouterInterface.InterfaceAddress(o.address("address"), o.prefix("subnet")));
    }

    private static void staticRoute(JsonGenerator out, StaticRoute route) {
        id(out, "routerId", route.routerId());
        out.writeStringProperty("destination", route.destination().toString());
        out.writeName("nextHops").writeStartArray();
        for (StaticRoute.NextHop hop : route.nextHops()) {
            out.writeStartObject();
            id(out, "networkId", hop.networkId());
            out.writeStringProperty("address", hop.address().toString());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void endpoint(JsonGenerator out, Endpoint endpoint) {
        id(out, "portId", endpoint.portId());
        id(out, "networkId", endpoint.networkId());
        out.writeStringProperty("host", endpoint.host());
        out.writeStringProperty("mac", endpoint.mac().toString());
        texts(out, "addresses", endpoint.addresses());
        pairs(out, "sharedPairs", endpoint.sharedPairs());
        out.writeBooleanProperty("portSecurity", endpoint.portSecurity());
        out.writeBooleanProperty("adminUp", endpoint.adminUp());
        text(out, "name", endpoint.dns().name());
        text(out, "domain", endpoint.dns().domain());
    }

    private static void localPort(JsonGenerator out, LocalPort port) {
        id(out, "portId", port.portId());
        id(out, "networkId", port.networkId());
        out.writeBooleanProperty("adminUp", port.adminUp());
        out.writeStringProperty("mac", port.mac().toString());
        if (!port.addresses().isEmpty()) {
            out.writeName("addresses").writeStartArray();
            for (LocalPort.LocalAddress address : port.addresses()) {
                out.writeStartObject();
                id(out, "subnetId", address.subnetId());
                out.writeStringProperty("address", address.address().toString());
                out.writeEndObject();
            }
            out.writeEndArray();
        }
        pairs(out, "allowedPairs", port.allowedPairs());
        out.writeBooleanProperty("portSecurity", port.portSecurity());
        // An empty list says something else than none, so it is not left out.
        port.securityGroups().ifPresent(groups -> {
            out.writeName("securityGroups").writeStartArray();
            groups.forEach(group -> out.writeString(group.toString()));
            out.writeEndArray();
        });
        text(out, "hostname", port.hostname());
        if (!port.dhcpOptions().isEmpty()) {
            out.writeName("dhcpOptions").writeStartArray();
            for (DhcpOption option : port.dhcpOptions()) {
                out.writeStartObject();
                out.writeNumberProperty("family", option.family().version());
                out.writeStringProperty("name", option.name());
                out.writeStringProperty("value", option.value());
                out.writeEndObject();
            }
            out.writeEndArray();
        }
        text(out, "deviceId", port.deviceId());
        text(out, "deviceOwner", port.deviceOwner());
        text(out, "project", port.project());
        text(out, "domain", port.domain());
        switch (port.trunking()) {
            case Trunking.None _ -> {
                // left out
            }
            case Trunking.Parent _ -> out.writeBooleanProperty("trunk", true);
            case Trunking.Subport(UUID parent, int vlan) -> {
                id(out, "parentId", parent);
                out.writeNumberProperty("vlan", vlan);
            }
        }
        port.host().ifPresent(host -> host(out, host));
    }

    private static void host(JsonGenerator out, HostAccess host) {
        out.writeName("host").writeStartObject();
        host.nodePorts().ifPresent(ports -> {
            out.writeStringProperty("nodePorts", ports.range());
            texts(out, "addresses", ports.addresses());
        });
        out.writeEndObject();
    }

    private static Optional<HostAccess> readHost(JsonObject in) throws IOException {
        if (!in.has("host")) {
            return Optional.empty();
        }
        JsonObject host = in.object("host");
        return Optional.of(new HostAccess(
                host.has("nodePorts")
                        ? Optional.of(HostAccess.NodePorts.of(
                                host.text("nodePorts"), host.texts("addresses", IpAddress::parse)))
                        : Optional.empty()));
    }

    static void id(JsonGenerator out, String name, UUID id) {
        out.writeStringProperty(name, id.toString());
    }

    private static void text(JsonGenerator out, String name, String text) {
        if (!text.isEmpty()) {
            out.writeStringProperty(name, text);
        }
    }

    static void texts(JsonGenerator out, String name, List<?> values) {
        if (!values.isEmpty()) {
            out.writeName(name).writeStartArray();
            for (Object value : values) {
                out.writeString(value.toString());
            }
            out.writeEndArray();
        }
    }

    private static void pairs(JsonGenerator out, String name, List<AddressPair> pairs) {
        if (!pairs.isEmpty()) {
            out.writeName(name).writeStartArray();
            for (AddressPair pair : pairs) {
                out.writeStartObject();
                out.writeStringProperty("prefix", pair.prefix().toString());
                out.writeStringProperty("mac", pair.mac().toString());
                out.writeEndObject();
            }
            out.writeEndArray();
        }
    }

    /** Reads a record of this type. May also throw what the constructors of the model's types throw. */
    static Fact read(Fact.Type type, JsonObject in) throws IOException {
        return switch (type) {
            case MEMBER -> new Member(in.text("name"), in.texts("addresses", IpPrefix::parse));
            case GROUP -> RuleCodec.readGroup(in);
            case RULE -> RuleCodec.read(in);
            case PEER -> new Peer(in.text("host"), in.texts("tunnelAddresses", IpAddress::parse));
            case NETWORK ->
                new NetworkFact(
                        in.id("networkId"),
                        in.number("vni", Network.MIN_VNI, Network.MAX_VNI),
                        in.number("mtu", 68, 65535),
                        in.flag("adminUp"),
                        in.has("physicalNetwork") ? Optional.of(in.text("physicalNetwork")) : Optional.empty(),
                        new NetworkNames(in.textOrEmpty("project"), domain(in, "domain"), domain(in, "ownDomain")));
            case SUBNET ->
                new SubnetFact(
                        in.id("subnetId"),
                        in.id("networkId"),
                        in.prefix("cidr"),
                        in.optionalAddress("gateway"),
                        in.flag("dhcp"),
                        Ipv6Mode.parse("raMode", in.textOrEmpty("raMode")),
                        Ipv6Mode.parse("addressMode", in.textOrEmpty("addressMode")),
                        in.texts("dnsNameservers", IpAddress::parse),
                        in.objects("hostRoutes", o -> new Route(o.prefix("destination"), o.address("nexthop"))),
                        in.has("addressScope") ? Optional.of(in.id("addressScope")) : Optional.empty());
            case ROUTER -> new RouterFact(in.id("routerId"), in.flag("adminUp"));
            case INTERFACE ->
                new RouterInterface(
                        in.id("portId"),
                        in.id("routerId"),
                        in.id("networkId"),
                        in.mac("mac"),
                        readInterfaceAddresses(in),
                        in.flag("adminUp"));
            case ROUTE ->
                new StaticRoute(
                        in.id("routerId"),
                        in.prefix("destination"),
                        in.objects("nextHops", o -> new StaticRoute.NextHop(o.id("networkId"), o.address("address"))));
            case GATEWAY -> GatewayCodec.readGateway(in);
            case FLOATING -> GatewayCodec.readFloatingIp(in);
            case FORWARDING -> GatewayCodec.readForwarding(in);
            case SERVICE_MEMBER -> ServiceCodec.readMember(in);
            case SERVICE -> ServiceCodec.readService(in);
            case QOS -> QosCodec.read(in);
            case ADDRESS_QOS -> QosCodec.readOfAddress(in);
            case ENDPOINT ->
                new Endpoint(
                        in.id("portId"),
                        in.id("networkId"),
                        in.text("host"),
                        in.mac("mac"),
                        in.texts("addresses", IpAddress::parse),
                        readPairs(in, "sharedPairs"),
                        in.flag("portSecurity"),
                        in.flag("adminUp"),
                        portName(in));
            case PORT ->
                new LocalPort(
                        in.id("portId"),
                        in.id("networkId"),
                        in.flag("adminUp"),
                        in.mac("mac"),
                        in.objects(
                                "addresses", o -> new LocalPort.LocalAddress(o.id("subnetId"), o.address("address"))),
                        readPairs(in, "allowedPairs"),
                        in.flag("portSecurity"),
                        in.has("securityGroups")
                                ? Optional.of(in.texts("securityGroups", JsonObject::parseId))
                                : Optional.empty(),
                        in.textOrEmpty("hostname"),
                        in.objects(
                                "dhcpOptions",
                                o -> new DhcpOption(
                                        IpFamily.ofVersion(o.number("family", 0, 255)),
                                        o.text("name"),
                                        o.text("value"))),
                        in.textOrEmpty("deviceId"),
                        in.textOrEmpty("deviceOwner"),
                        in.textOrEmpty("project"),
                        domain(in, "domain"),
                        trunking(in),
                        readHost(in));
        };
    }

    private static Trunking trunking(JsonObject in) throws IOException {
        if (in.has("parentId")) {
            return new Trunking.Subport(
                    in.id("parentId"), in.number("vlan", Trunk.Subport.MIN_VLAN, Trunk.Subport.MAX_VLAN));
        }
        return in.has("trunk") && in.flag("trunk") ? Trunking.PARENT : Trunking.NONE;
    }

    private static PortName portName(JsonObject in) throws IOException {
        String name = in.textOrEmpty("name");
        DnsNames.requireName("name", name);
        String domain = domain(in, "domain");
        return name.isEmpty() && domain.isEmpty() ? PortName.NONE : new PortName(name, domain);
    }

    private static String domain(JsonObject in, String name) throws IOException {
        String domain = in.textOrEmpty(name);
        DnsNames.requireDomain(name, domain);
        return domain;
    }

    private static List<AddressPair> readPairs(JsonObject in, String name) throws IOException {
        return in.objects(name, o -> new AddressPair(o.prefix("prefix"), o.mac("mac")));
    }
}
