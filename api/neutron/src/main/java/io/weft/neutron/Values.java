package io.weft.neutron;

import io.weft.domain.AddressPairRequest;
import io.weft.domain.FixedIpRequest;
import io.weft.model.DhcpOption;
import io.weft.model.DnsNames;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.IpRange;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.model.Route;
import io.weft.rest.ApiException;
import io.weft.rest.Json;
import io.weft.rest.Kind;
import io.weft.rest.Kinds;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The kinds of values that Neutron's attributes have, between JSON and the model. */
final class Values {
    /** Longer lists in one attribute are refused before the domain's own limits are looked at. */
    private static final int MAXIMUM_ITEMS = 1000;

    private static final Kind<String> TEXT = Kinds.text(255);

    /** The order of the ids' texts, without making them. */
    static final Comparator<UUID> ID_ORDER = (a, b) -> {
        int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
    };

    static final Kind<UUID> UUID_KIND = Kinds.parsed(36, Values::uuid, UUID::toString, ID_ORDER);
    static final Kind<IpAddress> ADDRESS =
            Kinds.parsed(45, Values::address, IpAddress::toString, Comparator.naturalOrder());
    static final Kind<MacAddress> MAC = Kinds.parsed(17, Values::mac, MacAddress::toString, Comparator.naturalOrder());
    static final Kind<IpPrefix> CIDR = Kinds.parsed(49, Values::cidr, IpPrefix::toString, Comparator.naturalOrder());
    static final Kind<Instant> TIME =
            Kinds.parsed(32, (text, _) -> Instant.parse(text), Timestamp::format, Comparator.naturalOrder());
    /** The form of times in Neutron's agents: {@code 2026-01-01 00:00:00}. */
    static final Kind<Instant> SPACED_TIME = Kinds.parsed(
            32,
            (text, _) -> Instant.parse(text.replace(' ', 'T') + "Z"),
            (Instant instant) -> Timestamp.format(instant).replace('T', ' ').replace("Z", ""),
            Comparator.naturalOrder());

    /** A name in DNS, relative or complete; case does not matter. */
    static final Kind<String> DNS_NAME = dns(DnsNames::requireName);

    /** A domain in DNS, complete. */
    static final Kind<String> DNS_DOMAIN = dns(DnsNames::requireDomain);

    static final Kind<List<IpAddress>> ADDRESSES = Kinds.listOf(ADDRESS, MAXIMUM_ITEMS, true);
    static final Kind<List<UUID>> UUIDS = Kinds.listOf(UUID_KIND, MAXIMUM_ITEMS, true);
    static final Kind<List<IpPrefix>> CIDRS = Kinds.listOf(CIDR, MAXIMUM_ITEMS, true);
    static final Kind<List<String>> TAGS = Kinds.listOf(TEXT, MAXIMUM_ITEMS, true);

    static final Kind<List<IpRange>> POOLS = list(Values::pool, (pool, out) -> {
        out.writeStringProperty("start", pool.first().toString());
        out.writeStringProperty("end", pool.last().toString());
    });
    static final Kind<List<Route>> ROUTES = list(Values::route, (route, out) -> {
        out.writeStringProperty("destination", route.destination().toString());
        out.writeStringProperty("nexthop", route.nexthop().toString());
    });
    static final Kind<List<FixedIpRequest>> FIXED_IPS = list(Values::wish, (wish, out) -> {
        wish.subnetId().ifPresent(id -> out.writeStringProperty("subnet_id", id.toString()));
        wish.address().ifPresent(address -> out.writeStringProperty("ip_address", address.toString()));
    });
    static final Kind<List<AddressPairRequest>> ADDRESS_PAIRS = list(Values::pair, (pair, out) -> {
        out.writeStringProperty("ip_address", text(pair.prefix()));
        pair.mac().ifPresent(mac -> out.writeStringProperty("mac_address", mac.toString()));
    });
    static final Kind<List<OptionWish>> DHCP_OPTIONS = list(Values::option, (option, out) -> {
        out.writeStringProperty("opt_name", option.name());
        out.writeStringProperty("opt_value", option.value().orElse(null));
        out.writeNumberProperty("ip_version", option.family().version());
    });

