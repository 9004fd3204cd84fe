package io.weft.responders.metadata;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Route;
import io.weft.responders.PortView;
import io.weft.responders.SubnetView;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The documents below {@code openstack} (Nova user guide, "Metadata": meta_data.json and network_data.json). */
final class OpenStackDocuments {
    /** The first versions that had what is served; tools take the newest that they know. */
    private static final List<String> VERSIONS = List.of("2012-08-10", "2015-10-15", "latest");

    private static final JsonFactory FACTORY = new JsonFactory();

    private OpenStackDocuments() {}

    static Optional<Document> find(String path, Instance instance, Optional<byte[]> userData) {
        String[] words = path.split("/", 2);
        if (words[0].isEmpty()) {
            return Optional.of(Document.text(String.join("\n", VERSIONS)));
        }
        if (!VERSIONS.contains(words[0])) {
            return Optional.empty();
        }
        return switch (words.length > 1 ? words[1] : "") {
            case "" ->
                Optional.of(Document.text(
                        "meta_data.json\nnetwork_data.json" + (userData.isPresent() ? "\nuser_data" : "")));
            case "meta_data.json" -> Optional.of(json(out -> metadata(out, instance)));
            case "network_data.json" -> Optional.of(json(out -> network(out, instance)));
            case "user_data" -> userData.map(content -> new Document("application/octet-stream", content));
            default -> Optional.empty();
        };
    }

    private static Document json(Consumer<JsonGenerator> content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes, JsonEncoding.UTF8)) {
            out.writeStartObject();
            content.accept(out);
            out.writeEndObject();
        }
        return Document.json(bytes.toByteArray());
    }

    private static void metadata(JsonGenerator out, Instance instance) {
        out.writeStringProperty("uuid", instance.id());
        out.writeStringProperty("hostname", instance.hostname());
        out.writeStringProperty("name", instance.hostname());
        if (!instance.project().isEmpty()) {
            out.writeStringProperty("project_id", instance.project());
        }
        out.writeNumberProperty("launch_index", 0);
    }

    private static void network(JsonGenerator out, Instance instance) {
        out.writeName("links").writeStartArray();
        out.writeStartObject();
        out.writeStringProperty("id", "port0");
        out.writeStringProperty("type", "phy");
        out.writeStringProperty("vif_id", instance.portId().toString());
        out.writeStringProperty("ethernet_mac_address", instance.port().mac().toString());
        out.writeNumberProperty("mtu", instance.port().network().mtu());
        out.writeEndObject();
        out.writeEndArray();
        out.writeName("networks").writeStartArray();
        int number = 0;
        for (PortView.Address address : instance.port().addresses()) {
            out.writeStartObject();
            out.writeStringProperty("id", "network" + number++);
            address(out, instance, address);
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeName("services").writeStartArray();
        instance.port().addresses().stream()
                .flatMap(address -> address.subnet().resolvers().stream())
                .distinct()
                .forEach(resolver -> {
                    out.writeStartObject();
                    out.writeStringProperty("type", "dns");
                    out.writeStringProperty("address", resolver.toString());
                    out.writeEndObject();
                });
        out.writeEndArray();
    }

    private static void address(JsonGenerator out, Instance instance, PortView.Address address) {
        SubnetView subnet = address.subnet();
        boolean ipv4 = address.address().isIpv4();
        out.writeStringProperty("type", type(address));
        out.writeStringProperty("link", "port0");
        out.writeStringProperty("network_id", instance.networkId().toString());
        if (ipv4 && subnet.dhcp()) {
            return;
        }
        out.writeStringProperty("ip_address", address.address().toString());
        out.writeStringProperty(
                "netmask",
                ipv4
                        ? netmask(subnet.cidr()).toString()
                        : ones(subnet.cidr().length()).toString());
        out.writeName("routes").writeStartArray();
        subnet.gateway().ifPresent(gateway -> route(out, ipv4 ? "0.0.0.0" : "::", ipv4 ? "0.0.0.0" : "::", gateway));
        for (Route route : subnet.hostRoutes()) {
            IpPrefix to = route.destination();
            route(
                    out,
                    to.address().toString(),
                    ipv4 ? netmask(to).toString() : ones(to.length()).toString(),
                    route.nexthop());
        }
        out.writeEndArray();
    }

    private static void route(JsonGenerator out, String network, String netmask, IpAddress gateway) {
        out.writeStartObject();
        out.writeStringProperty("network", network);
        out.writeStringProperty("netmask", netmask);
        out.writeStringProperty("gateway", gateway.toString());
        out.writeEndObject();
    }

    private static String type(PortView.Address address) {
        SubnetView subnet = address.subnet();
        if (address.address().isIpv4()) {
            return subnet.dhcp() ? "ipv4_dhcp" : "ipv4";
        }
        if (!subnet.dhcp()) {
            return "ipv6";
        }
        return switch (subnet.addressMode()) {
            case SLAAC -> "ipv6_slaac";
            case DHCPV6_STATELESS -> "ipv6_dhcpv6-stateless";
            default -> "ipv6_dhcpv6-stateful";
        };
    }

    private static IpAddress netmask(IpPrefix prefix) {
        return IpAddress.ofIpv4(prefix.length() == 0 ? 0 : -1 << (32 - prefix.length()));
    }

    private static IpAddress ones(int length) {
        long high = length == 0 ? 0 : length >= 64 ? -1 : -1L << (64 - length);
        long low = length <= 64 ? 0 : -1L << (128 - length);
        return IpAddress.ofIpv6(high, low);
    }
}
