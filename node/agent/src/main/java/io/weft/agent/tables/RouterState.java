package io.weft.agent.tables;

import io.weft.model.IpPrefix;
import io.weft.protocol.RouterFact;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.StaticRoute;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is known of a router. */
final class RouterState {
    final UUID id;

    @Nullable
    RouterFact fact;

    final Map<UUID, RouterInterface> interfaces = new HashMap<>();
    final Map<IpPrefix, StaticRoute> routes = new HashMap<>();
    final Map<IpPrefix, Integer> groups = new HashMap<>();
    OptionalInt domain = OptionalInt.empty();

    RouterState(UUID id) {
        this.id = id;
    }

    boolean isEmpty() {
        return fact == null && interfaces.isEmpty() && routes.isEmpty();
    }

    boolean forwards() {
        RouterFact known = fact;
        return known != null && known.adminUp();
    }
}
