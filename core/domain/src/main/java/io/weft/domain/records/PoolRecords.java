package io.weft.domain.records;

import io.weft.model.AddressScope;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Meta;
import io.weft.model.Sharing;
import io.weft.model.SubnetPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** The fields that subnet pools and address scopes have beside those of every resource. */
final class PoolRecords {
    private static final Set<String> FIELDS = Set.of(
            Names.SHARED,
            Names.RBAC,
            Names.SCOPE,
            Names.DEFAULT,
            Names.FAMILY,
            Names.PREFIXES,
            Names.MIN,
            Names.MAX,
            Names.LENGTH,
            Names.QUOTA);

    private final Map<String, Object> values = new HashMap<>();

    /** Takes in a field of a pool or scope; false when it is none. */
    boolean keep(String name, JsonParser json) {
        boolean known = FIELDS.contains(name);
        if (known) {
            values.put(name, Values.read(json));
        }
        return known;
    }

    SubnetPool pool(Meta meta) {
        IpFamily family = IpFamily.ofVersion(number(Names.FAMILY));
        List<IpPrefix> prefixes = new ArrayList<>();
        if (values.get(Names.PREFIXES) instanceof List<?> items) {
            items.forEach(item -> prefixes.add(IpPrefix.parse(item.toString())));
        }
        return new SubnetPool(
                meta,
                sharing(meta),
                Boolean.TRUE.equals(values.get(Names.DEFAULT)),
                family,
                prefixes,
                number(Names.MIN),
                number(Names.MAX),
                number(Names.LENGTH),
                values.containsKey(Names.QUOTA) ? OptionalInt.of(number(Names.QUOTA)) : OptionalInt.empty(),
                values.get(Names.SCOPE) instanceof String scope
                        ? Optional.of(UUID.fromString(scope))
                        : Optional.empty());
    }

    AddressScope scope(Meta meta) {
        return new AddressScope(meta, IpFamily.ofVersion(number(Names.FAMILY)), sharing(meta));
    }

    private Sharing sharing(Meta meta) {
        return SharingRecords.of(values).agreeing(meta, Boolean.TRUE.equals(values.get(Names.SHARED)), false);
    }

    private int number(String name) {
        if (values.get(name) instanceof Number number) {
            return number.intValue();
        }
        throw new IllegalArgumentException("the field " + name + " is missing");
    }

    static void write(JsonGenerator json, AddressScope scope) {
        RecordWriter.flag(json, Names.SHARED, scope.shared());
        SharingRecords.write(json, scope.meta(), scope.sharing());
        json.writeNumberProperty(Names.FAMILY, scope.family().version());
    }

    static void write(JsonGenerator json, SubnetPool pool) {
        RecordWriter.flag(json, Names.SHARED, pool.shared());
        SharingRecords.write(json, pool.meta(), pool.sharing());
        pool.addressScope().ifPresent(scope -> json.writeStringProperty(Names.SCOPE, scope.toString()));
        RecordWriter.flag(json, Names.DEFAULT, pool.isDefault());
        json.writeNumberProperty(Names.FAMILY, pool.family().version());
        if (!pool.prefixes().isEmpty()) {
            json.writeName(Names.PREFIXES);
            json.writeStartArray();
            pool.prefixes().forEach(prefix -> json.writeString(prefix.toString()));
            json.writeEndArray();
        }
        json.writeNumberProperty(Names.MIN, pool.minLength());
        json.writeNumberProperty(Names.MAX, pool.maxLength());
        json.writeNumberProperty(Names.LENGTH, pool.defaultLength());
        pool.defaultQuota().ifPresent(quota -> json.writeNumberProperty(Names.QUOTA, quota));
    }
}
