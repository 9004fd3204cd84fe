package io.weft.neutron;

import io.weft.model.ExternalGateway;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.PortForwarding;
import io.weft.model.World;
import io.weft.rest.Attribute;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kinds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;

/** The attributes of a floating IP: https://docs.openstack.org/api-ref/network/v2/#floating-ips-floatingips. */
final class FloatingIpAttributes {
    private static final JsonSchema DETAILS = JsonSchema.object()
            .withMember("name", Forms.TEXT)
            .withMember("network_id", Forms.ID)
            .withMember("mac_address", Forms.MAC)
            .withMember("admin_state_up", Forms.FLAG)
            .withMember("status", Forms.TEXT)
            .withMember("device_id", Forms.TEXT)
            .withMember("device_owner", Forms.TEXT);
    private static final JsonSchema FORWARDING = JsonSchema.object()
            .withMember("protocol", Forms.TEXT)
            .withMember("internal_ip_address", Forms.ADDRESS)
            .withMember("internal_port", Forms.NUMBER)
            .withMember("internal_port_id", Forms.ID)
            .withMember("external_port", Forms.NUMBER)
            .withMember("id", Forms.ID);

    final StandardAttributes<FloatingIp> standard = new StandardAttributes<>(true);
    final Attribute<Seen<FloatingIp>, UUID> network = Attribute.<Seen<FloatingIp>, UUID>of(
                    "floating_network_id",
                    Values.UUID_KIND,
                    seen -> seen.resource().networkId())
            .required()
            .build();
    final Attribute<Seen<FloatingIp>, IpAddress> address = Attribute.<Seen<FloatingIp>, IpAddress>of(
                    "floating_ip_address",
                    Values.ADDRESS,
                    seen -> seen.resource().address())
            .post()
            .nullable()
            .build();
    final Attribute<Seen<FloatingIp>, UUID> subnet = Attribute.<Seen<FloatingIp>, UUID>of(
                    "subnet_id", Values.UUID_KIND, _ -> null)
            .post()
            .nullable()
            .hidden()
            .notFilterable()
            .notSortable()
            .build();
    final Attribute<Seen<FloatingIp>, UUID> router = Attribute.<Seen<FloatingIp>, UUID>of(
                    "router_id",
                    Values.UUID_KIND,
                    seen -> seen.resource().routerId().orElse(null))
            .mayBeAbsent()
            .build();
    final Attribute<Seen<FloatingIp>, UUID> port = Attribute.<Seen<FloatingIp>, UUID>of(
                    "port_id",
                    Values.UUID_KIND,
                    seen -> seen.resource()
                            .fixed()
                            .map(FloatingIp.Fixed::portId)
                            .orElse(null))
            .postAndPut()
            .nullable()
            .build();
    final Attribute<Seen<FloatingIp>, IpAddress> fixedAddress = Attribute.<Seen<FloatingIp>, IpAddress>of(
                    "fixed_ip_address",
                    Values.ADDRESS,
                    seen -> seen.resource()
                            .fixed()
                            .map(FloatingIp.Fixed::address)
                            .orElse(null))
            .postAndPut()
            .nullable()
            .build();
    final Attribute<Seen<FloatingIp>, UUID> qosPolicy = Attribute.<Seen<FloatingIp>, UUID>of(
                    "qos_policy_id",
                    Values.UUID_KIND,
                    seen -> seen.resource().qosPolicy().orElse(null))
            .postAndPut()
            .nullable()
            .build();
    private final Attribute<Seen<FloatingIp>, String> status = Attribute.<Seen<FloatingIp>, String>of(
                    "status", Kinds.text(16), seen -> isTranslated(seen) ? "ACTIVE" : "DOWN")
            .build();
    private final Attribute<Seen<FloatingIp>, String> portDetails = Attribute.<Seen<FloatingIp>, String>of(
                    "port_details", Kinds.text(16), _ -> null)
            .written(DETAILS.orNull(), FloatingIpAttributes::details)
            .notFilterable()
            .notSortable()
            .build();
    private final Attribute<Seen<FloatingIp>, String> forwardings = Attribute.<Seen<FloatingIp>, String>of(
                    "port_forwardings", Kinds.text(16), _ -> null)
            .written(JsonSchema.list(FORWARDING), FloatingIpAttributes::forwardings)
            .notFilterable()
            .notSortable()
            .build();

    List<Attribute<Seen<FloatingIp>, ?>> all() {
        List<Attribute<Seen<FloatingIp>, ?>> all = new ArrayList<>();
        all.addAll(List.of(
                standard.id,
                standard.project,
                standard.tenant,
                standard.description,
                network,
                address,
                subnet,
                router,
                port,
                fixedAddress,
                status,
                portDetails,
                forwardings,
                nameless("dns_name"),
                nameless("dns_domain"),
                qosPolicy,
                Refused.attribute("distributed", "dvr", "True")));
        all.addAll(List.of(standard.tags, standard.revision, standard.createdAt, standard.updatedAt));
        return all;
    }

    private static Attribute<Seen<FloatingIp>, String> nameless(String name) {
        return Attribute.<Seen<FloatingIp>, String>of(
                        name, Refused.kind("is refused: floating IPs have no names", ""), _ -> null)
                .postAndPut()
                .nullable()
                .unannounced()
                .build();
    }

    /** Whether it leads somewhere and a node translates: one of its router's, or that of its port. */
    private static boolean isTranslated(Seen<FloatingIp> seen) {
        World world = seen.view().world();
        FloatingIp floatingIp = seen.resource();
        Optional<ExternalGateway> gateway = floatingIp
                .routerId()
                .flatMap(world::router)
                .flatMap(router -> router.gatewayTo(floatingIp.networkId()));
        if (gateway.isEmpty()) {
            return false;
        }
        Optional<String> physical = world.network(floatingIp.networkId()).flatMap(Network::physicalNetwork);
        boolean own = floatingIp
                .fixed()
                .flatMap(fixed -> world.port(fixed.portId()))
                .flatMap(inside -> world.node(inside.binding().host()))
                .filter(node -> physical.filter(node::has).isPresent())
                .isPresent();
        return own || !gateway.get().nodes().isEmpty();
    }

    private static void details(Seen<FloatingIp> seen, JsonGenerator out) {
        Optional<Port> found =
                seen.resource().fixed().flatMap(fixed -> seen.view().world().port(fixed.portId()));
        if (found.isEmpty()) {
            out.writeNull();
            return;
        }
        Port port = found.get();
        out.writeStartObject();
        out.writeStringProperty("name", port.name());
        out.writeStringProperty("network_id", port.networkId().toString());
        out.writeStringProperty("mac_address", port.mac().toString());
        out.writeBooleanProperty("admin_state_up", port.adminStateUp());
        out.writeStringProperty("status", seen.view().status(port).name());
        out.writeStringProperty("device_id", port.deviceId());
        out.writeStringProperty("device_owner", port.deviceOwner());
        out.writeEndObject();
    }

    private static void forwardings(Seen<FloatingIp> seen, JsonGenerator out) {
        out.writeStartArray();
        for (PortForwarding forwarding : seen.resource().forwardings()) {
            out.writeStartObject();
            out.writeStringProperty("protocol", forwarding.protocol().text());
            out.writeStringProperty("internal_ip_address", forwarding.address().toString());
            out.writeNumberProperty("internal_port", forwarding.internal().first());
            out.writeStringProperty("internal_port_id", forwarding.portId().toString());
            out.writeNumberProperty("external_port", forwarding.external().first());
            out.writeStringProperty("id", forwarding.id().toString());
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
