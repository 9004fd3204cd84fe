package io.weft.domain.records;

import io.weft.model.PortExtras;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** The fields of {@link PortExtras} in a port's record: writes them, and collects what was read. */
final class PortExtrasRecords {
    private PortExtras extras = PortExtras.NONE;

    static void write(JsonGenerator json, PortExtras extras) {
        RecordWriter.flag(json, Names.UNADDRESSED, extras.unaddressed());
        RecordWriter.text(json, Names.NUMA_AFFINITY_POLICY, extras.numaAffinityPolicy());
        RecordWriter.text(json, Names.DEVICE_PROFILE, extras.deviceProfile());
    }

    /** Reads a field, if it is one of these. */
    boolean read(String name, JsonParser json) {
        switch (name) {
            case Names.UNADDRESSED -> extras = extras.withUnaddressed(json.getBooleanValue());
            case Names.NUMA_AFFINITY_POLICY -> extras = extras.withNumaAffinityPolicy(json.getString());
            case Names.DEVICE_PROFILE -> extras = extras.withDeviceProfile(json.getString());
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
