package io.weft.neutron;

import io.weft.model.IpPrefix;
import io.weft.model.Meta;
import io.weft.model.SubnetPool;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Kind;
import io.weft.rest.Kinds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** The attributes of a subnet pool: https://docs.openstack.org/api-ref/network/v2/#subnet-pools-extension-subnetpools. */
final class SubnetPoolAttributes {
    private static final Kind<String> NAME = Kinds.parsed(
            Meta.MAX_TEXT,
            (text, field) -> {
                if (text.isBlank()) {
                    throw ApiException.invalid(field, "'" + text + "' Blank strings are not permitted");
                }
                return text;
            },
            Function.identity(),
            Comparator.naturalOrder());

    final StandardAttributes<SubnetPool> standard = new StandardAttributes<>(false);
    final Attribute<Seen<SubnetPool>, String> name = Attribute.<Seen<SubnetPool>, String>of(
                    "name", NAME, seen -> seen.resource().name())
            .postAndPut()
            .required()
            .build();
    final Attribute<Seen<SubnetPool>, List<IpPrefix>> prefixes = Attribute.<Seen<SubnetPool>, List<IpPrefix>>of(
                    "prefixes", Values.CIDRS, seen -> seen.resource().prefixes())
            .postAndPut()
            .required()
            .notFilterable()
            .build();
    final Attribute<Seen<SubnetPool>, Long> minimum = length("min_prefixlen", SubnetPool::minLength);
    final Attribute<Seen<SubnetPool>, Long> maximum = length("max_prefixlen", SubnetPool::maxLength);
    final Attribute<Seen<SubnetPool>, Long> standardLength = length("default_prefixlen", SubnetPool::defaultLength);
    final Attribute<Seen<SubnetPool>, Long> quota = Attribute.<Seen<SubnetPool>, Long>of(
                    "default_quota", Kinds.integer(0, Integer.MAX_VALUE), seen -> {
                        SubnetPool pool = seen.resource();
                        return pool.defaultQuota().isPresent()
                                ? (Long) (long) pool.defaultQuota().getAsInt()
                                : null;
                    })
            .postAndPut()
            .build();
    final Attribute<Seen<SubnetPool>, Boolean> isDefault = Attribute.<Seen<SubnetPool>, Boolean>of(
                    "is_default", Kinds.bool(), seen -> seen.resource().isDefault())
            .postAndPut()
            .byDefault(false)
            .build();
    final Attribute<Seen<SubnetPool>, Boolean> shared = Attribute.<Seen<SubnetPool>, Boolean>of(
                    "shared", Kinds.bool(), seen -> seen.resource().shared())
            .post()
            .byDefault(false)
            .build();

    private final Attribute<Seen<SubnetPool>, Long> ipVersion = Attribute.<Seen<SubnetPool>, Long>of(
                    "ip_version", Kinds.integer(4, 6), seen ->
                            (long) seen.resource().family().version())
            .build();

    /** Taken as a number, and shown as a text, as Neutron does. */
    private static Attribute<Seen<SubnetPool>, Long> length(String name, ToIntFunction<SubnetPool> getter) {
        return Attribute.<Seen<SubnetPool>, Long>of(
                        name, Kinds.integer(0, Integer.MAX_VALUE), seen -> (long) getter.applyAsInt(seen.resource()))
                .postAndPut()
                .written((seen, out) -> out.writeString(Integer.toString(getter.applyAsInt(seen.resource()))))
                .build();
    }

    List<Attribute<Seen<SubnetPool>, ?>> all() {
        List<Attribute<Seen<SubnetPool>, ?>> all = new ArrayList<>(List.of(
                standard.id,
                name,
                standard.project,
                standard.tenant,
                standard.description,
                prefixes,
                quota,
                ipVersion,
                standardLength,
                minimum));
        all.addAll(List.of(
                maximum,
                isDefault,
                shared,
                Refused.attribute("address_scope_id", "address-scope"),
                standard.tags,
                standard.revision,
                standard.createdAt,
                standard.updatedAt));
        return all;
    }
}
