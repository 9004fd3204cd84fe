package io.weft.server;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.rest.ApiException;
import io.weft.rest.ErrorCategory;
import io.weft.rest.RestError;
import io.weft.server.identity.IdentityException;
import io.weft.store.StoreException;
import org.jspecify.annotations.Nullable;

/** How the operations API answers what its parts throw. */
final class Refusals {
    private Refusals() {}

    static @Nullable ApiException translate(RuntimeException e) {
        String message = String.valueOf(e.getMessage());
        return switch (e) {
            case IdentityException identity ->
                new ApiException(
                        switch (identity.reason().status()) {
                            case 400 -> ErrorCategory.INVALID;
                            case 403 -> ErrorCategory.FORBIDDEN;
                            case 409 -> ErrorCategory.CONFLICT;
                            default -> ErrorCategory.INTERNAL;
                        },
                        identity.reason().name(),
                        message);
            case DomainException domain ->
                new ApiException(
                        domain.problem() == Problem.NODE_NOT_FOUND ? ErrorCategory.NOT_FOUND : ErrorCategory.CONFLICT,
                        domain.problem().name(),
                        message);
            case StoreException store ->
                new ApiException(ErrorCategory.UNAVAILABLE, RestError.UNAVAILABLE.type(), message);
            default -> null;
        };
    }
}
