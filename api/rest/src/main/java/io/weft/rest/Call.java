package io.weft.rest;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The circumstances of one request that a service needs.
 *
 * @param caller who asks
 * @param expectedRevision the revision number that the object must have for the change to be made; from
 *     {@code If-Match: revision_number=N}
 * @param parent the id of the object beneath which the resource is; empty where it stands alone
 * @param parameters what stands behind the question mark; what of it restricts or orders a list is the engine's
 */
public record Call(
        Caller caller, OptionalLong expectedRevision, Optional<String> parent, Map<String, List<String>> parameters) {
    public Call(Caller caller) {
        this(caller, OptionalLong.empty(), Optional.empty(), Map.of());
    }

    /** Whether a parameter says yes, in whatever case. */
    public boolean says(String parameter) {
        return parameters.getOrDefault(parameter, List.of()).stream().anyMatch("true"::equalsIgnoreCase);
    }

    /** The answer when the expected revision is not the current one. */
    public static ApiException revisionMismatch(long expected, long current) {
        return RestError.REVISION_MISMATCH.with("Constrained to " + expected + ", but current revision is " + current);
    }
}
