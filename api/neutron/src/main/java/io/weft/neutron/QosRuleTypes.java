package io.weft.neutron;

import io.weft.domain.error.Problem;
import io.weft.model.Direction;
import io.weft.model.QosRule;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kind;
import io.weft.rest.Kinds;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** The types of QoS rules that nodes enforce, and what their parameters may be. */
final class QosRuleTypes implements ResourceService<QosRule.Type> {
    private static final JsonSchema PARAMETER = JsonSchema.object()
            .withMember("parameter_name", Forms.TEXT)
            .withMember("parameter_type", JsonSchema.words(List.of("range", "choices")))
            .withMember("parameter_values", JsonSchema.ofType("object").with("type", List.of("object", "array")));
    private static final JsonSchema DRIVER = JsonSchema.object()
            .withMember("name", Forms.TEXT)
            .withMember("supported_parameters", JsonSchema.list(PARAMETER));

    private QosRuleTypes() {}

    static ResourceType<QosRule.Type> type() {
        return ResourceType.named("rule_type", "rule_types", QosRule.Type::text, new QosRuleTypes())
                .beneath(QosRuleService.PREFIX)
                .attributes(List.of(
                        Attribute.<QosRule.Type, String>of("type", Kinds.text(64), QosRule.Type::text)
                                .build(),
                        flag("all_rules"),
                        flag("all_supported"),
                        Attribute.<QosRule.Type, List<String>>of("drivers", Values.TAGS, _ -> List.of())
                                .written(JsonSchema.list(DRIVER), QosRuleTypes::writeDrivers)
                                .notListed()
                                .notFilterable()
                                .notSortable()
                                .build()))
                .offers(Operation.LIST, Operation.SHOW)
                .notFound(name -> new ApiException(
                        ErrorCategory.NOT_FOUND, "QosRuleTypeNotFound", "Rule type " + name + " could not be found."))
                .build();
    }

    /**
     * A filter that asks for more types than those which all back ends enforce (qos-rule-type-filter). There is one back end,
     * and no type is known that it does not enforce, so either way all types are listed.
     */
    private static Attribute<QosRule.Type, Boolean> flag(String name) {
        Kind<Boolean> kind = Kinds.bool();
        return Attribute.<QosRule.Type, Boolean>of(name, kind, _ -> null)
                .hidden()
                .notSortable()
                .filtered(kind.filterSchema(), texts -> {
                    kind.filter(name, texts);
                    return _ -> true;
                })
                .build();
    }

    private static void writeDrivers(QosRule.Type type, JsonGenerator out) {
        out.writeStartArray();
        out.writeStartObject();
        out.writeStringProperty("name", "weft");
        out.writeName("supported_parameters").writeStartArray();
        switch (type) {
            case BANDWIDTH_LIMIT -> limits(out, "max_kbps", "max_burst_kbps");
            case PACKET_RATE_LIMIT -> limits(out, "max_kpps", "max_burst_kpps");
            case MINIMUM_BANDWIDTH -> {
                range(out, "min_kbps", 1);
                directions(out, List.of(Direction.EGRESS));
            }
            case DSCP_MARKING -> {
                out.writeStartObject();
                out.writeStringProperty("parameter_name", "dscp_mark");
                out.writeStringProperty("parameter_type", "choices");
                out.writeName("parameter_values").writeStartArray();
                QosRuleAttributes.Dscp.MARKS.forEach(out::writeNumber);
                out.writeEndArray();
                out.writeEndObject();
            }
        }
        out.writeEndArray();
        out.writeEndObject();
        out.writeEndArray();
    }

    private static void limits(JsonGenerator out, String rate, String burst) {
        range(out, rate, 1);
        range(out, burst, 0);
        directions(out, List.of(Direction.values()));
    }

    private static void directions(JsonGenerator out, List<Direction> ways) {
        out.writeStartObject();
        out.writeStringProperty("parameter_name", "direction");
        out.writeStringProperty("parameter_type", "choices");
        out.writeName("parameter_values").writeStartArray();
        ways.forEach(way -> out.writeString(way.text()));
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void range(JsonGenerator out, String name, int start) {
        out.writeStartObject();
        out.writeStringProperty("parameter_name", name);
        out.writeStringProperty("parameter_type", "range");
        out.writeName("parameter_values").writeStartObject();
        out.writeNumberProperty("start", start);
        out.writeNumberProperty("end", QosRule.MAX_NUMBER);
        out.writeEndObject();
        out.writeEndObject();
    }

    @Override
    public Optional<QosRule.Type> find(Call call, String name) {
        if (!call.caller().admin()) {
            throw Problem.NOT_AUTHORIZED.with("rule:get_rule_type");
        }
        return Arrays.stream(QosRule.Type.values())
                .filter(type -> type.text().equals(name))
                .findFirst();
    }

    @Override
    public Iterable<QosRule.Type> list(Call call, Filters<QosRule.Type> filters) {
        return List.of(QosRule.Type.values());
    }
}
