package io.weft.agent.tables;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.protocol.AddressQos;
import io.weft.protocol.FloatingIpFact;
import io.weft.protocol.PortForwardingFact;
import io.weft.protocol.RouterFact;
import io.weft.protocol.RouterGateway;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.StaticRoute;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is known of a router. */
final class RouterState {
    final UUID id;

    @Nullable
    RouterFact fact;

    final Map<UUID, RouterInterface> interfaces = new HashMap<>();
    final Map<IpPrefix, StaticRoute> routes = new HashMap<>();
    final SortedMap<UUID, RouterGateway> gateways = new TreeMap<>();
    final Map<UUID, FloatingIpFact> floating = new HashMap<>();
    final Map<UUID, PortForwardingFact> forwardings = new HashMap<>();
    final Map<IpAddress, AddressQos> limits = new HashMap<>();
    final Map<IpPrefix, Integer> groups = new HashMap<>();
    final Map<IpAddress, Integer> limitNumbers = new HashMap<>();
    OptionalInt domain = OptionalInt.empty();

    RouterState(UUID id) {
        this.id = id;
    }

    boolean isEmpty() {
        return fact == null
                && interfaces.isEmpty()
                && routes.isEmpty()
                && gateways.isEmpty()
                && floating.isEmpty()
                && forwardings.isEmpty()
                && limits.isEmpty();
    }

    /** The gateways in their order. */
    List<RouterGateway> ranked() {
        return gateways.values().stream().sorted(RouterGateway.BY_RANK).toList();
    }

    /** Whether a group may have to be kept for a prefix: for a static route, or for the default routes of gateways. */
    boolean mayShare(IpPrefix prefix) {
        return routes.containsKey(prefix) || prefix.length() == 0 && gateways.size() > 1;
    }

    boolean forwards() {
        RouterFact known = fact;
        return known != null && known.adminUp();
    }
}
