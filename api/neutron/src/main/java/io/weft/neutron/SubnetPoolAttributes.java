package io.weft.neutron;

import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Meta;
import io.weft.model.SubnetPool;
import io.weft.rest.Attribute;
import io.weft.rest.Kind;
import io.weft.rest.Kinds;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.ToIntFunction;

/** The attributes of a subnet pool: https://docs.openstack.org/api-ref/network/v2/#subnet-pools-extension-subnetpools. */
final class SubnetPoolAttributes {
    /** What it may be in the pool's family is for the domain to say. */
    private static final Kind<Long> LENGTH = Kinds.integer(0, IpFamily.IPV6.bits());

    final StandardAttributes<SubnetPool> standard = new StandardAttributes<>(false);
    final Attribute<Seen<SubnetPool>, String> name = Attribute.<Seen<SubnetPool>, String>of(
                    "name",
                    Kinds.visibleText(Meta.MAX_TEXT),
                    seen -> seen.resource().name())
            .postAndPut()
            .required()
            .build();
    final Attribute<Seen<SubnetPool>, List<IpPrefix>> prefixes = Attribute.<Seen<SubnetPool>, List<IpPrefix>>of(
                    "prefixes",
                    Values.CIDRS.narrowed(Values.SOME_CIDRS.schema()),
                    seen -> seen.resource().prefixes())
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
            .mayBeAbsent()
            .build();
    final Attribute<Seen<SubnetPool>, Boolean> isDefault = Attribute.<Seen<SubnetPool>, Boolean>of(
                    "is_default", Kinds.bool(), seen -> seen.resource().isDefault())
            .postAndPut()
            .byDefault(false)
            .build();
    final Attribute<Seen<SubnetPool>, Boolean> shared = Attribute.<Seen<SubnetPool>, Boolean>of(
                    "shared", Kinds.bool(), seen -> seen.resource().isSharedWith(seen.viewer()))
            .post()
            .byDefault(false)
            .build();

    final Attribute<Seen<SubnetPool>, UUID> addressScope = Attribute.<Seen<SubnetPool>, UUID>of(
                    "address_scope_id",
                    Values.UUID_KIND,
                    seen -> seen.resource().addressScope().orElse(null))
            .postAndPut()
            .nullable()
            .build();

    private final Attribute<Seen<SubnetPool>, Long> ipVersion = Attribute.<Seen<SubnetPool>, Long>of(
                    "ip_version", Values.IP_VERSION, seen ->
                            (long) seen.resource().family().version())
            .build();

    /** Taken as a number, and shown as a text, as Neutron does. */
    private static Attribute<Seen<SubnetPool>, Long> length(String name, ToIntFunction<SubnetPool> getter) {
        return Attribute.<Seen<SubnetPool>, Long>of(name, LENGTH, seen -> (long) getter.applyAsInt(seen.resource()))
                .postAndPut()
                .written(
                        Forms.TEXT,
                        (seen, out) -> out.writeString(Integer.toString(getter.applyAsInt(seen.resource()))))
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
                addressScope,
                standard.tags,
                standard.revision,
                standard.createdAt,
                standard.updatedAt));
        return all;
    }
}
