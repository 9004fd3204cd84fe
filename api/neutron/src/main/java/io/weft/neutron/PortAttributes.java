package io.weft.neutron;

import io.weft.domain.AddressPairRequest;
import io.weft.domain.FixedIpRequest;
import io.weft.domain.Settings;
import io.weft.domain.replica.View;
import io.weft.model.Binding;
import io.weft.model.FixedIp;
import io.weft.model.MacAddress;
import io.weft.model.Port;
import io.weft.model.PortExtras;
import io.weft.model.Trunk;
import io.weft.model.World;
import io.weft.neutron.ObjectValues.OptionWish;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kinds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** The attributes of a port: https://docs.openstack.org/api-ref/network/v2/#ports. */
final class PortAttributes {
    final StandardAttributes<Port> standard = new StandardAttributes<>(true);
    final Attribute<Seen<Port>, UUID> networkId = Attribute.<Seen<Port>, UUID>of(
                    "network_id", Values.UUID_KIND, seen -> seen.resource().networkId())
            .required()
            .build();
    final Attribute<Seen<Port>, Boolean> adminStateUp = Attribute.<Seen<Port>, Boolean>of(
                    "admin_state_up", Kinds.bool(), seen -> seen.resource().adminStateUp())
            .postAndPut()
            .byDefault(true)
            .build();
    final Attribute<Seen<Port>, String> status = Attribute.<Seen<Port>, String>of(
                    "status",
                    Kinds.text(16),
                    seen -> seen.view().status(seen.resource()).name())
            .build();
    final Attribute<Seen<Port>, MacAddress> mac = Attribute.<Seen<Port>, MacAddress>of(
                    "mac_address", Values.MAC, seen -> seen.resource().mac())
            .postAndPut()
            .nullable()
            .build();
    final Attribute<Seen<Port>, List<FixedIpRequest>> fixedIps = Attribute.<Seen<Port>, List<FixedIpRequest>>of(
                    "fixed_ips", ObjectValues.FIXED_IPS, _ -> null)
            .written(ObjectValues.FIXED_IPS.writtenSchema(), (seen, out) -> writeFixedIps(seen.resource(), out))
            .filtered(
                    Forms.TEXT.with("pattern", "^(ip_address|ip_address_substr|subnet_id)="),
                    PortAttributes::filterFixedIps)
            .parts(List.of("ip_address", "subnet_id"), ObjectValues::asksFor)
            .postAndPut()
            .nullable()
            .notSortable()
            .build();
    final Attribute<Seen<Port>, String> deviceId = Attribute.<Seen<Port>, String>of(
                    "device_id", Kinds.text(255), seen -> seen.resource().deviceId())
            .postAndPut()
            .nullable()
            .byDefault("")
            .build();
    final Attribute<Seen<Port>, String> deviceOwner = Attribute.<Seen<Port>, String>of(
                    "device_owner", Kinds.text(255), seen -> seen.resource().deviceOwner())
            .postAndPut()
            .nullable()
            .byDefault("")
            .build();
    final Attribute<Seen<Port>, List<AddressPairRequest>> addressPairs =
            Attribute.<Seen<Port>, List<AddressPairRequest>>of(
                            "allowed_address_pairs",
                            ObjectValues.ADDRESS_PAIRS,
                            seen -> seen.resource().allowedAddressPairs().stream()
                                    .map(pair -> new AddressPairRequest(pair.prefix(), Optional.of(pair.mac())))
                                    .toList())
                    .parts(List.of("ip_address", "mac_address"), PortAttributes::asksFor)
                    .postAndPut()
                    .nullable()
                    .notFilterable()
                    .build();
    final Attribute<Seen<Port>, Boolean> portSecurity = Attribute.<Seen<Port>, Boolean>of(
                    "port_security_enabled",
                    Kinds.bool(),
                    seen -> seen.resource().portSecurityEnabled())
            .postAndPut()
            .build();
    final Attribute<Seen<Port>, List<OptionWish>> dhcpOptions = Attribute.<Seen<Port>, List<OptionWish>>of(
                    "extra_dhcp_opts",
                    ObjectValues.DHCP_OPTIONS,
                    seen -> seen.resource().extraDhcpOptions().stream()
                            .map(OptionWish::of)
                            .toList())
            .postAndPut()
            .nullable()
            .notFilterable()
            .build();
    final Attribute<Seen<Port>, String> vnicType = Attribute.<Seen<Port>, String>of(
                    "binding:vnic_type",
                    Kinds.oneOf(List.of("normal")),
                    seen -> seen.resource().binding().vnicType())
            .postAndPut()
            .byDefault("normal")
            .build();
    final Attribute<Seen<Port>, String> host = Attribute.<Seen<Port>, String>of(
                    "binding:host_id",
                    Kinds.text(255),
                    seen -> seen.resource().binding().host())
            .postAndPut()
            .nullable()
            .byDefault("")
            .build();
    final Attribute<Seen<Port>, Map<String, Object>> profile = Attribute.<Seen<Port>, Map<String, Object>>of(
                    "binding:profile",
                    Values.PROFILE,
                    seen -> seen.resource().binding().profile())
            .postAndPut()
            .nullable()
            .notFilterable()
            .build();
    final Attribute<Seen<Port>, String> vifType = Attribute.<Seen<Port>, String>of(
                    "binding:vif_type",
                    Kinds.text(64),
                    seen -> vifType(seen.view(), seen.resource().binding()))
            .build();
    final Attribute<Seen<Port>, Map<String, Object>> vifDetails = Attribute.<Seen<Port>, Map<String, Object>>of(
                    "binding:vif_details",
                    Values.PROFILE,
                    seen -> vifDetails(seen.view(), seen.resource().binding()))
            .notFilterable()
            .build();

