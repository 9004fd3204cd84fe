package io.weft.neutron;

import io.weft.model.DnsNames;
import io.weft.model.IpProtocol;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kinds;
import java.util.List;
import java.util.stream.Stream;

/** The forms of texts and the shapes of what is shown, as the API's description has them. */
final class Forms {
    static final JsonSchema TEXT = JsonSchema.ofType("string");
    static final JsonSchema FLAG = JsonSchema.ofType("boolean");
    static final JsonSchema NUMBER = JsonSchema.ofType("integer");
    static final JsonSchema ID = Kinds.UUID_FORM;

    static final JsonSchema ADDRESS = TEXT.with(
            "anyOf",
            List.of(
                    JsonSchema.ANY.with("format", "ipv4").keywords(),
                    JsonSchema.ANY.with("format", "ipv6").keywords()));
    static final JsonSchema MAC = JsonSchema.form("mac-address", "^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$");
    static final JsonSchema CIDR = JsonSchema.form("cidr", "^[0-9a-fA-F.:]+/[0-9]{1,3}$");
    static final JsonSchema CIDR_OR_ADDRESS = JsonSchema.form("cidr-or-address", "^[0-9a-fA-F.:]+(/[0-9]{1,3})?$");
    static final JsonSchema TIME =
            JsonSchema.form("date-time", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$");
    static final JsonSchema SPACED_TIME =
            TEXT.with("pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$");

    private static final String LABEL = "[0-9A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])?";
    /** Of several labels the last one is not a number. */
    private static final String LABELS = "(?!.*\\.[0-9]+\\.?$)" + LABEL + "(\\." + LABEL + ")*";

    static final JsonSchema DNS_NAME =
            JsonSchema.form("dns-name", "^(" + LABELS + "\\.?)?$").with("maxLength", DnsNames.MAX_LENGTH);
    static final JsonSchema DNS_DOMAIN =
            JsonSchema.form("dns-domain", "^(" + LABELS + "\\.)?$").with("maxLength", DnsNames.MAX_LENGTH - 2);

    /** The number of a protocol in a text. */
    private static final String PROTOCOL_NUMBER = "^(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])$";

    static final JsonSchema PROTOCOL = JsonSchema.anyOf(List.of(
            JsonSchema.words(
                    Stream.concat(IpProtocol.names().stream(), Stream.of("any")).toList()),
            JsonSchema.form("protocol-number", PROTOCOL_NUMBER),
            JsonSchema.integer(0, 255)));

    /** Port ranges: {@code 80} or {@code 80:90}. */
    static final JsonSchema PORT_RANGE = JsonSchema.form("port-range", "^[0-9]{1,5}(:[0-9]{1,5})?$");

    private Forms() {}
}
