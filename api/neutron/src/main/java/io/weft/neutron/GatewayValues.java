package io.weft.neutron;

import io.weft.domain.FixedIpRequest;
import io.weft.domain.GatewayInfo;
import io.weft.domain.QosChoice;
import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.Port;
import io.weft.model.Router;
import io.weft.rest.ApiException;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kind;
import io.weft.rest.Kinds;
import io.weft.rest.Member;
import io.weft.rest.Members;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** A router's {@code external_gateway_info} and {@code external_gateways}, between JSON and the domain. */
final class GatewayValues {
    /** How many ways out a request may name. */
    private static final int MOST = 16;

    private static final Member<UUID> NETWORK = Member.optional("network_id", Values.UUID_KIND);
    private static final Member<Boolean> SNAT = Member.optional("enable_snat", Kinds.bool());
    private static final Member<List<FixedIpRequest>> FIXED_IPS =
            Member.optional("external_fixed_ips", ObjectValues.FIXED_IPS);
    /** Absent, it stays as it is; null takes it away. */
    private static final Member<UUID> QOS = Member.optional("qos_policy_id", Values.UUID_KIND);

    private static final Kind<GatewayInfo> ANY =
            Members.object(List.of(NETWORK, SNAT, FIXED_IPS, QOS), GatewayValues::info, (_, _) -> throwUnwritten());

    /** What is asked for; an empty object asks for no way out, as null does. */
    static final Kind<GatewayInfo> INFO = ANY.narrowed(ANY.schema()
            .with("anyOf", List.of(JsonSchema.ANY.with("maxProperties", 0L).keywords(), named().keywords())));

    /** What is shown of a way out. */
    static final JsonSchema SHOWN = JsonSchema.object()
            .withMember("network_id", Forms.ID)
            .withMember("external_fixed_ips", ObjectValues.FIXED_IPS.writtenSchema())
            .withMember("enable_snat", Forms.FLAG)
            .withMember("qos_policy_id", Forms.ID.orNull());

    /** Takes what asks for no way out and refuses the rest. */
    static final Kind<GatewayInfo> REFUSED = new Kind<>() {
        private final Kind<String> refusal = Refused.kind("is refused: external networks are not available");

        @Override
        public JsonSchema schema() {
            return JsonSchema.NOTHING;
        }

        @Override
        public GatewayInfo read(JsonParser in, String field) {
            refusal.read(in, field);
            return new GatewayInfo.None();
        }

        @Override
        public void write(GatewayInfo value, JsonGenerator out) {
            throw new IllegalStateException("it is written from the router");
        }
    };

    /** The parts of what is asked for that have rules of their own in the policy. */
    static final List<String> PARTS = List.of("network_id", "enable_snat", "external_fixed_ips");

    /** Ways out to external networks, each named by its network. */
    static final Kind<List<GatewayInfo.On>> LIST = Kinds.listOf(
            new Kind<>() {
                @Override
                public JsonSchema schema() {
                    return ANY.schema().with("allOf", List.of(named().keywords()));
                }

                @Override
                public GatewayInfo.On read(JsonParser in, String field) {
                    if (INFO.read(in, field) instanceof GatewayInfo.On on) {
                        return on;
                    }
                    throw ApiException.invalid(field, "'network_id' is required");
                }

                @Override
                public void write(GatewayInfo.On value, JsonGenerator out) {
                    throw new IllegalStateException("they are written from the router");
                }
            },
            MOST,
            false);

    private GatewayValues() {}

    static boolean asksFor(GatewayInfo info, String part) {
        return info instanceof GatewayInfo.On on
                && switch (part) {
                    case "enable_snat" -> on.enableSnat().isPresent();
                    case "external_fixed_ips" -> on.fixedIps().isPresent();
                    default -> true;
                };
    }

    private static JsonSchema named() {
        return JsonSchema.ANY
                .with("required", List.of(NETWORK.name()))
                .with("properties", Map.of(NETWORK.name(), Forms.ID.keywords()));
    }

    private static void throwUnwritten() {
        throw new IllegalStateException("it is written from the router");
    }

    private static GatewayInfo info(Members wish) {
        if (wish.isBlank()) {
            return new GatewayInfo.None();
        }
        UUID network =
                wish.get(NETWORK).orElseThrow(() -> ApiException.invalid(wish.field(), "'network_id' is required"));
        Optional<QosChoice> qosPolicy = wish.has(QOS) ? Optional.of(new QosChoice(wish.get(QOS))) : Optional.empty();
        return new GatewayInfo.On(network, wish.get(SNAT), wish.get(FIXED_IPS), qosPolicy);
    }

    /** A router's first way out, or null. */
    static void write(Seen<Router> seen, JsonGenerator out) {
        seen.resource().gateway().ifPresentOrElse(gateway -> write(seen, gateway, out), out::writeNull);
    }

    /** All of a router's ways out, the first one first. */
    static void writeAll(Seen<Router> seen, JsonGenerator out) {
        out.writeStartArray();
        seen.resource().gateways().forEach(gateway -> write(seen, gateway, out));
        out.writeEndArray();
    }

    private static void write(Seen<Router> seen, ExternalGateway gateway, JsonGenerator out) {
        out.writeStartObject();
        out.writeStringProperty("network_id", gateway.networkId().toString());
        out.writeName("external_fixed_ips");
        out.writeStartArray();
        List<FixedIp> ips =
                seen.view().world().port(gateway.portId()).map(Port::fixedIps).orElse(List.of());
        for (FixedIp ip : ips) {
            out.writeStartObject();
            out.writeStringProperty("subnet_id", ip.subnetId().toString());
            out.writeStringProperty("ip_address", ip.address().toString());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeBooleanProperty("enable_snat", gateway.enableSnat());
        gateway.qosPolicy()
                .ifPresentOrElse(
                        policy -> out.writeStringProperty("qos_policy_id", policy.toString()),
                        () -> out.writeNullProperty("qos_policy_id"));
        out.writeEndObject();
    }
}
