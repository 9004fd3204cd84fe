package io.weft.domain;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What changes of a trunk; what is empty stays.
 *
 * @param name its name
 * @param description its description
 * @param adminStateUp false keeps its subports as they are
 * @param expectedRevision the revision number that it must have
 */
public record TrunkUpdate(
        Optional<String> name,
        Optional<String> description,
        Optional<Boolean> adminStateUp,
        OptionalLong expectedRevision) {
    /** Nothing changes. */
    public static final TrunkUpdate NONE =
            new TrunkUpdate(Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty());

    /** The same, its subports kept as they are or not. */
    public TrunkUpdate withAdminState(boolean up) {
        return new TrunkUpdate(name, description, Optional.of(up), expectedRevision);
    }
}
