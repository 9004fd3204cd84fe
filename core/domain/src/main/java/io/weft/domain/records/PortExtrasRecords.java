package io.weft.domain.records;

import io.weft.model.Binding;
import io.weft.model.PortExtras;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** The fields of {@link PortExtras} in a port's record: writes them, and collects what was read. */
final class PortExtrasRecords {
    private PortExtras extras = PortExtras.NONE;

    static void write(JsonGenerator json, PortExtras extras) {
        RecordWriter.flag(json, Names.UNADDRESSED, extras.unaddressed());
        RecordWriter.text(json, Names.NUMA_AFFINITY_POLICY, extras.numaAffinityPolicy());
        RecordWriter.text(json, Names.DEVICE_PROFILE, extras.deviceProfile());
        write(json, extras.waitingBindings());
    }

    private static void write(JsonGenerator json, List<Binding> bindings) {
        if (bindings.isEmpty()) {
            return;
        }
        json.writeName(Names.BINDINGS);
        json.writeStartArray();
        for (Binding binding : bindings) {
            json.writeStartObject();
            RecordWriter.binding(json, binding);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static List<Binding> bindings(Object value) {
        if (!(value instanceof List<?> items)) {
            throw new IllegalArgumentException("no list of bindings");
        }
        return items.stream().map(PortExtrasRecords::binding).toList();
    }

    private static Binding binding(Object item) {
        if (!(item instanceof Map<?, ?> fields) || !(fields.get(Names.HOST) instanceof String host)) {
            throw new IllegalArgumentException("no binding");
        }
        String vnicType = fields.get(Names.VNIC_TYPE) instanceof String type ? type : Binding.NONE.vnicType();
        Map<String, Object> profile = new HashMap<>();
        if (fields.get(Names.PROFILE) instanceof Map<?, ?> kept) {
            kept.forEach((name, part) -> profile.put(name.toString(), part));
        }
        return new Binding(host, vnicType, profile);
    }

    /** Reads a field, if it is one of these. */
    boolean read(String name, JsonParser json) {
        switch (name) {
            case Names.UNADDRESSED -> extras = extras.withUnaddressed(json.getBooleanValue());
            case Names.NUMA_AFFINITY_POLICY -> extras = extras.withNumaAffinityPolicy(json.getString());
            case Names.DEVICE_PROFILE -> extras = extras.withDeviceProfile(json.getString());
            case Names.BINDINGS -> extras = extras.withWaitingBindings(bindings(Values.read(json)));
            default -> {
                return false;
            }
        }
        return true;
    }

    PortExtras extras() {
        return extras;
    }
}
