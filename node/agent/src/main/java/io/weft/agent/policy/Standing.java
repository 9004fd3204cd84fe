package io.weft.agent.policy;

import io.weft.model.RuleAction;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules that count for some packets: of each tier the first that matches them. Immutable. */
record Standing(
        @Nullable Grant admin,
        @Nullable Grant normal,
        @Nullable Grant baseline) {
    /** No rule matches. */
    static final Standing NONE = new Standing(null, null, null);

    /** What becomes of packets, in the order of what is allowed. */
    enum Outcome {
        /** No rule matches them, and so they are denied. */
        UNMATCHED,
        /** A rule denies them, or passes them to tiers of which no rule matches them. */
        DENIED,
        /** They pass, and nothing else does by that. */
        STATELESS,
        /** Their connection is allowed. */
        STATEFUL;

        /** Whether packets that had this outcome may do less with another. */
        boolean narrowsTo(Outcome other) {
            return this != UNMATCHED && this != DENIED && other.compareTo(this) < 0;
        }
    }

    static Standing of(Grant grant) {
        return switch (grant.precedence().tier()) {
            case ADMIN -> new Standing(grant, null, null);
            case NORMAL -> new Standing(null, grant, null);
            case BASELINE -> new Standing(null, null, grant);
        };
    }

    /** Both match. */
    Standing and(Standing other) {
        return new Standing(first(admin, other.admin), first(normal, other.normal), first(baseline, other.baseline));
    }

    private static @Nullable Grant first(@Nullable Grant one, @Nullable Grant other) {
        return one == null || other != null && other.isBefore(one) ? other : one;
    }

    /** The rule that gives the verdict; one that passes gives it where no later tier says anything. */
    Optional<Grant> decider() {
        return tiers().filter(grant -> grant.action() != RuleAction.PASS)
                .findFirst()
                .or(() -> tiers().findFirst());
    }

    private Stream<Grant> tiers() {
        return Stream.of(Optional.ofNullable(admin), Optional.ofNullable(normal), Optional.ofNullable(baseline))
                .flatMap(Optional::stream);
    }

    Outcome outcome() {
        return decider()
                .map(grant -> grant.action() != RuleAction.ALLOW
                        ? Outcome.DENIED
                        : grant.stateful() ? Outcome.STATEFUL : Outcome.STATELESS)
                .orElse(Outcome.UNMATCHED);
    }
}
