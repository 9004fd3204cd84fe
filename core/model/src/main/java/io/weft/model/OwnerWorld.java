package io.weft.model;

import io.vavr.collection.HashSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link World} that says whose resources are and what they are called, of all kinds but nodes; immutable.
 *
 * @param byName the resources of each name; those of all kinds, since a name that two kinds have is rare
 * @param byProject the resources of each project
 */
record OwnerWorld(Index<String> byName, Index<Owned> byProject) {
    static final OwnerWorld EMPTY = new OwnerWorld(Index.empty(), Index.empty());

    /** The resources of a kind that a project has. */
    record Owned(String project, Resource.Kind kind) {}

    HashSet<UUID> of(Resource.Kind kind, String project) {
        return byProject.get(new Owned(project, kind));
    }

    /** The same object when nothing of it changed. */
    OwnerWorld changed(Resource.Kind kind, UUID id, @Nullable Resource old, @Nullable Resource now) {
        if (kind == Resource.Kind.NODE || (old != null && now != null && sameKeys(old, now))) {
            return this;
        }
        Index<String> names = byName;
        Index<Owned> owners = byProject;
        if (old != null) {
            names = old.name().isEmpty() ? names : names.remove(old.name(), id);
            owners = old.project().isEmpty() ? owners : owners.remove(new Owned(old.project(), kind), id);
        }
        if (now != null) {
            names = now.name().isEmpty() ? names : names.add(now.name(), id);
            owners = now.project().isEmpty() ? owners : owners.add(new Owned(now.project(), kind), id);
        }
        return new OwnerWorld(names, owners);
    }

    private static boolean sameKeys(Resource old, Resource now) {
        return old.project().equals(now.project()) && old.name().equals(now.name());
    }
}
