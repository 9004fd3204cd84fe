package io.weft.domain.records;

import io.weft.model.Meta;
import io.weft.model.RbacPolicy;
import io.weft.model.RbacPolicy.Action;
import io.weft.model.Sharing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;

/**
 * How records say who may use them besides their owner. What the fields {@code shared} and {@code external} say by
 * themselves is not written a second time; builds that know only these read and change records all the same.
 *
 * <p>A policy of an action that this build does not know is refused with the whole record: it would be lost when the
 * record is written again.
 */
final class SharingRecords {
    private SharingRecords() {}

    /** What the fields of a record say. */
    static Sharing of(Map<String, Object> values) {
        Object value = values.get(Names.RBAC);
        return value == null ? Sharing.NONE : read(value);
    }

    /**
     * @param value the field {@link Names#RBAC}, as {@link Values} read it
     */
    static Sharing read(Object value) {
        if (!(value instanceof List<?> items)) {
            throw new IllegalArgumentException("the field " + Names.RBAC + " is no list");
        }
        List<RbacPolicy> policies = new ArrayList<>(items.size());
        for (Object item : items) {
            if (!(item instanceof Map<?, ?> fields)) {
                throw new IllegalArgumentException("an RBAC policy is no JSON object");
            }
            String action = text(fields, Names.ACTION);
            policies.add(new RbacPolicy(
                    UUID.fromString(text(fields, Names.ID)),
                    fields.containsKey(Names.PROJECT) ? text(fields, Names.PROJECT) : "",
                    Action.named(action)
                            .orElseThrow(() -> new IllegalArgumentException("no action " + action + " is known")),
                    text(fields, Names.TARGET),
                    Boolean.TRUE.equals(fields.get(Names.IMPLIED))));
        }
        return new Sharing(policies);
    }

    private static String text(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("the field " + name + " is missing");
    }

    static void write(JsonGenerator json, Meta object, Sharing sharing) {
        List<RbacPolicy> policies = sharing.explicit(object);
        if (policies.isEmpty()) {
            return;
        }
        json.writeName(Names.RBAC);
        json.writeStartArray();
        for (RbacPolicy policy : policies) {
            json.writeStartObject();
            json.writeStringProperty(Names.ID, policy.id().toString());
            RecordWriter.text(json, Names.PROJECT, policy.project());
            json.writeStringProperty(Names.ACTION, policy.action().text());
            json.writeStringProperty(Names.TARGET, policy.target());
            RecordWriter.flag(json, Names.IMPLIED, policy.implied());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
