package io.weft.neutron;

import io.weft.domain.SubportRequest;
import io.weft.model.Trunk;
import io.weft.rest.ApiException;
import io.weft.rest.Json;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kind;
import io.weft.rest.Kinds;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The lists of subports in requests about trunks, and as they are shown. */
final class SubportValues {
    private static final String PORT = "port_id";
    private static final String TYPE = "segmentation_type";
    private static final String ID = "segmentation_id";
    private static final Set<String> KEYS = Set.of(PORT, TYPE, ID);

    /** The segmentation type of a tag of its own. */
    private static final String VLAN = "vlan";

    /** That of a subport that has the VLAN id of its network. */
    private static final String INHERIT = "inherit";

    /** More than a trunk may have; the domain's own limit is lower. */
    private static final int MAXIMUM = 4096;

    private static final Kind<String> TEXT = Kinds.text(255);

    private static final JsonSchema VLAN_ID = JsonSchema.integer(Trunk.Subport.MIN_VLAN, Trunk.Subport.MAX_VLAN);

    /** A subport as it is shown. */
    static final JsonSchema SHOWN = JsonSchema.object()
            .withMember(ID, VLAN_ID)
            .withMember(TYPE, JsonSchema.words(List.of(VLAN)))
            .withMember(PORT, Kinds.UUID_FORM);

    /** Ports with their tags. */
    static final Kind<List<SubportRequest>> REQUESTS = list(
            JsonSchema.anyOf(List.of(
                    SHOWN,
                    JsonSchema.object()
                            .withMember(TYPE, JsonSchema.words(List.of(INHERIT)))
                            .withMember(PORT, Kinds.UUID_FORM))),
            SubportValues::request,
            SubportValues::checked);

    /** Ports alone; of what else is said of them nothing counts. */
    static final Kind<List<UUID>> PORTS =
            list(JsonSchema.object().withMember(PORT, Kinds.UUID_FORM), SubportValues::port, ports -> ports);

    private SubportValues() {}

    static void write(List<Trunk.Subport> subports, JsonGenerator out) {
        out.writeStartArray();
        for (Trunk.Subport subport : subports) {
            out.writeStartObject();
            writeFields(subport, out);
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    static void writeFields(Trunk.Subport subport, JsonGenerator out) {
        out.writeNumberProperty(ID, subport.vlan());
        out.writeStringProperty(TYPE, VLAN);
        out.writeStringProperty(PORT, subport.portId().toString());
    }

    private static UUID port(Map<String, String> fields, String field) {
        String id = fields.get(PORT);
        if (id == null) {
            throw ApiException.invalid(field, "A valid port UUID must be specified");
        }
        return Reader.uuid(id).orElseThrow(() -> ApiException.invalid(field, "Invalid UUID for subport: '" + id + "'"));
    }

    private static SubportRequest request(Map<String, String> fields, String field) {
        UUID port = port(fields, field);
        String type = fields.get(TYPE);
        if (INHERIT.equals(type)) {
            return new SubportRequest(port, OptionalInt.empty());
        }
        String id = fields.get(ID);
        if (type == null || id == null) {
            throw ApiException.invalid(
                    field,
                    "Invalid subport details: missing segmentation information. Must specify both segmentation_id and"
                            + " segmentation_type");
        }
        if (!type.equals(VLAN)) {
            throw ApiException.invalid(field, "Unknown segmentation_type '" + type + "'");
        }
        try {
            return SubportRequest.of(port, Integer.parseInt(id));
        } catch (NumberFormatException e) {
            throw ApiException.invalid(
                    field, "Invalid subport details: segmentation_id '" + id + "' is not an integer");
        }
    }

    /** No port and no tag is named twice. */
    private static List<SubportRequest> checked(List<SubportRequest> requests) {
        Set<UUID> ports = new HashSet<>();
        Set<Integer> tags = new HashSet<>();
        for (SubportRequest request : requests) {
            if (!ports.add(request.portId())) {
                throw ApiException.invalid("sub_ports", "Non unique UUID for subport: '" + request.portId() + "'");
            }
            if (request.vlan().isPresent() && !tags.add(request.vlan().getAsInt())) {
                throw ApiException.invalid(
                        "sub_ports",
                        "Segmentation ID '" + request.vlan().getAsInt() + "' for '" + request.portId()
                                + "' is not unique");
            }
        }
        return requests;
    }

    private interface Item<V> {
        V read(Map<String, String> fields, String field);
    }

    private static <V> Kind<List<V>> list(JsonSchema form, Item<V> item, Function<List<V>, List<V>> check) {
        Kind<List<V>> all = Kinds.listOf(
                new Kind<>() {
                    @Override
                    public JsonSchema schema() {
                        return form;
                    }

                    @Override
                    public V read(JsonParser in, String field) {
                        return item.read(fields(in, field), field);
                    }

                    @Override
                    public void write(V value, JsonGenerator out) {
                        throw new UnsupportedOperationException("a request is not shown");
                    }
                },
                MAXIMUM,
                false);
        return new Kind<>() {
            @Override
            public JsonSchema schema() {
                return all.schema();
            }

            @Override
            public List<V> read(JsonParser in, String field) {
                return check.apply(all.read(in, field));
            }

            @Override
            public void write(List<V> value, JsonGenerator out) {
                all.write(value, out);
            }
        };
    }

    /** The texts and numbers of an object; null counts as absent. */
    private static Map<String, String> fields(JsonParser in, String field) {
        Map<String, String> fields = new HashMap<>();
        Json.object(in, field, key -> {
            if (!KEYS.contains(key)) {
                throw ApiException.invalid(field, "Unexpected keys supplied: " + key);
            }
            JsonToken token = in.currentToken();
            if (token == JsonToken.VALUE_NUMBER_INT) {
                fields.put(key, in.getString());
            } else if (token != JsonToken.VALUE_NULL) {
                fields.put(key, TEXT.read(in, field));
            }
        });
        return fields;
    }
}
