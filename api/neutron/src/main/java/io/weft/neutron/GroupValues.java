package io.weft.neutron;

import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import io.weft.model.RuleMatch;
import io.weft.model.Tier;
import io.weft.rest.ApiException;
import io.weft.rest.Json;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kind;
import io.weft.rest.Kinds;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The kinds of values that security groups and address groups have. */
final class GroupValues {
    /** The most blocks in one request. */
    private static final int MAXIMUM_ADDRESSES = 8192;

    /** The families by Neutron's names, in any case. */
    static final Kind<IpFamily> ETHERTYPE = Kinds.parsed(
            8,
            JsonSchema.words(List.of("IPv4", "IPv6")),
            GroupValues::family,
            RuleMatch::ethertype,
            Comparator.naturalOrder());

    static final Kind<Tier> TIER = Kinds.parsed(
            16,
            JsonSchema.words(Stream.of(Tier.values()).map(Tier::text).toList()),
            (text, _) -> Tier.parse(text),
            Tier::text,
            Comparator.naturalOrder());
    static final Kind<RuleAction> ACTION = Kinds.parsed(
            16,
            JsonSchema.words(
                    Stream.of(RuleAction.values()).map(RuleAction::text).toList()),
            (text, _) -> RuleAction.parse(text),
            RuleAction::text,
            Comparator.naturalOrder());
    /** A priority or position. */
    static final Kind<Long> RANK = Kinds.integer(0, Precedence.LAST);

    /** A protocol's name or number, as text or as a number. */
    static final Kind<String> PROTOCOL = new Kind<>() {
        @Override
        public JsonSchema schema() {
            return Forms.PROTOCOL;
        }

        @Override
        public JsonSchema writtenSchema() {
            return Forms.TEXT;
        }

        @Override
        public String read(JsonParser in, String field) {
            if (in.currentToken() == JsonToken.VALUE_NUMBER_INT || in.currentToken() == JsonToken.VALUE_STRING) {
                return in.getString();
            }
            throw ApiException.invalid(field, "'" + Json.shown(in) + "' is no protocol");
        }

        @Override
        public void write(String value, JsonGenerator out) {
            out.writeString(value);
        }

        @Override
        public Optional<Comparator<String>> order() {
            return Optional.of(Comparator.naturalOrder());
        }
    };

    private static final Kind<List<String>> TEXTS = Kinds.listOf(Kinds.text(64), MAXIMUM_ADDRESSES, false);

    /** Blocks of addresses, in any order and also repeated. */
    static final Kind<List<IpPrefix>> BLOCKS = blocks(Forms.CIDR, GroupValues::block);

    /** The same, and single addresses. */
    static final Kind<List<IpPrefix>> BLOCKS_OR_ADDRESSES = blocks(Forms.CIDR_OR_ADDRESS, GroupValues::prefix);

    private GroupValues() {}

    private static Kind<List<IpPrefix>> blocks(JsonSchema form, BiFunction<String, String, IpPrefix> parser) {
        return new Kind<>() {
            @Override
            public JsonSchema schema() {
                return JsonSchema.list(form).with("maxItems", MAXIMUM_ADDRESSES);
            }

            @Override
            public JsonSchema writtenSchema() {
                return JsonSchema.list(Forms.CIDR);
            }

            @Override
            public List<IpPrefix> read(JsonParser in, String field) {
                return TEXTS.read(in, field).stream()
                        .map(text -> parser.apply(text, field))
                        .distinct()
                        .toList();
            }

            @Override
            public void write(List<IpPrefix> value, JsonGenerator out) {
                out.writeStartArray();
                value.forEach(block -> out.writeString(block.toString()));
                out.writeEndArray();
            }
        };
    }

    private static IpPrefix block(String text, String field) {
        if (text.indexOf('/') < 0) {
            throw ApiException.invalid(field, "'" + text + "' is not a valid IP subnet");
        }
        return prefix(text, field);
    }

    private static IpPrefix prefix(String text, String field) {
        return Values.checked(field, text, IpPrefix::parse, "is not a valid IP prefix");
    }

    private static IpFamily family(String text, String field) {
        Set<IpFamily> named = Stream.of(IpFamily.values())
                .filter(family -> RuleMatch.ethertype(family).equalsIgnoreCase(text))
                .collect(Collectors.toSet());
        if (named.isEmpty()) {
            throw ApiException.invalid(
                    field,
                    "Security group rule for ethertype '" + text
                            + "' not supported. Allowed values are ['IPv4', 'IPv6'].");
        }
        return named.iterator().next();
    }
}
