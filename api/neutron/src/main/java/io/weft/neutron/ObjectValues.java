package io.weft.neutron;

import io.weft.domain.AddressPairRequest;
import io.weft.domain.FixedIpRequest;
import io.weft.model.DhcpOption;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.IpRange;
import io.weft.model.MacAddress;
import io.weft.model.Route;
import io.weft.rest.ApiException;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kind;
import io.weft.rest.Kinds;
import io.weft.rest.Member;
import io.weft.rest.Members;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The kinds of lists whose items are objects, between JSON and the model. */
final class ObjectValues {
    private static final Member<IpAddress> START = Member.required("start", Values.ADDRESS);
    private static final Member<IpAddress> END = Member.required("end", Values.ADDRESS);

    static final Kind<List<IpRange>> POOLS =
            list(List.of(START, END), pool -> new IpRange(pool.require(START), pool.require(END)), (pool, out) -> {
                out.writeStringProperty("start", pool.first().toString());
                out.writeStringProperty("end", pool.last().toString());
            });

    private static final Member<IpPrefix> DESTINATION = Member.required(
            "destination",
            Kinds.parsed(49, Forms.CIDR, ObjectValues::destination, IpPrefix::toString, Comparator.naturalOrder()));
    private static final Member<IpAddress> NEXTHOP = Member.required("nexthop", Values.ADDRESS);

    static final Kind<List<Route>> ROUTES = list(
            List.of(DESTINATION, NEXTHOP),
            route -> new Route(route.require(DESTINATION), route.require(NEXTHOP)),
            (route, out) -> {
                out.writeStringProperty("destination", route.destination().toString());
                out.writeStringProperty("nexthop", route.nexthop().toString());
            });

    private static final Member<UUID> SUBNET = Member.optional("subnet_id", Values.UUID_KIND);
    private static final Member<IpAddress> IP = Member.optional("ip_address", Values.ADDRESS);

    static final Kind<List<FixedIpRequest>> FIXED_IPS = Kinds.listOf(
            withOneOf(
                    Members.object(List.of(SUBNET, IP), ObjectValues::wish, (wish, out) -> {
                        wish.subnetId().ifPresent(id -> out.writeStringProperty("subnet_id", id.toString()));
                        wish.address().ifPresent(address -> out.writeStringProperty("ip_address", address.toString()));
                    }),
                    List.of(SUBNET, IP)),
            Values.MAXIMUM_ITEMS,
            true);

    private static final Member<IpPrefix> PAIR_IP = Member.required(
            "ip_address",
            Kinds.parsed(
                    49,
                    Forms.CIDR_OR_ADDRESS,
                    (text, field) -> Values.checked(
                            field, text, IpPrefix::parse, "is neither a valid IP address, nor is it a valid IP subnet"),
                    Values::text,
                    Comparator.naturalOrder()));
    private static final Member<MacAddress> PAIR_MAC = Member.optional("mac_address", Values.MAC);

    static final Kind<List<AddressPairRequest>> ADDRESS_PAIRS = list(
            List.of(PAIR_IP, PAIR_MAC),
            pair -> new AddressPairRequest(pair.require(PAIR_IP), pair.get(PAIR_MAC)),
            (pair, out) -> {
                out.writeStringProperty("ip_address", Values.text(pair.prefix()));
                pair.mac().ifPresent(mac -> out.writeStringProperty("mac_address", mac.toString()));
            });

    private static final Member<String> OPTION = Member.required("opt_name", Kinds.visibleText(255));
    private static final Member<String> OPTION_VALUE = Member.optional("opt_value", new TextOrNumber());
    private static final Member<Long> OPTION_FAMILY = Member.optional("ip_version", Values.IP_VERSION);

    static final Kind<List<OptionWish>> DHCP_OPTIONS =
            list(List.of(OPTION, OPTION_VALUE, OPTION_FAMILY), ObjectValues::option, (option, out) -> {
                out.writeStringProperty("opt_name", option.name());
                out.writeStringProperty("opt_value", option.value().orElse(null));
                out.writeNumberProperty("ip_version", option.family().version());
            });

    private ObjectValues() {}

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

    /** A text, which may be written as a number. */
    private static final class TextOrNumber implements Kind<String> {
        private final Kind<String> text = Kinds.text(255);

        @Override
        public JsonSchema schema() {
            return text.schema().with("type", List.of("string", "integer"));
        }

        @Override
        public JsonSchema writtenSchema() {
            return text.writtenSchema();
        }

        @Override
        public String read(JsonParser in, String field) {
            return in.currentToken() == JsonToken.VALUE_NUMBER_INT ? in.getString() : text.read(in, field);
        }

        @Override
        public void write(String value, JsonGenerator out) {
            text.write(value, out);
        }
    }

    /** Whether a request for addresses names one, or a subnet. */
    static boolean asksFor(List<FixedIpRequest> wishes, String part) {
        return wishes.stream()
                .anyMatch(wish -> part.equals("subnet_id")
                        ? wish.subnetId().isPresent()
                        : wish.address().isPresent());
    }

    private static IpPrefix destination(String text, String field) {
        IpPrefix prefix = Values.cidr(text, field);
        if (!prefix.address().equals(Values.address(text.substring(0, text.indexOf('/')), field))) {
            throw ApiException.invalid(field, "'" + text + "' is not a valid CIDR, '" + prefix + "' is recommended");
        }
        return prefix;
    }

    private static FixedIpRequest wish(Members wish) {
        if (wish.isEmpty()) {
            throw ApiException.invalid(wish.field(), "IP allocation requires subnet_id or ip_address");
        }
        return new FixedIpRequest(wish.get(SUBNET), wish.get(IP));
    }

    /** Objects that have at least one of these members. */
    private static <V> Kind<V> withOneOf(Kind<V> kind, List<Member<?>> members) {
        return kind.narrowed(kind.schema()
                .with("anyOf", members.stream().map(ObjectValues::has).toList()));
    }

    private static Object has(Member<?> member) {
        return JsonSchema.ANY
                .with("required", List.of(member.name()))
                .with("properties", Map.of(member.name(), member.kind().schema().keywords()))
                .keywords();
    }

    private static OptionWish option(Members option) {
        IpFamily family = option.get(OPTION_FAMILY).orElse(4L) == 6 ? IpFamily.IPV6 : IpFamily.IPV4;
        return new OptionWish(family, option.require(OPTION), option.get(OPTION_VALUE));
    }

    private static <V> Kind<List<V>> list(
            List<Member<?>> members, Function<Members, V> maker, BiConsumer<V, JsonGenerator> writer) {
        return Kinds.listOf(Members.object(members, maker, writer), Values.MAXIMUM_ITEMS, true);
    }
}
