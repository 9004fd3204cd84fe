package io.weft.model;

import io.weft.model.RbacPolicy.Action;

/** Something that its owner may let other projects use. */
public sealed interface Shareable extends Resource
        permits Network, SecurityGroup, AddressGroup, QosPolicy, SubnetPool, AddressScope {
    /** Who may use it besides its owner. */
    Sharing sharing();

    /** The same, shared otherwise. */
    Shareable withSharing(Sharing sharing);

    /** Whether every project may use it. */
    default boolean shared() {
        return sharing().isForEveryone(Action.ACCESS_AS_SHARED);
    }

    /** Whether a project may use it although it may not be its own. */
    default boolean isSharedWith(String project) {
        return sharing().allows(Action.ACCESS_AS_SHARED, project);
    }
}