    final Attribute<Seen<Port>, UUID> qosPolicy = Attribute.<Seen<Port>, UUID>of(
                    "qos_policy_id",
                    Values.UUID_KIND,
                    seen -> seen.resource().qosPolicy().orElse(null))
            .postAndPut()
            .nullable()
            .build();
    final Attribute<Seen<Port>, UUID> networkQosPolicy = Attribute.<Seen<Port>, UUID>of(
                    "qos_network_policy_id",
                    Values.UUID_KIND,
                    seen -> seen.view()
                            .world()
                            .networkQosPolicyOf(seen.resource())
                            .orElse(null))
            .mayBeAbsent()
            .build();

    final Attribute<Seen<Port>, String> dnsName = Attribute.<Seen<Port>, String>of(
                    "dns_name", Values.DNS_NAME, seen -> seen.resource().dns().name())
            .postAndPut()
            .byDefault("")
            .build();
    final Attribute<Seen<Port>, String> dnsDomain = Attribute.<Seen<Port>, String>of(
                    "dns_domain",
                    Values.DNS_DOMAIN,
                    seen -> seen.resource().dns().domain())
            .postAndPut()
            .byDefault("")
            .build();

    private final Attribute<Seen<Port>, String> ipAllocation = Attribute.<Seen<Port>, String>of(
                    "ip_allocation",
                    Kinds.text(16),
                    seen -> seen.resource().extras().unaddressed() ? "none" : "immediate")
            .build();
    final Attribute<Seen<Port>, String> numaAffinityPolicy = Attribute.<Seen<Port>, String>of(
                    "numa_affinity_policy",
                    Kinds.oneOf(PortExtras.NUMA_AFFINITY_POLICIES),
                    seen -> orNull(seen.resource().extras().numaAffinityPolicy()))
            .postAndPut()
            .nullable()
            .build();
    final Attribute<Seen<Port>, String> deviceProfile = Attribute.<Seen<Port>, String>of(
                    "device_profile",
                    Kinds.text(255),
                    seen -> orNull(seen.resource().extras().deviceProfile()))
            .post()
            .nullable()
            .build();

    /** What is behind the tags of a trunk's parent; other ports show nothing. */
    private final Attribute<Seen<Port>, String> trunkDetails = Attribute.<Seen<Port>, String>of(
                    "trunk_details", Kinds.text(0), _ -> null)
            .written(
                    JsonSchema.object()
                            .withMember("trunk_id", Kinds.UUID_FORM)
                            .withMember(
                                    "sub_ports",
                                    JsonSchema.list(
                                            SubportValues.SHOWN.withMember("mac_address", JsonSchema.ofType("string"))))
                            .orNull(),
                    PortAttributes::writeTrunk)
            .notFilterable()
            .notSortable()
            .build();

    private final Attribute<Seen<Port>, List<String>> dnsAssignment;
    private final Optional<Attribute<Seen<Port>, List<UUID>>> securityGroups;

    /** @param settings whether ports have security groups, which are refused otherwise; and the domain of their names */
    PortAttributes(Settings settings) {
        securityGroups = settings.securityGroups() ? Optional.of(groups()) : Optional.empty();
        dnsAssignment = Attribute.<Seen<Port>, List<String>>of(
                        "dns_assignment", Kinds.listOf(Kinds.text(255), 0, false), _ -> List.of())
                .written(
                        DnsAssignment.SHOWN,
                        (seen, out) -> DnsAssignment.write(seen.resource(), settings.dnsDomain(), out))
                .notFilterable()
                .notSortable()
                .build();
    }

