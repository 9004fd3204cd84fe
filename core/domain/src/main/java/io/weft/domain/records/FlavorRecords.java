package io.weft.domain.records;

import io.weft.model.Flavor;
import io.weft.model.Meta;
import io.weft.model.ServiceProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** The fields that flavors and service profiles have beside those of every resource. */
final class FlavorRecords {
    private static final Set<String> FIELDS =
            Set.of(Names.SERVICE, Names.DISABLED, Names.PROFILES, Names.DRIVER, Names.METAINFO);

    private final Map<String, Object> values = new HashMap<>();

    /** Takes in a field of a flavor or profile; false when it is none. */
    boolean keep(String name, JsonParser json) {
        boolean known = FIELDS.contains(name);
        if (known) {
            values.put(name, Values.read(json));
        }
        return known;
    }

    Flavor flavor(Meta meta) {
        List<UUID> profiles = values.get(Names.PROFILES) instanceof List<?> items
                ? items.stream().map(item -> UUID.fromString(item.toString())).toList()
                : List.of();
        return new Flavor(meta, text(Names.SERVICE), enabled(), profiles);
    }

    ServiceProfile profile(Meta meta) {
        return new ServiceProfile(meta, text(Names.DRIVER), text(Names.METAINFO), enabled());
    }

    private boolean enabled() {
        return !Boolean.TRUE.equals(values.get(Names.DISABLED));
    }

    private String text(String name) {
        return values.get(name) instanceof String text ? text : "";
    }

    static void write(JsonGenerator json, Flavor flavor) {
        RecordWriter.text(json, Names.SERVICE, flavor.serviceType());
        RecordWriter.flag(json, Names.DISABLED, !flavor.enabled());
        RecordWriter.texts(json, Names.PROFILES, flavor.serviceProfiles());
    }

    static void write(JsonGenerator json, ServiceProfile profile) {
        RecordWriter.text(json, Names.DRIVER, profile.driver());
        RecordWriter.text(json, Names.METAINFO, profile.metainfo());
        RecordWriter.flag(json, Names.DISABLED, !profile.enabled());
    }
}