    /** An object of any content. */
    static final Kind<Map<String, Object>> PROFILE = new Kind<>() {
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

    /** Whether a request for addresses names one, or a subnet. */
    static boolean asksFor(List<FixedIpRequest> wishes, String part) {
        return wishes.stream()
                .anyMatch(wish -> part.equals("subnet_id")
                        ? wish.subnetId().isPresent()
                        : wish.address().isPresent());
    }

    /**
     * A DHCP option as it is asked for.
     *
     * @param family in which protocol
     * @param name the option's name
     * @param value its value; absent to take the option away
     */
    record OptionWish(IpFamily family, String name, Optional<String> value) {
        static OptionWish of(DhcpOption option) {
            return new OptionWish(option.family(), option.name(), Optional.of(option.value()));
        }
    }

    private static Kind<String> dns(BiConsumer<String, String> rule) {
        return Kinds.parsed(
                255,
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
                20, (text, field) -> Ipv6Mode.parse(field, text), Ipv6Mode::text, Comparator.comparing(Ipv6Mode::text));
    }

    /** A prefix as Neutron shows it in an address pair: a single address without its length. */
    static String text(IpPrefix prefix) {
        return prefix.length() == prefix.family().bits() ? prefix.address().toString() : prefix.toString();
    }

    private static UUID uuid(String text, String field) {
        if (!Kinds.isUuid(text)) {
            throw ApiException.invalid(field, "'" + text + "' is not a valid UUID");
        }
        return UUID.fromString(text);
    }

    private static IpAddress address(String text, String field) {
        return checked(field, text, IpAddress::parse, "is not a valid IP address");
    }

    private static MacAddress mac(String text, String field) {
        return checked(field, text, MacAddress::parse, "is not a valid MAC address");
    }

    private static IpPrefix cidr(String text, String field) {
        if (text.indexOf('/') < 0) {
            throw ApiException.invalid(field, "'" + text + "' is not a valid IP subnet");
        }
        return checked(field, text, IpPrefix::parse, "is not a valid IP subnet");
    }

    private static <V> V checked(String field, String text, Function<String, V> parser, String complaint) {
        try {
            return parser.apply(text);
        } catch (InvalidException e) {
            throw ApiException.invalid(field, "'" + text + "' " + complaint);
        }
    }

    private static IpRange pool(Fields fields) {
        fields.only("start", "end");
        return new IpRange(fields.address("start"), fields.address("end"));
    }

    private static Route route(Fields fields) {
        fields.only("destination", "nexthop");
        String destination = fields.required("destination");
        IpPrefix prefix = cidr(destination, fields.name);
        if (!prefix.address().equals(address(destination.substring(0, destination.indexOf('/')), fields.name))) {
            throw ApiException.invalid(
                    fields.name, "'" + destination + "' is not a valid CIDR, '" + prefix + "' is recommended");
        }
        return new Route(prefix, fields.address("nexthop"));
    }

    private static FixedIpRequest wish(Fields fields) {
        fields.only("subnet_id", "ip_address");
        Optional<UUID> subnet = fields.optional("subnet_id").map(text -> uuid(text, fields.name));
        Optional<IpAddress> address = fields.optional("ip_address").map(text -> address(text, fields.name));
        if (subnet.isEmpty() && address.isEmpty()) {
            throw ApiException.invalid(fields.name, "IP allocation requires subnet_id or ip_address");
        }
        return new FixedIpRequest(subnet, address);
    }

    private static AddressPairRequest pair(Fields fields) {
        fields.only("ip_address", "mac_address");
        String address = fields.required("ip_address");
        return new AddressPairRequest(
                checked(
                        fields.name,
                        address,
                        IpPrefix::parse,
                        "is neither a valid IP address, nor is it a valid IP subnet"),
                fields.optional("mac_address").map(text -> mac(text, fields.name)));
    }

    private static OptionWish option(Fields fields) {
        fields.only("opt_name", "opt_value", "ip_version");
        IpFamily family = switch (fields.optional("ip_version").orElse("4")) {
            case "4" -> IpFamily.IPV4;
            case "6" -> IpFamily.IPV6;
            default -> throw ApiException.invalid(fields.name, "ip_version is not in [4, 6]");
        };
        return new OptionWish(family, fields.required("opt_name"), fields.optional("opt_value"));
    }

    private static <V> Kind<List<V>> list(Function<Fields, V> reader, ItemWriter<V> writer) {
        Kind<V> item = new Kind<>() {
            @Override
            public V read(JsonParser in, String field) {
                try {
                    return reader.apply(new Fields(in, field));
                } catch (InvalidException e) {
                    throw ApiException.invalid(field, e.rule());
                }
            }

            @Override
            public void write(V value, JsonGenerator out) {
                out.writeStartObject();
                writer.write(value, out);
                out.writeEndObject();
            }
        };
        return Kinds.listOf(item, MAXIMUM_ITEMS, true);
    }

    @FunctionalInterface
    private interface ItemWriter<V> {
        void write(V value, JsonGenerator out);
    }

    /** The texts of one object in a list, by key; null counts as absent. */
    private static final class Fields {
        private final String name;
        private final Map<String, String> texts = new HashMap<>();
        private final Set<String> nulls = new HashSet<>();

        Fields(JsonParser in, String name) {
            this.name = name;
            Json.object(in, name, key -> {
                JsonToken token = in.currentToken();
                if (token == JsonToken.VALUE_NULL) {
                    nulls.add(key);
                } else if (token == JsonToken.VALUE_NUMBER_INT) {
                    texts.put(key, in.getString());
                } else {
                    texts.put(key, TEXT.read(in, name));
                }
            });
        }

        void only(String... keys) {
            Set<String> known = Set.of(keys);
            for (Set<String> given : List.of(texts.keySet(), nulls)) {
                for (String key : given) {
                    if (!known.contains(key)) {
                        throw ApiException.invalid(name, "Unexpected keys supplied: " + key);
                    }
                }
            }
        }

        Optional<String> optional(String key) {
            return Optional.ofNullable(texts.get(key));
        }

        String required(String key) {
            return optional(key).orElseThrow(() -> ApiException.invalid(name, "'" + key + "' is required"));
        }

        IpAddress address(String key) {
            return Values.address(required(key), name);
        }
    }
}
