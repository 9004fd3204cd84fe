package io.weft.protocol;

import io.weft.model.IpAddress;
import io.weft.model.Network;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** What leads out of routers as JSON: gateways, floating addresses, forwarded ports. */
final class GatewayCodec {
    private GatewayCodec() {}

    static void write(JsonGenerator out, RouterGateway gateway) {
        FactCodec.id(out, "portId", gateway.portId());
        FactCodec.id(out, "routerId", gateway.routerId());
        FactCodec.id(out, "networkId", gateway.networkId());
        out.writeStringProperty("mac", gateway.mac().toString());
        FactCodec.interfaceAddresses(out, gateway.addresses());
        FactCodec.texts(out, "nextHops", gateway.nextHops());
        out.writeBooleanProperty("snat", gateway.snat());
        out.writeNumberProperty("transitVni", gateway.transitVni());
        FactCodec.texts(out, "hosts", gateway.hosts());
        out.writeBooleanProperty("adminUp", gateway.adminUp());
        if (gateway.rank() > 0) {
            out.writeNumberProperty("rank", gateway.rank());
        }
        if (gateway.sharesDefault()) {
            out.writeBooleanProperty("sharesDefault", true);
        }
        if (gateway.bfd()) {
            out.writeBooleanProperty("bfd", true);
        }
    }

    static RouterGateway readGateway(JsonObject in) throws IOException {
        return new RouterGateway(
                in.id("portId"),
                in.id("routerId"),
                in.id("networkId"),
                in.mac("mac"),
                FactCodec.readInterfaceAddresses(in),
                in.texts("nextHops", IpAddress::parse),
                in.flag("snat"),
                in.number("transitVni", Network.MIN_VNI, Network.MAX_VNI),
                in.texts("hosts", text -> text),
                in.flag("adminUp"),
                in.has("rank") ? in.number("rank", 0, Integer.MAX_VALUE) : 0,
                in.has("sharesDefault") && in.flag("sharesDefault"),
                in.has("bfd") && in.flag("bfd"));
    }

    static void write(JsonGenerator out, FloatingIpFact floating) {
        FactCodec.id(out, "floatingIpId", floating.floatingIpId());
        FactCodec.id(out, "routerId", floating.routerId());
        FactCodec.id(out, "gatewayId", floating.gatewayId());
        FactCodec.id(out, "networkId", floating.networkId());
        out.writeStringProperty("mac", floating.mac().toString());
        out.writeStringProperty("floatingAddress", floating.floatingAddress().toString());
        FactCodec.id(out, "portId", floating.portId());
        out.writeStringProperty("fixedAddress", floating.fixedAddress().toString());
        floating.host().ifPresent(host -> out.writeStringProperty("host", host));
    }

    static FloatingIpFact readFloatingIp(JsonObject in) throws IOException {
        return new FloatingIpFact(
                in.id("floatingIpId"),
                in.id("routerId"),
                in.id("gatewayId"),
                in.id("networkId"),
                in.mac("mac"),
                in.address("floatingAddress"),
                in.id("portId"),
                in.address("fixedAddress"),
                in.has("host") ? Optional.of(in.text("host")) : Optional.empty());
    }

    static void write(JsonGenerator out, PortForwardingFact forwarding) {
        FactCodec.id(out, "forwardingId", forwarding.forwardingId());
        FactCodec.id(out, "routerId", forwarding.routerId());
        FactCodec.id(out, "gatewayId", forwarding.gatewayId());
        FactCodec.id(out, "networkId", forwarding.networkId());
        out.writeStringProperty("mac", forwarding.mac().toString());
        out.writeStringProperty("externalAddress", forwarding.externalAddress().toString());
        out.writeNumberProperty("protocol", forwarding.protocol());
        ports(out, "externalPorts", forwarding.externalPorts());
        out.writeStringProperty("internalAddress", forwarding.internalAddress().toString());
        ports(out, "internalPorts", forwarding.internalPorts());
    }

    static PortForwardingFact readForwarding(JsonObject in) throws IOException {
        return new PortForwardingFact(
                in.id("forwardingId"),
                in.id("routerId"),
                in.id("gatewayId"),
                in.id("networkId"),
                in.mac("mac"),
                in.address("externalAddress"),
                in.number("protocol", 0, 255),
                ports(in.object("externalPorts")),
                in.address("internalAddress"),
                ports(in.object("internalPorts")));
    }

    private static void ports(JsonGenerator out, String name, PortForwardingFact.Ports ports) {
        out.writeName(name).writeStartObject();
        out.writeNumberProperty("first", ports.first());
        out.writeNumberProperty("last", ports.last());
        out.writeEndObject();
    }

    private static PortForwardingFact.Ports ports(JsonObject in) throws ProtocolException {
        return new PortForwardingFact.Ports(in.number("first", 1, 65535), in.number("last", 1, 65535));
    }
}
