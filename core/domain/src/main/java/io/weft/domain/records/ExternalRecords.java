package io.weft.domain.records;

import io.weft.model.ExternalGateway;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpProtocol;
import io.weft.model.Meta;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.PortForwarding;
import io.weft.model.PortRange;
import io.weft.model.Router;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** The fields of records that say how networks and routers lead out. */
final class ExternalRecords {
    private static final Set<String> FLOATING_IP_FIELDS =
            Set.of(Names.NETWORK, Names.PORT, Names.ADDRESS, Names.ROUTER, Names.FIXED, Names.FORWARDINGS, Names.QOS);

    private static final Set<String> NETWORK_FIELDS =
            Set.of(Names.EXTERNAL, Names.PHYSICAL, Names.DEFAULT, Names.TOPOLOGY);

    private static final Set<String> ROUTER_FIELDS = Set.of(Names.OUT, Names.FURTHER_OUT, Names.ECMP, Names.BFD);

    private final Map<String, Object> values = new HashMap<>(0);

    /** Takes in a field of a network; false when it is none. */
    boolean network(String name, JsonParser json) {
        return keep(NETWORK_FIELDS.contains(name), name, json);
    }

    /** Takes in a field of a router; false when it is none. */
    boolean router(String name, JsonParser json) {
        return keep(ROUTER_FIELDS.contains(name), name, json);
    }

    /** Takes in a field of a node; false when it is none. */
    boolean node(String name, JsonParser json) {
        return keep(name.equals(Names.PHYSICALS), name, json);
    }

    /** Takes in a field of a floating IP; false when it is none. */
    boolean floatingIp(String name, JsonParser json) {
        return keep(FLOATING_IP_FIELDS.contains(name), name, json);
    }

    private boolean keep(boolean known, String name, JsonParser json) {
        if (known) {
            values.put(name, Values.read(json));
        }
        return known;
    }

    boolean isExternal() {
        return Boolean.TRUE.equals(values.get(Names.EXTERNAL));
    }

    /** A build that does not know the field may have ended that the network leads out. */
    boolean isDefault() {
        return Boolean.TRUE.equals(values.get(Names.DEFAULT)) && isExternal();
    }

    Optional<UUID> topologyRouter() {
        return values.containsKey(Names.TOPOLOGY) ? Optional.of(id(values, Names.TOPOLOGY)) : Optional.empty();
    }

    Optional<String> physicalNetwork() {
        return values.containsKey(Names.PHYSICAL) ? Optional.of(text(values, Names.PHYSICAL)) : Optional.empty();
    }

    List<String> physicalNetworks() {
        return list(values, Names.PHYSICALS).stream().map(Object::toString).toList();
    }

    /** The first one stands apart: routers had no others once. */
    List<ExternalGateway> gateways() {
        List<ExternalGateway> gateways = new ArrayList<>();
        if (values.containsKey(Names.OUT)) {
            gateways.add(gateway(fields(values.get(Names.OUT))));
        }
        list(values, Names.FURTHER_OUT).forEach(out -> gateways.add(gateway(fields(out))));
        return gateways;
    }

    boolean isDefaultRouteEcmp() {
        return Boolean.TRUE.equals(values.get(Names.ECMP));
    }

    boolean isDefaultRouteBfd() {
        return Boolean.TRUE.equals(values.get(Names.BFD));
    }

    private static ExternalGateway gateway(Map<?, ?> out) {
        return new ExternalGateway(
                id(out, Names.NETWORK),
                id(out, Names.PORT),
                Boolean.TRUE.equals(out.get(Names.SNAT)),
                number(out.get(Names.VNI)),
                list(out, Names.NODES).stream()
                        .map(node -> UUID.fromString(node.toString()))
                        .toList(),
                optionalId(out, Names.QOS));
    }

    FloatingIp floatingIp(Meta meta) {
        Optional<FloatingIp.Fixed> fixed = Optional.empty();
        if (values.containsKey(Names.FIXED)) {
            Map<?, ?> inside = fields(values.get(Names.FIXED));
            fixed = Optional.of(
                    new FloatingIp.Fixed(id(inside, Names.PORT), IpAddress.parse(text(inside, Names.ADDRESS))));
        }
        return new FloatingIp(
                meta,
                id(values, Names.NETWORK),
                id(values, Names.PORT),
                IpAddress.parse(text(values, Names.ADDRESS)),
                optionalId(values, Names.ROUTER),
                fixed,
                list(values, Names.FORWARDINGS).stream()
                        .map(item -> forwarding(fields(item)))
                        .toList(),
                optionalId(values, Names.QOS));
    }

    private static PortForwarding forwarding(Map<?, ?> fields) {
        return new PortForwarding(
                id(fields, Names.ID),
                fields.containsKey(Names.DESCRIPTION) ? text(fields, Names.DESCRIPTION) : "",
                IpProtocol.parse(text(fields, Names.PROTOCOL)),
                range(fields, Names.OUTSIDE),
                id(fields, Names.PORT),
                IpAddress.parse(text(fields, Names.ADDRESS)),
                range(fields, Names.INSIDE));
    }

