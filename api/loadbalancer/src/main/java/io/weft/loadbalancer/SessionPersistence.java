package io.weft.loadbalancer;

import io.weft.model.Pool;
import io.weft.rest.Kind;
import io.weft.rest.Kinds;
import io.weft.rest.Member;
import io.weft.rest.Members;
import java.util.List;
import java.util.Optional;

/** The session persistence of a pool as the seconds for which a source address stays with a member. */
final class SessionPersistence {
    /** For how long when nobody says. */
    static final int USUAL = 360;

    private static final String SOURCE_IP = "SOURCE_IP";
    private static final Member<String> TYPE = Member.required("type", Kinds.oneOf(List.of(SOURCE_IP)));
    private static final Member<Long> TIMEOUT =
            Member.optional("persistence_timeout", Kinds.integer(1, Pool.MAX_AFFINITY));
    private static final Member<Object> COOKIE =
            Member.optional("cookie_name", Unsupported.kind(Optional.empty(), "nobody reads what connections carry"));
    private static final Member<Object> GRANULARITY = Member.optional(
            "persistence_granularity", Unsupported.kind(Optional.empty(), "each source address is taken by itself"));

    static final Kind<Integer> KIND = Members.object(
            List.of(TYPE, TIMEOUT, COOKIE, GRANULARITY),
            members -> members.get(TIMEOUT).map(Long::intValue).orElse(USUAL),
            (seconds, out) -> {
                out.writeStringProperty("type", SOURCE_IP);
                out.writeNullProperty("cookie_name");
                out.writeNumberProperty("persistence_timeout", seconds);
                out.writeNullProperty("persistence_granularity");
            });

    private SessionPersistence() {}
}
