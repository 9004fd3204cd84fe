package io.weft.neutron;

import io.weft.domain.FixedIpRequest;
import io.weft.domain.GatewayInfo;
import io.weft.domain.QosChoice;
import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.Port;
import io.weft.model.Router;
import io.weft.rest.ApiException;
import io.weft.rest.Json;
import io.weft.rest.Kind;
import io.weft.rest.Kinds;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** A router's {@code external_gateway_info} and {@code external_gateways}, between JSON and the domain. */
final class GatewayValues {
    /** How many ways out a request may name. */
    private static final int MOST = 16;

    /** What is asked for; an empty object asks for no way out, as null does. */
    static final Kind<GatewayInfo> INFO = new Kind<>() {
        @Override
        public GatewayInfo read(JsonParser in, String field) {
            Wish wish = new Wish();
            Json.object(in, field, key -> wish.take(in, field, key));
            return wish.info(field);
        }

        @Override
        public void write(GatewayInfo value, JsonGenerator out) {
            throw new IllegalStateException("it is written from the router");
        }
    };

    /** Takes what asks for no way out and refuses the rest. */
    static final Kind<GatewayInfo> REFUSED = new Kind<>() {
        private final Kind<String> refusal = Refused.kind("is refused: external networks are not available");

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

    /** What was read of the object so far. */
    private static final class Wish {
        private boolean empty = true;
        private Optional<UUID> network = Optional.empty();
        private Optional<Boolean> snat = Optional.empty();
        private Optional<List<FixedIpRequest>> fixedIps = Optional.empty();
        private Optional<QosChoice> qosPolicy = Optional.empty();

        void take(JsonParser in, String field, String key) {
            empty = false;
            boolean none = in.currentToken() == JsonToken.VALUE_NULL;
            switch (key) {
                case "network_id" -> network = none ? Optional.empty() : Optional.of(Values.UUID_KIND.read(in, field));
                case "enable_snat" ->
                    snat = none ? Optional.empty() : Optional.of(Kinds.bool().read(in, field));
                case "external_fixed_ips" ->
                    fixedIps = none ? Optional.empty() : Optional.of(Values.FIXED_IPS.read(in, field));
                case "qos_policy_id" ->
                    qosPolicy = Optional.of(
                            new QosChoice(none ? Optional.empty() : Optional.of(Values.UUID_KIND.read(in, field))));
                default -> throw ApiException.invalid(field, "Unexpected keys supplied: " + key);
            }
        }

        GatewayInfo info(String field) {
            if (empty) {
                return new GatewayInfo.None();
            }
            return new GatewayInfo.On(
                    network.orElseThrow(() -> ApiException.invalid(field, "'network_id' is required")),
                    snat,
                    fixedIps,
                    qosPolicy);
        }
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