    private static boolean asksFor(List<AddressPairRequest> pairs, String part) {
        return part.equals("ip_address")
                ? !pairs.isEmpty()
                : pairs.stream().anyMatch(pair -> pair.mac().isPresent());
    }

    private static Attribute<Seen<Port>, List<UUID>> groups() {
        return Attribute.<Seen<Port>, List<UUID>>of(
                        "security_groups", Values.UUIDS, seen -> seen.resource().groups())
                .postAndPut()
                .nullable()
                .notSortable()
                .build();
    }

    /** The groups whose rules apply to the port; empty when ports have none in this installation. */
    Optional<Attribute<Seen<Port>, List<UUID>>> securityGroups() {
        return securityGroups;
    }

    List<Attribute<Seen<Port>, ?>> all() {
        List<Attribute<Seen<Port>, ?>> own = new ArrayList<>(own());
        own.add(
                securityGroups.isPresent()
                        ? securityGroups.get()
                        : Refused.attribute("security_groups", "security-group"));
        return standard.around(own);
    }

    private List<Attribute<Seen<Port>, ?>> own() {
        return List.of(
                networkId,
                adminStateUp,
                status,
                mac,
                fixedIps,
                deviceId,
                deviceOwner,
                addressPairs,
                portSecurity,
                dhcpOptions,
                vnicType,
                host,
                profile,
                vifType,
                vifDetails,
                dnsName,
                dnsDomain,
                dnsAssignment,
                qosPolicy,
                networkQosPolicy,
                ipAllocation,
                numaAffinityPolicy,
                deviceProfile,
                trunkDetails,
                Refused.attribute("data_plane_status", "data-plane-status"),
                Refused.attribute("hints", "port-hints"),
                Refused.attribute("propagate_uplink_status", "uplink-status-propagation", "False"));
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** The names that Nova knows: a tap device that something else wires, as libvirt's plain {@code ethernet} type. */
    static String vifType(View view, Binding binding) {
        if (!binding.isBound()) {
            return "unbound";
        }
        return view.world().node(binding.host()).isPresent() ? "tap" : "binding_failed";
    }

    static Map<String, Object> vifDetails(View view, Binding binding) {
        return vifType(view, binding).equals("tap") ? Map.of("port_filter", true, "connectivity", "l2") : Map.of();
    }

    private static void writeTrunk(Seen<Port> seen, JsonGenerator out) {
        World world = seen.view().world();
        Optional<Trunk> trunk = world.trunkOfParent(seen.resource().id());
        if (trunk.isEmpty()) {
            out.writeNull();
            return;
        }
        out.writeStartObject();
        out.writeStringProperty("trunk_id", trunk.get().id().toString());
        out.writeName("sub_ports");
        out.writeStartArray();
        for (Trunk.Subport subport : trunk.get().subports()) {
            out.writeStartObject();
            SubportValues.writeFields(subport, out);
            world.port(subport.portId())
                    .ifPresent(port ->
                            out.writeStringProperty("mac_address", port.mac().toString()));
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void writeFixedIps(Port port, JsonGenerator out) {
        out.writeStartArray();
        for (FixedIp ip : port.fixedIps()) {
            out.writeStartObject();
            out.writeStringProperty("subnet_id", ip.subnetId().toString());
            out.writeStringProperty("ip_address", ip.address().toString());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    /**
     * Texts have the form {@code key=value}. Values of one key are alternatives; one address must satisfy all keys, as
     * Neutron joins them.
     */
    private static Predicate<Seen<Port>> filterFixedIps(List<String> texts) {
        Map<String, List<String>> wanted = new HashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            String key = equals < 0 ? text : text.substring(0, equals);
            if (equals < 0
                    || !List.of("ip_address", "subnet_id", "ip_address_substr").contains(key)) {
                throw ApiException.invalid(
                        "fixed_ips",
                        "'" + text + "' is not of the form ip_address=…, ip_address_substr=… or subnet_id=…");
            }
            wanted.computeIfAbsent(key, _ -> new ArrayList<>()).add(text.substring(equals + 1));
        }
        List<String> addresses = wanted.getOrDefault("ip_address", List.of());
        List<String> subnets = wanted.getOrDefault("subnet_id", List.of());
        List<String> parts = wanted.getOrDefault("ip_address_substr", List.of());
        return seen -> seen.resource().fixedIps().stream()
                .anyMatch(ip -> (addresses.isEmpty()
                                || addresses.contains(ip.address().toString()))
                        && (subnets.isEmpty() || subnets.contains(ip.subnetId().toString()))
                        && (parts.isEmpty()
                                || parts.stream().anyMatch(ip.address().toString()::contains)));
    }
}
