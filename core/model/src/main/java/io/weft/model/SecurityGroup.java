package io.weft.model;

/**
 * A set of rules that say what ports may send and receive (Neutron API v2.0, Security groups).
 *
 * @param meta what every resource has
 * @param isDefault whether it is the one that its project's ports get when they do not say
 * @param stateful whether packets of a connection that was allowed pass both ways
 * @param precedence when its rules are asked; a default group is of the tier {@link Tier#NORMAL}
 * @param sharing who may use it besides its owner
 */
public record SecurityGroup(Meta meta, boolean isDefault, boolean stateful, Precedence precedence, Sharing sharing)
        implements Shareable {
    /** The name of a project's default group; no other may have it. */
    public static final String DEFAULT_NAME = "default";

    public SecurityGroup {
        Rules.require(
                "weft:tier", !isDefault || precedence.tier() == Tier.NORMAL, "a default group is of the tier normal");
    }

    /** A group of Neutron's own kind, for its owner alone. */
    public SecurityGroup(Meta meta, boolean isDefault, boolean stateful) {
        this(meta, isDefault, stateful, Precedence.NORMAL, Sharing.NONE);
    }

    /** The same, asked at another time. */
    public SecurityGroup withPrecedence(Precedence newPrecedence) {
        return new SecurityGroup(meta, isDefault, stateful, newPrecedence, sharing);
    }

    @Override
    public SecurityGroup withMeta(Meta newMeta) {
        return new SecurityGroup(newMeta, isDefault, stateful, precedence, sharing);
    }

    @Override
    public SecurityGroup withSharing(Sharing newSharing) {
        return new SecurityGroup(meta, isDefault, stateful, precedence, newSharing);
    }

    @Override
    public Kind kind() {
        return Kind.SECURITY_GROUP;
    }
}
