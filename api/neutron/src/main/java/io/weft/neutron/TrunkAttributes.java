package io.weft.neutron;

import io.weft.domain.SubportRequest;
import io.weft.model.Trunk;
import io.weft.rest.Attribute;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kinds;
import java.util.List;
import java.util.UUID;

/** The attributes of a trunk: https://docs.openstack.org/api-ref/network/v2/#trunk-networking. */
final class TrunkAttributes {
    final StandardAttributes<Trunk> standard = new StandardAttributes<>(false);
    final Attribute<Seen<Trunk>, Boolean> adminStateUp = Attribute.<Seen<Trunk>, Boolean>of(
                    "admin_state_up", Kinds.bool(), seen -> seen.resource().adminStateUp())
            .postAndPut()
            .byDefault(true)
            .build();
    final Attribute<Seen<Trunk>, UUID> portId = Attribute.<Seen<Trunk>, UUID>of(
                    "port_id", Values.UUID_KIND, seen -> seen.resource().portId())
            .required()
            .build();
    final Attribute<Seen<Trunk>, List<SubportRequest>> subports = Attribute.<Seen<Trunk>, List<SubportRequest>>of(
                    "sub_ports", SubportValues.REQUESTS, _ -> null)
            .written(
                    JsonSchema.list(SubportValues.SHOWN),
                    (seen, out) -> SubportValues.write(seen.resource().subports(), out))
            .post()
            .byDefault(List.of())
            .notFilterable()
            .notSortable()
            .build();

    private final Attribute<Seen<Trunk>, String> status = Attribute.<Seen<Trunk>, String>of(
                    "status",
                    Kinds.text(16),
                    seen -> seen.view().status(seen.resource()).name())
            .build();

    List<Attribute<Seen<Trunk>, ?>> all() {
        return standard.around(List.of(adminStateUp, portId, status, subports));
    }
}
