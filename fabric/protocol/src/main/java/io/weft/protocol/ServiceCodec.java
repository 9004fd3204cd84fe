package io.weft.protocol;

import io.weft.model.AllowedCallers;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MemberLocality;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** Services and their members as JSON. */
final class ServiceCodec {
    private ServiceCodec() {}

    static void write(JsonGenerator out, ServiceFact service) {
        FactCodec.id(out, "serviceId", service.serviceId());
        FactCodec.id(out, "networkId", service.networkId());
        FactCodec.id(out, "portId", service.portId());
        out.writeStringProperty("mac", service.mac().toString());
        FactCodec.texts(out, "addresses", service.addresses());
        out.writeNumberProperty("protocol", service.protocol());
        out.writeNumberProperty("port", service.port());
        service.poolId().ifPresent(pool -> FactCodec.id(out, "poolId", pool));
        if (service.affinity() > 0) {
            out.writeNumberProperty("affinity", service.affinity());
        }
        if (service.locality() != MemberLocality.ANY) {
            out.writeStringProperty("locality", service.locality().text());
        }
        AllowedCallers callers = service.callers();
        if (!callers.cidrs().isEmpty()) {
            FactCodec.texts(out, "allowed", callers.cidrs());
        }
        if (callers.scope() != AllowedCallers.Scope.ALL) {
            out.writeStringProperty("allowedScope", callers.scope().text());
        }
        service.nodeHealth().ifPresent(name -> out.writeStringProperty("nodeHealth", name));
    }

    static ServiceFact readService(JsonObject in) throws IOException {
        return new ServiceFact(
                in.id("serviceId"),
                in.id("networkId"),
                in.id("portId"),
                in.mac("mac"),
                in.texts("addresses", IpAddress::parse),
                in.number("protocol", 0, 255),
                in.number("port", 1, 65535),
                in.has("poolId") ? Optional.of(in.id("poolId")) : Optional.empty(),
                in.has("affinity") ? in.number("affinity", 0, ServiceFact.MAX_AFFINITY) : 0,
                in.has("locality") ? MemberLocality.parse(in.text("locality")) : MemberLocality.ANY,
                new AllowedCallers(
                        in.texts("allowed", IpPrefix::parse),
                        in.has("allowedScope")
                                ? AllowedCallers.Scope.parse(in.text("allowedScope"))
                                : AllowedCallers.Scope.ALL),
                in.has("nodeHealth") ? Optional.of(in.text("nodeHealth")) : Optional.empty());
    }

    static void write(JsonGenerator out, ServiceMember member) {
        FactCodec.id(out, "memberId", member.memberId());
        FactCodec.id(out, "poolId", member.poolId());
        out.writeStringProperty("address", member.address().toString());
        out.writeNumberProperty("port", member.port());
        out.writeNumberProperty("weight", member.weight());
    }

    static ServiceMember readMember(JsonObject in) throws IOException {
        return new ServiceMember(
                in.id("memberId"),
                in.id("poolId"),
                in.address("address"),
                in.number("port", 1, 65535),
                in.number("weight", 0, ServiceMember.MAX_WEIGHT));
    }
}
