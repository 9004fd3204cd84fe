package io.weft.model;

import io.vavr.collection.HashMap;
import io.vavr.collection.HashSet;
import io.weft.model.RbacPolicy.Action;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link World} that is about what projects let others use; immutable.
 *
 * @param objects the object of each policy
 * @param byProject the policies that each project made
 * @param byTarget the objects that each target may use
 */
record RbacWorld(HashMap<UUID, ObjectKey> objects, Index<String> byProject, Index<Grant> byTarget) {
    static final RbacWorld EMPTY = new RbacWorld(HashMap.empty(), Index.empty(), Index.empty());

    /** An object. */
    record ObjectKey(Resource.Kind kind, UUID id) {}

    /** What a target may do with objects of a kind. */
    record Grant(Resource.Kind kind, Action action, String target) {}

    /** The same object when nothing of it changed. */
    RbacWorld changed(@Nullable Resource old, @Nullable Resource now) {
        return old instanceof Shareable || now instanceof Shareable
                ? withObject((Shareable) old, (Shareable) now)
                : this;
    }

    private RbacWorld withObject(@Nullable Shareable before, @Nullable Shareable after) {
        Sharing old = before == null ? Sharing.NONE : before.sharing();
        Sharing now = after == null ? Sharing.NONE : after.sharing();
        if (old.equals(now)) {
            return this;
        }
        RbacWorld world = this;
        if (before != null) {
            for (RbacPolicy policy : old.policies()) {
                world = world.without(before, policy);
            }
        }
        if (after != null) {
            for (RbacPolicy policy : now.policies()) {
                world = world.with(after, policy);
            }
        }
        return world;
    }

    private RbacWorld with(Shareable object, RbacPolicy policy) {
        return new RbacWorld(
                objects.put(policy.id(), new ObjectKey(object.kind(), object.id())),
                byProject.add(policy.project(), policy.id()),
                byTarget.add(grant(object, policy), object.id()));
    }

    private RbacWorld without(Shareable object, RbacPolicy policy) {
        return new RbacWorld(
                objects.remove(policy.id()),
                byProject.remove(policy.project(), policy.id()),
                byTarget.remove(grant(object, policy), object.id()));
    }

    private static Grant grant(Shareable object, RbacPolicy policy) {
        return new Grant(object.kind(), policy.action(), policy.target());
    }

    /** The objects of a kind with which a project may do this, those for everyone among them. */
    HashSet<UUID> usable(Resource.Kind kind, Action action, String project) {
        HashSet<UUID> everyones = byTarget.get(new Grant(kind, action, RbacPolicy.EVERYONE));
        HashSet<UUID> own = byTarget.get(new Grant(kind, action, project));
        return own.isEmpty() ? everyones : everyones.addAll(own);
    }
}
