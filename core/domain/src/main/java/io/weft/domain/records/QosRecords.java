package io.weft.domain.records;

import io.weft.model.Direction;
import io.weft.model.Meta;
import io.weft.model.QosPolicy;
import io.weft.model.QosRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/**
 * The fields that QoS policies have beside those of every resource.
 *
 * <p>A rule of a type that this build does not know is refused with the whole policy: it would be lost when the policy
 * is written again.
 */
final class QosRecords {
    private static final Set<String> FIELDS = Set.of(Names.SHARED, Names.RBAC, Names.DEFAULT, Names.LIMITS);

    private final Map<String, Object> values = new HashMap<>();

    /** Takes in a field of a policy; false when it is none. */
    boolean policy(String name, JsonParser json) {
        boolean known = FIELDS.contains(name);
        if (known) {
            values.put(name, Values.read(json));
        }
        return known;
    }

    QosPolicy policy(Meta meta) {
        List<QosRule> rules = new ArrayList<>();
        if (values.get(Names.LIMITS) instanceof List<?> items) {
            for (Object item : items) {
                if (!(item instanceof Map<?, ?> fields)) {
                    throw new IllegalArgumentException("a rule is no JSON object");
                }
                rules.add(rule(fields));
            }
        }
        return new QosPolicy(
                meta,
                SharingRecords.of(values).agreeing(meta, Boolean.TRUE.equals(values.get(Names.SHARED)), false),
                Boolean.TRUE.equals(values.get(Names.DEFAULT)),
                rules);
    }

    private static QosRule rule(Map<?, ?> fields) {
        UUID id = UUID.fromString(text(fields, Names.ID));
        String type = text(fields, Names.TYPE);
        for (QosRule.Type known : QosRule.Type.values()) {
            if (known.text().equals(type)) {
                return switch (known) {
                    case BANDWIDTH_LIMIT ->
                        new QosRule.BandwidthLimit(
                                id, direction(fields), number(fields, Names.MAX), number(fields, Names.BURST));
                    case PACKET_RATE_LIMIT ->
                        new QosRule.PacketRateLimit(
                                id, direction(fields), number(fields, Names.MAX), number(fields, Names.BURST));
                    case DSCP_MARKING -> new QosRule.DscpMarking(id, number(fields, Names.MARK));
                    case MINIMUM_BANDWIDTH ->
                        new QosRule.MinimumBandwidth(id, direction(fields), number(fields, Names.MIN));
                };
            }
        }
        throw new IllegalArgumentException("no QoS rules of type " + type + " are known");
    }

    private static Direction direction(Map<?, ?> fields) {
        return Direction.parse(text(fields, Names.DIRECTION));
    }

    private static int number(Map<?, ?> fields, String name) {
        return fields.get(name) instanceof Number number ? number.intValue() : 0;
    }

    private static String text(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("the field " + name + " is missing");
    }

    static void write(JsonGenerator json, QosPolicy policy) {
        RecordWriter.flag(json, Names.SHARED, policy.shared());
        SharingRecords.write(json, policy.meta(), policy.sharing());
        RecordWriter.flag(json, Names.DEFAULT, policy.isDefault());
        if (policy.rules().isEmpty()) {
            return;
        }
        json.writeName(Names.LIMITS);
        json.writeStartArray();
        for (QosRule rule : policy.rules()) {
            json.writeStartObject();
            json.writeStringProperty(Names.ID, rule.id().toString());
            json.writeStringProperty(Names.TYPE, rule.type().text());
            rule.direction().ifPresent(way -> json.writeStringProperty(Names.DIRECTION, way.text()));
            switch (rule) {
                case QosRule.BandwidthLimit limit -> limit(json, limit.maxKbps(), limit.maxBurstKbits());
                case QosRule.PacketRateLimit limit -> limit(json, limit.maxKpps(), limit.maxBurstKpackets());
                case QosRule.DscpMarking marking -> json.writeNumberProperty(Names.MARK, marking.mark());
                case QosRule.MinimumBandwidth minimum -> json.writeNumberProperty(Names.MIN, minimum.minKbps());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void limit(JsonGenerator json, int rate, int burst) {
        json.writeNumberProperty(Names.MAX, rate);
        if (burst != 0) {
            json.writeNumberProperty(Names.BURST, burst);
        }
    }
}
