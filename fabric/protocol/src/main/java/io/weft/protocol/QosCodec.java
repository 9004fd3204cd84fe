package io.weft.protocol;

import io.weft.protocol.PortQos.Limits;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** Limits of ports and addresses as JSON; what is not limited is left out. */
final class QosCodec {
    private static final int MAX_DSCP = 63;

    private QosCodec() {}

    static void write(JsonGenerator out, PortQos qos) {
        FactCodec.id(out, "portId", qos.portId());
        write(out, qos.egress(), qos.ingress(), qos.dscp());
        number(out, "guaranteedKilobits", qos.guaranteedKilobits());
    }

    static void write(JsonGenerator out, AddressQos qos) {
        FactCodec.id(out, "ownerId", qos.ownerId());
        FactCodec.id(out, "routerId", qos.routerId());
        out.writeStringProperty("address", qos.address().toString());
        write(out, qos.egress(), qos.ingress(), qos.dscp());
    }

    private static void write(JsonGenerator out, Limits egress, Limits ingress, Optional<Integer> dscp) {
        limits(out, "egress", egress);
        limits(out, "ingress", ingress);
        dscp.ifPresent(mark -> out.writeNumberProperty("dscp", mark));
    }

    private static void limits(JsonGenerator out, String name, Limits limits) {
        if (limits.equals(Limits.NONE)) {
            return;
        }
        out.writeName(name).writeStartObject();
        number(out, "kilobits", limits.kilobits());
        number(out, "burstKilobits", limits.burstKilobits());
        number(out, "kilopackets", limits.kilopackets());
        number(out, "burstKilopackets", limits.burstKilopackets());
        out.writeEndObject();
    }

    private static void number(JsonGenerator out, String name, int number) {
        if (number != 0) {
            out.writeNumberProperty(name, number);
        }
    }

    static PortQos read(JsonObject in) throws IOException {
        return new PortQos(
                in.id("portId"),
                limits(in, "egress"),
                limits(in, "ingress"),
                number(in, "guaranteedKilobits"),
                dscp(in));
    }

    static AddressQos readOfAddress(JsonObject in) throws IOException {
        return new AddressQos(
                in.id("ownerId"),
                in.id("routerId"),
                in.address("address"),
                limits(in, "egress"),
                limits(in, "ingress"),
                dscp(in));
    }

    private static Optional<Integer> dscp(JsonObject in) throws ProtocolException {
        return in.has("dscp") ? Optional.of(in.number("dscp", 0, MAX_DSCP)) : Optional.empty();
    }

    private static Limits limits(JsonObject in, String name) throws ProtocolException {
        if (!in.has(name)) {
            return Limits.NONE;
        }
        JsonObject limits = in.object(name);
        return new Limits(
                number(limits, "kilobits"),
                number(limits, "burstKilobits"),
                number(limits, "kilopackets"),
                number(limits, "burstKilopackets"));
    }

    private static int number(JsonObject in, String name) throws ProtocolException {
        return in.has(name) ? in.number(name, 0, Integer.MAX_VALUE) : 0;
    }
}