    private static PortRange range(Map<?, ?> fields, String name) {
        List<?> ends = list(fields, name);
        if (ends.size() != 2) {
            throw new IllegalArgumentException("the field " + name + " is no range");
        }
        return new PortRange(number(ends.getFirst()), number(ends.getLast()));
    }

    private static Map<?, ?> fields(Object value) {
        if (value instanceof Map<?, ?> fields) {
            return fields;
        }
        throw new IllegalArgumentException("not a JSON object");
    }

    private static List<?> list(Map<?, ?> fields, String name) {
        Object value = fields.containsKey(name) ? fields.get(name) : List.of();
        if (value instanceof List<?> items) {
            return items;
        }
        throw new IllegalArgumentException("the field " + name + " is no list");
    }

    private static int number(@Nullable Object value) {
        if (value instanceof Integer number) {
            return number;
        }
        throw new IllegalArgumentException("not a number: " + value);
    }

    private static UUID id(Map<?, ?> fields, String name) {
        return UUID.fromString(text(fields, name));
    }

    private static Optional<UUID> optionalId(Map<?, ?> fields, String name) {
        return fields.containsKey(name) ? Optional.of(id(fields, name)) : Optional.empty();
    }

    private static String text(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("the field " + name + " is missing");
    }

    static void write(JsonGenerator json, Network network) {
        RecordWriter.flag(json, Names.EXTERNAL, network.external());
        network.physicalNetwork().ifPresent(name -> json.writeStringProperty(Names.PHYSICAL, name));
        RecordWriter.flag(json, Names.DEFAULT, network.isDefault());
        network.topologyRouter().ifPresent(router -> json.writeStringProperty(Names.TOPOLOGY, router.toString()));
    }

    static void write(JsonGenerator json, Node node) {
        texts(json, Names.PHYSICALS, node.physicalNetworks());
    }

    static void write(JsonGenerator json, Router router) {
        List<ExternalGateway> gateways = router.gateways();
        router.gateway().ifPresent(out -> {
            json.writeName(Names.OUT);
            write(json, out);
        });
        if (gateways.size() > 1) {
            json.writeName(Names.FURTHER_OUT);
            json.writeStartArray();
            gateways.subList(1, gateways.size()).forEach(out -> write(json, out));
            json.writeEndArray();
        }
        RecordWriter.flag(json, Names.ECMP, router.defaultRouteEcmp());
        RecordWriter.flag(json, Names.BFD, router.defaultRouteBfd());
    }

    private static void write(JsonGenerator json, ExternalGateway out) {
        json.writeStartObject();
        id(json, Names.NETWORK, out.networkId());
        id(json, Names.PORT, out.portId());
        RecordWriter.flag(json, Names.SNAT, out.enableSnat());
        json.writeNumberProperty(Names.VNI, out.transitVni());
        texts(json, Names.NODES, out.nodes());
        out.qosPolicy().ifPresent(policy -> id(json, Names.QOS, policy));
        json.writeEndObject();
    }

    static void write(JsonGenerator json, FloatingIp floatingIp) {
        id(json, Names.NETWORK, floatingIp.networkId());
        id(json, Names.PORT, floatingIp.portId());
        json.writeStringProperty(Names.ADDRESS, floatingIp.address().toString());
        floatingIp.routerId().ifPresent(router -> id(json, Names.ROUTER, router));
        floatingIp.fixed().ifPresent(fixed -> {
            json.writeName(Names.FIXED);
            json.writeStartObject();
            id(json, Names.PORT, fixed.portId());
            json.writeStringProperty(Names.ADDRESS, fixed.address().toString());
            json.writeEndObject();
        });
        if (!floatingIp.forwardings().isEmpty()) {
            json.writeName(Names.FORWARDINGS);
            json.writeStartArray();
            floatingIp.forwardings().forEach(forwarding -> write(json, forwarding));
            json.writeEndArray();
        }
        floatingIp.qosPolicy().ifPresent(policy -> id(json, Names.QOS, policy));
    }

    private static void write(JsonGenerator json, PortForwarding forwarding) {
        json.writeStartObject();
        id(json, Names.ID, forwarding.id());
        RecordWriter.text(json, Names.DESCRIPTION, forwarding.description());
        json.writeStringProperty(Names.PROTOCOL, forwarding.protocol().text());
        range(json, Names.OUTSIDE, forwarding.external());
        id(json, Names.PORT, forwarding.portId());
        json.writeStringProperty(Names.ADDRESS, forwarding.address().toString());
        range(json, Names.INSIDE, forwarding.internal());
        json.writeEndObject();
    }

    private static void range(JsonGenerator json, String name, PortRange range) {
        json.writeName(name);
        json.writeStartArray();
        json.writeNumber(range.first());
        json.writeNumber(range.last());
        json.writeEndArray();
    }

    private static void id(JsonGenerator json, String name, UUID id) {
        json.writeStringProperty(name, id.toString());
    }

    private static void texts(JsonGenerator json, String name, List<?> values) {
        if (!values.isEmpty()) {
            json.writeName(name);
            json.writeStartArray();
            values.forEach(value -> json.writeString(value.toString()));
            json.writeEndArray();
        }
    }
}
