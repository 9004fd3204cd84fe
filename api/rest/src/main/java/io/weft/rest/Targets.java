package io.weft.rest;

import io.weft.rest.policy.Target;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the policy sees of a resource's objects and of the bodies that are sent for them.
 *
 * @param <T> the record of one object
 */
final class Targets<T> {
    private static final String PARENT = "ext_parent:";

    private final ResourceType<T> resource;
    private final @Nullable Targets<?> parent;

    Targets(ResourceType<T> resource, @Nullable Targets<?> parent) {
        this.resource = resource;
        this.parent = parent;
    }

    /** An object as it is. */
    Target of(Call call, T record) {
        return name -> {
            Attribute<T, ?> attribute = resource.schema().attribute(name);
            if (attribute != null) {
                return attribute.value(record);
            }
            Related<T> related = resource.related(name);
            return related == null
                    ? ofParent(call, name)
                    : value(related.ofRecord().value(call, record));
        };
    }

    /** What is to become an object. */
    Target of(Call call, Body body) {
        return name -> {
            Attribute<T, ?> attribute = resource.schema().attribute(name);
            if (attribute != null) {
                return body.raw(attribute.target());
            }
            Related<T> related = resource.related(name);
            return related == null
                    ? ofParent(call, name)
                    : value(related.ofBody().value(call, body));
        };
    }

    /** An object as it is to be. */
    Target of(Call call, T record, Body changes) {
        Target present = of(call, record);
        return name -> {
            Attribute<T, ?> attribute = resource.schema().attribute(name);
            return attribute != null && changes.has(attribute) ? changes.raw(attribute.target()) : present.value(name);
        };
    }

    private @Nullable Object ofParent(Call call, String name) {
        return parent == null || call.parent().isEmpty() || !name.startsWith(PARENT)
                ? Target.ABSENT
                : parent.byId(call, call.parent().get(), name.substring(PARENT.length()));
    }

    private @Nullable Object byId(Call call, String id, String name) {
        T record = resource.service().find(call, id).orElseThrow(() -> resource.notFound(id));
        return of(call, record).value(name);
    }

    private static Object value(Optional<?> found) {
        return found.isPresent() ? found.get() : Target.ABSENT;
    }
}
