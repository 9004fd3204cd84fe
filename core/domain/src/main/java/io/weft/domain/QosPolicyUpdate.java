package io.weft.domain;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What changes of a QoS policy; what is empty stays.
 *
 * @param name its name
 * @param description its description
 * @param shared whether every project may use it
 * @param isDefault whether its project's new networks get it when they do not say
 * @param expectedRevision the revision number that it must have
 */
public record QosPolicyUpdate(
        Optional<String> name,
        Optional<String> description,
        Optional<Boolean> shared,
        Optional<Boolean> isDefault,
        OptionalLong expectedRevision) {
    /** Nothing changes. */
    public static final QosPolicyUpdate NONE = new QosPolicyUpdate(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty());

    /** The same, shared or not. */
    public QosPolicyUpdate withShared(boolean newShared) {
        return new QosPolicyUpdate(name, description, Optional.of(newShared), isDefault, expectedRevision);
    }

    /** The same, as its project's default or not. */
    public QosPolicyUpdate withDefault(boolean newDefault) {
        return new QosPolicyUpdate(name, description, shared, Optional.of(newDefault), expectedRevision);
    }
}
