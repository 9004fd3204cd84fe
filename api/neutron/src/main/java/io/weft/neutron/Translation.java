package io.weft.neutron;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.rest.ApiException;
import io.weft.rest.ErrorCategory;
import org.jspecify.annotations.Nullable;

/** Turns the domain's problems into answers; the domain gives Neutron's names and messages itself. */
final class Translation {
    private static final System.Logger LOG = System.getLogger(Translation.class.getName());

    private Translation() {}

    static @Nullable ApiException translate(RuntimeException e) {
        if (!(e instanceof DomainException domain)) {
            return null;
        }
        Problem problem = domain.problem();
        if (problem.category() == Problem.Category.INTERNAL || problem.category() == Problem.Category.UNAVAILABLE) {
            LOG.log(System.Logger.Level.WARNING, "request failed", domain);
        }
        return new ApiException(category(problem.category()), problem.type(), domain.text());
    }

    private static ErrorCategory category(Problem.Category category) {
        return switch (category) {
            case NOT_FOUND -> ErrorCategory.NOT_FOUND;
            case FORBIDDEN -> ErrorCategory.FORBIDDEN;
            case USER -> ErrorCategory.INVALID;
            case CONFLICT -> ErrorCategory.CONFLICT;
            case PRECONDITION -> ErrorCategory.PRECONDITION;
            case QUOTA -> ErrorCategory.QUOTA;
            case UNAVAILABLE -> ErrorCategory.UNAVAILABLE;
            case INTERNAL -> ErrorCategory.INTERNAL;
        };
    }
}
