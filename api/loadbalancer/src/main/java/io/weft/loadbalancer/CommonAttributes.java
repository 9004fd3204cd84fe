package io.weft.loadbalancer;

import io.weft.domain.Labels;
import io.weft.domain.LabelsUpdate;
import io.weft.model.Meta;
import io.weft.model.Resource;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Kinds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * The attributes that load balancers, listeners, pools and members share.
 *
 * @param <R> the model's record
 */
final class CommonAttributes<R extends Resource> {
    final Attribute<Shown<R>, UUID> id = Attribute.<Shown<R>, UUID>of(
                    "id", Values.ID, shown -> shown.resource().id())
            .build();
    final Attribute<Shown<R>, String> name = text("name", shown -> shown.name());
    final Attribute<Shown<R>, String> description =
            text("description", shown -> shown.meta().description());
    final Attribute<Shown<R>, String> project;
    final Attribute<Shown<R>, Boolean> adminStateUp;
    final Attribute<Shown<R>, List<String>> tags = Attribute.<Shown<R>, List<String>>of(
                    "tags", Values.TAGS, shown -> shown.resource().meta().tags())
            .postAndPut()
            .byDefault(List.of())
            .notFilterable()
            .notSortable()
            .build();

    private final Attribute<Shown<R>, String> provisioningStatus = Attribute.<Shown<R>, String>of(
                    "provisioning_status", Kinds.text(16), _ -> Status.PROVISIONED)
            .build();
    private final Attribute<Shown<R>, String> operatingStatus = Attribute.<Shown<R>, String>of(
                    "operating_status", Kinds.text(16), shown -> Status.of(shown.resource()))
            .build();
    private final Attribute<Shown<R>, Instant> createdAt = time("created_at", Meta::createdAt);
    private final Attribute<Shown<R>, Instant> updatedAt = time("updated_at", Meta::updatedAt);

    /**
     * @param up whether a resource is in service as far as people say
     * @param owned whether a creation names the project; otherwise it is that of what the resource belongs to
     */
    CommonAttributes(Predicate<R> up, boolean owned) {
        Attribute.Builder<Shown<R>, String> owner = Attribute.<Shown<R>, String>of(
                "project_id",
                Kinds.text(Meta.MAX_TEXT),
                shown -> shown.resource().project());
        project = (owned ? owner.owner() : owner).build();
        adminStateUp = Attribute.<Shown<R>, Boolean>of(
                        "admin_state_up", Kinds.bool(), shown -> up.test(shown.resource()))
                .postAndPut()
                .byDefault(true)
                .build();
    }

    private interface Text<S> {
        String of(S resource);
    }

    private interface Time {
        Instant of(Meta meta);
    }

    private static <S extends Resource> Attribute<Shown<S>, String> text(String name, Text<S> text) {
        return Attribute.<Shown<S>, String>of(name, Kinds.text(Meta.MAX_TEXT), shown -> text.of(shown.resource()))
                .postAndPut()
                .byDefault("")
                .build();
    }

    private static <S extends Resource> Attribute<Shown<S>, Instant> time(String name, Time time) {
        return Attribute.<Shown<S>, Instant>of(
                        name, Values.TIME, shown -> time.of(shown.resource().meta()))
                .build();
    }

    /** These before the resource's own. */
    List<Attribute<Shown<R>, ?>> around(List<? extends Attribute<Shown<R>, ?>> own) {
        List<Attribute<Shown<R>, ?>> all = new ArrayList<>(List.of(
                id,
                name,
                description,
                project,
                project.alias("tenant_id"),
                adminStateUp,
                provisioningStatus,
                operatingStatus,
                createdAt,
                updatedAt,
                tags));
        all.addAll(own);
        return all;
    }

    Labels labels(Body body) {
        return new Labels(body.require(name), body.require(description), body.require(tags));
    }

    LabelsUpdate changes(Body body) {
        return new LabelsUpdate(body.get(name), body.get(description), body.get(tags));
    }
}
