package io.weft.model;

/**
 * A set of rules that say what ports may send and receive (Neutron API v2.0, Security groups).
 *
 * @param meta what every resource has
 * @param isDefault whether it is the one that its project's ports get when they do not say
 * @param stateful whether packets of a connection that was allowed pass both ways
 */
public record SecurityGroup(Meta meta, boolean isDefault, boolean stateful) implements Resource {
    /** The name of a project's default group; no other may have it. */
    public static final String DEFAULT_NAME = "default";

    @Override
    public SecurityGroup withMeta(Meta newMeta) {
        return new SecurityGroup(newMeta, isDefault, stateful);
    }

    @Override
    public Kind kind() {
        return Kind.SECURITY_GROUP;
    }
}
