package io.weft.neutron;

import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.Port;
import io.weft.rest.JsonSchema;
import tools.jackson.core.JsonGenerator;

/** By what names the addresses of a port are known in the operator's domain (Neutron's {@code dns_assignment}). */
final class DnsAssignment {
    static final JsonSchema SHOWN = JsonSchema.list(JsonSchema.object()
            .withMember("hostname", Forms.TEXT)
            .withMember("ip_address", Forms.ADDRESS)
            .withMember("fqdn", Forms.TEXT));

    private DnsAssignment() {}

    static void write(Port port, String domain, JsonGenerator out) {
        out.writeStartArray();
        for (FixedIp ip : port.fixedIps()) {
            String hostname = hostname(port, ip.address());
            out.writeStartObject();
            out.writeStringProperty("hostname", hostname);
            out.writeStringProperty("ip_address", ip.address().toString());
            out.writeStringProperty("fqdn", hostname.endsWith(".") ? hostname : hostname + "." + domain);
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static String hostname(Port port, IpAddress address) {
        return port.dns().name().isEmpty()
                ? "host-" + address.toString().replace('.', '-').replace(':', '-')
                : port.dns().name();
    }
}
