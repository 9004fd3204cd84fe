package io.weft.model;

/**
 * A set of rules that say what ports may send and receive (Neutron API v2.0, Security groups).
 *
 * @param meta what every resource has
 * @param isDefault whether it is the one that its project's ports get when they do not say
 * @param stateful whether packets of a connection that was allowed pass both ways
 * @param sharing who may use it besides its owner
 */
public record SecurityGroup(Meta meta, boolean isDefault, boolean stateful, Sharing sharing) implements Shareable {
    /** The name of a project's default group; no other may have it. */
    public static final String DEFAULT_NAME = "default";

    /** A group for its owner alone. */
    public SecurityGroup(Meta meta, boolean isDefault, boolean stateful) {
        this(meta, isDefault, stateful, Sharing.NONE);
    }

    @Override
    public SecurityGroup withMeta(Meta newMeta) {
        return new SecurityGroup(newMeta, isDefault, stateful, sharing);
    }

    @Override
    public SecurityGroup withSharing(Sharing newSharing) {
        return new SecurityGroup(meta, isDefault, stateful, newSharing);
    }

    @Override
    public Kind kind() {
        return Kind.SECURITY_GROUP;
    }
}
