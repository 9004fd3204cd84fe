package io.weft.rest;

import java.util.OptionalLong;

/**
 * The circumstances of one request that a service needs.
 *
 * @param caller who asks
 * @param expectedRevision the revision number that the object must have for the change to be made; from
 *     {@code If-Match: revision_number=N}
 */
public record Call(Caller caller, OptionalLong expectedRevision) {
    public Call(Caller caller) {
        this(caller, OptionalLong.empty());
    }

    /** The answer when the expected revision is not the current one. */
    public static ApiException revisionMismatch(long expected, long current) {
        return RestError.REVISION_MISMATCH.with("Constrained to " + expected + ", but current revision is " + current);
    }
}
