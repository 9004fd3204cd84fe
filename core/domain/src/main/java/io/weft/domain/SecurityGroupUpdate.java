package io.weft.domain;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What changes of a security group; what is empty stays.
 *
 * @param name its name; not of a default group
 * @param description its description
 * @param stateful whether packets of a connection that was allowed pass both ways; not while ports use it
 * @param priority the priority within its tier; not of the tier {@link io.weft.model.Tier#NORMAL}
 * @param expectedRevision the revision number that it must have
 */
public record SecurityGroupUpdate(
        Optional<String> name,
        Optional<String> description,
        Optional<Boolean> stateful,
        OptionalInt priority,
        OptionalLong expectedRevision) {
    /** Nothing changes. */
    public static final SecurityGroupUpdate NONE = new SecurityGroupUpdate(
            Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalLong.empty());

    /** The same with this name. */
    public SecurityGroupUpdate withName(String newName) {
        return new SecurityGroupUpdate(Optional.of(newName), description, stateful, priority, expectedRevision);
    }

    /** The same, stateful or not. */
    public SecurityGroupUpdate withStateful(boolean newStateful) {
        return new SecurityGroupUpdate(name, description, Optional.of(newStateful), priority, expectedRevision);
    }

    /** The same with this priority. */
    public SecurityGroupUpdate withPriority(int newPriority) {
        return new SecurityGroupUpdate(name, description, stateful, OptionalInt.of(newPriority), expectedRevision);
    }
}
