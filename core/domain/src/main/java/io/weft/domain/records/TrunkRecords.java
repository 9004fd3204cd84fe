package io.weft.domain.records;

import io.weft.model.Meta;
import io.weft.model.Trunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** The fields that trunks have beside those of every resource. A subport is a pair: its VLAN id and its port. */
final class TrunkRecords {
    private Optional<UUID> port = Optional.empty();
    private boolean adminUp;
    private final List<Trunk.Subport> subports = new ArrayList<>();

    /** Takes in a field of a trunk; false when it is none. */
    boolean read(String name, JsonParser json) {
        switch (name) {
            case Names.PORT -> port = Optional.of(UUID.fromString(json.getString()));
            case Names.ADMIN_UP -> adminUp = json.getBooleanValue();
            case Names.SUBPORTS -> {
                if (!(Values.read(json) instanceof List<?> items)) {
                    throw new IllegalArgumentException("no list of subports");
                }
                items.forEach(item -> subports.add(subport(item)));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static Trunk.Subport subport(Object item) {
        if (item instanceof List<?> pair
                && pair.size() == 2
                && pair.getFirst() instanceof Number vlan
                && pair.getLast() instanceof String id) {
            return new Trunk.Subport(UUID.fromString(id), vlan.intValue());
        }
        throw new IllegalArgumentException("no subport");
    }

    Trunk trunk(Meta meta) {
        UUID parent = port.orElseThrow(() -> new IllegalArgumentException("the field " + Names.PORT + " is missing"));
        return new Trunk(meta, parent, adminUp, subports);
    }

    static void write(JsonGenerator json, Trunk trunk) {
        json.writeStringProperty(Names.PORT, trunk.portId().toString());
        RecordWriter.flag(json, Names.ADMIN_UP, trunk.adminStateUp());
        if (!trunk.subports().isEmpty()) {
            json.writeName(Names.SUBPORTS);
            json.writeStartArray();
            for (Trunk.Subport subport : trunk.subports()) {
                json.writeStartArray();
                json.writeNumber(subport.vlan());
                json.writeString(subport.portId().toString());
                json.writeEndArray();
            }
            json.writeEndArray();
        }
    }
}
