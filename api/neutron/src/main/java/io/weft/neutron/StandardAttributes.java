package io.weft.neutron;

import io.weft.model.Meta;
import io.weft.model.Resource;
import io.weft.rest.Attribute;
import io.weft.rest.Kinds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The attributes that networks, subnets, ports and routers share.
 *
 * @param <R> the model's record
 */
final class StandardAttributes<R extends Resource> {
    final Attribute<Seen<R>, UUID> id = Attribute.<Seen<R>, UUID>of(
                    "id", Values.UUID_KIND, seen -> seen.resource().id())
            .filtered(texts -> {
                List<String> wanted = List.copyOf(texts);
                return seen -> wanted.contains(seen.id());
            })
            .build();
    final Attribute<Seen<R>, String> name = Attribute.<Seen<R>, String>of(
                    "name", Kinds.text(Meta.MAX_TEXT), seen -> seen.resource().name())
            .postAndPut()
            .byDefault("")
            .build();
    final Attribute<Seen<R>, String> project = Attribute.<Seen<R>, String>of(
                    "project_id",
                    Kinds.text(Meta.MAX_TEXT),
                    seen -> seen.resource().project())
            .owner()
            .build();
    final Attribute<Seen<R>, String> tenant = project.alias("tenant_id");
    final Attribute<Seen<R>, String> description = Attribute.<Seen<R>, String>of(
                    "description",
                    Kinds.text(Meta.MAX_TEXT),
                    seen -> seen.resource().meta().description())
            .postAndPut()
            .byDefault("")
            .build();
    final Attribute<Seen<R>, List<String>> tags;
    final Attribute<Seen<R>, Long> revision = Attribute.<Seen<R>, Long>of(
                    "revision_number",
                    Kinds.integer(0, Long.MAX_VALUE),
                    seen -> seen.resource().meta().revision())
            .build();
    final Attribute<Seen<R>, Instant> createdAt = Attribute.<Seen<R>, Instant>of(
                    "created_at", Values.TIME, seen -> seen.resource().meta().createdAt())
            .build();
    final Attribute<Seen<R>, Instant> updatedAt = Attribute.<Seen<R>, Instant>of(
                    "updated_at", Values.TIME, seen -> seen.resource().meta().updatedAt())
            .build();

    /** @param taggedAtCreation whether a create request may hold tags */
    StandardAttributes(boolean taggedAtCreation) {
        var builder = Attribute.<Seen<R>, List<String>>of(
                        "tags", Values.TAGS, seen -> seen.resource().meta().tags())
                .notFilterable();
        tags = (taggedAtCreation ? builder.post().byDefault(List.of()) : builder).build();
    }

    /** These before the resource's own. */
    List<Attribute<Seen<R>, ?>> around(List<? extends Attribute<Seen<R>, ?>> own) {
        List<Attribute<Seen<R>, ?>> all = new ArrayList<>();
        all.addAll(List.of(id, name, project, tenant, description));
        all.addAll(own);
        all.addAll(List.of(tags, revision, createdAt, updatedAt));
        return all;
    }
}
