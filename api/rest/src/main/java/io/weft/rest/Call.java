package io.weft.rest;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The circumstances of one request that a service needs.
 *
 * @param caller who asks
 * @param expectedRevision the revision number that the object must have for the change to be made; from
 *     {@code If-Match: revision_number=N}
 * @param parent the id of the object beneath which the resource is; empty where it stands alone
 */
public record Call(Caller caller, OptionalLong expectedRevision, Optional<String> parent) {
    public Call(Caller caller) {
        this(caller, OptionalLong.empty(), Optional.empty());
    }

    /** The answer when the expected revision is not the current one. */
    public static ApiException revisionMismatch(long expected, long current) {
        return RestError.REVISION_MISMATCH.with("Constrained to " + expected + ", but current revision is " + current);
    }
}
