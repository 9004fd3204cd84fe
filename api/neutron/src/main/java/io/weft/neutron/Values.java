package io.weft.neutron;

import io.weft.model.DnsNames;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.rest.ApiException;
import io.weft.rest.Json;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kind;
import io.weft.rest.Kinds;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** The kinds of values that Neutron's attributes have, between JSON and the model. */
final class Values {
    /** Longer lists in one attribute are refused before the domain's own limits are looked at. */
    static final int MAXIMUM_ITEMS = 1000;

    private static final Kind<String> LABEL = Kinds.text(1, 255);

    /** The order of the ids' texts, without making them. */
    static final Comparator<UUID> ID_ORDER = (a, b) -> {
        int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
    };

    static final Kind<UUID> UUID_KIND = Kinds.parsed(36, Forms.ID, Values::uuid, UUID::toString, ID_ORDER);
    static final Kind<IpAddress> ADDRESS =
            Kinds.parsed(45, Forms.ADDRESS, Values::address, IpAddress::toString, Comparator.naturalOrder());
    static final Kind<MacAddress> MAC =
            Kinds.parsed(17, Forms.MAC, Values::mac, MacAddress::toString, Comparator.naturalOrder());
    static final Kind<IpPrefix> CIDR =
            Kinds.parsed(49, Forms.CIDR, Values::cidr, IpPrefix::toString, Comparator.naturalOrder());
    static final Kind<Instant> TIME = Kinds.parsed(
            32, Forms.TIME, (text, _) -> Instant.parse(text), Timestamp::format, Comparator.naturalOrder());
    /** The form of times in Neutron's agents: {@code 2026-01-01 00:00:00}. */
    static final Kind<Instant> SPACED_TIME = Kinds.parsed(
            32,
            Forms.SPACED_TIME,
            (text, _) -> Instant.parse(text.replace(' ', 'T') + "Z"),
            (Instant instant) -> Timestamp.format(instant).replace('T', ' ').replace("Z", ""),
            Comparator.naturalOrder());

    /** A name in DNS, relative or complete; case does not matter. */
    static final Kind<String> DNS_NAME = dns(Forms.DNS_NAME, DnsNames::requireName);

    /** A domain in DNS, complete. */
    static final Kind<String> DNS_DOMAIN = dns(Forms.DNS_DOMAIN, DnsNames::requireDomain);

    static final Kind<List<IpAddress>> ADDRESSES = Kinds.listOf(ADDRESS, MAXIMUM_ITEMS, true);
    static final Kind<List<UUID>> UUIDS = Kinds.listOf(UUID_KIND, MAXIMUM_ITEMS, true);
    static final Kind<List<IpPrefix>> CIDRS = Kinds.listOf(CIDR, MAXIMUM_ITEMS, true);
    static final Kind<List<IpPrefix>> SOME_CIDRS = Kinds.listOf(CIDR, 1, MAXIMUM_ITEMS, true);
    static final Kind<List<String>> TAGS = Kinds.listOf(LABEL, MAXIMUM_ITEMS, true);

    /** The version of an IP family. */
    static final Kind<Long> IP_VERSION = Kinds.oneOfNumbers(List.of(4L, 6L));

    /** An object of any content. */
    static final Kind<Map<String, Object>> PROFILE = new Kind<>() {
        @Override
        public JsonSchema schema() {
            return JsonSchema.ofType("object");
        }

        @Override
        public Map<String, Object> read(JsonParser in, String field) {
            return Json.map(in, field);
        }

        @Override
        public void write(Map<String, Object> value, JsonGenerator out) {
            Json.writeAny(value, out);
        }
    };

    private Values() {}

    private static Kind<String> dns(JsonSchema form, BiConsumer<String, String> rule) {
        return Kinds.parsed(
                255,
                form,
                (text, field) -> {
                    String lower = text.toLowerCase(Locale.ROOT);
                    rule.accept(field, lower);
                    return lower;
                },
                Function.identity(),
                Comparator.naturalOrder());
    }

    /** A mode of IPv6; null in JSON stands for none. */
    static Kind<Ipv6Mode> ipv6Mode() {
        return Kinds.parsed(
                20,
                JsonSchema.words(Stream.of(Ipv6Mode.values())
                        .filter(mode -> mode != Ipv6Mode.NONE)
                        .map(Ipv6Mode::text)
                        .toList()),
                (text, field) -> Ipv6Mode.parse(field, text),
                Ipv6Mode::text,
                Comparator.comparing(Ipv6Mode::text));
    }

    /** A prefix as Neutron shows it in an address pair: a single address without its length. */
    static String text(IpPrefix prefix) {
        return prefix.length() == prefix.family().bits() ? prefix.address().toString() : prefix.toString();
    }

    static UUID uuid(String text, String field) {
        if (!Kinds.isUuid(text)) {
            throw ApiException.invalid(field, "'" + text + "' is not a valid UUID");
        }
        return UUID.fromString(text);
    }

    static IpAddress address(String text, String field) {
        return checked(field, text, IpAddress::parse, "is not a valid IP address");
    }

    private static MacAddress mac(String text, String field) {
        return checked(field, text, MacAddress::parse, "is not a valid MAC address");
    }

    static IpPrefix cidr(String text, String field) {
        if (text.indexOf('/') < 0) {
            throw ApiException.invalid(field, "'" + text + "' is not a valid IP subnet");
        }
        return checked(field, text, IpPrefix::parse, "is not a valid IP subnet");
    }

    static <V> V checked(String field, String text, Function<String, V> parser, String complaint) {
        try {
            return parser.apply(text);
        } catch (InvalidException e) {
            throw ApiException.invalid(field, "'" + text + "' " + complaint);
        }
    }
}
