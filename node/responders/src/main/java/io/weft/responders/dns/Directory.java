package io.weft.responders.dns;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** All names that a node knows, by network. The node's thread changes it, any thread reads. */
public final class Directory {
    private final Map<UUID, NetworkIndex> networks = new ConcurrentHashMap<>();

    /** A network's names follow from something else now, or the network is gone. */
    public void zone(UUID network, Optional<Zone> zone) {
        NetworkIndex index = networks.computeIfAbsent(network, _ -> new NetworkIndex());
        index.zone(zone);
        tidy(network, index);
    }

    /** An address is called something else now, or is gone. */
    public void called(NameKey key, Optional<Called> called) {
        NetworkIndex index = networks.computeIfAbsent(key.network(), _ -> new NetworkIndex());
        index.put(key.address(), called.orElse(null));
        tidy(key.network(), index);
    }

    private void tidy(UUID network, NetworkIndex index) {
        if (index.isEmpty()) {
            networks.remove(network);
        }
    }

    /**
     * What a port may know: the names in its own network, and those in the networks of its own project that are routed
     * with it. Other tenants' networks stay unknown, also where a router joins them.
     *
     * @param network the port's network
     * @param project whose the port is
     */
    public Names seenFrom(UUID network, String project) {
        NetworkIndex own = networks.get(network);
        if (own == null) {
            return Names.NONE;
        }
        Zone zone = own.zone().orElse(null);
        if (zone == null || zone.domain().isEmpty()) {
            return Names.NONE;
        }
        List<NetworkIndex> known = new ArrayList<>();
        known.add(own);
        for (UUID id : zone.routed()) {
            NetworkIndex other = id.equals(network) ? null : networks.get(id);
            if (other != null
                    && other.zone().filter(z -> z.project().equals(project)).isPresent()) {
                known.add(other);
            }
        }
        return new KnownNames(zone.domain(), known);
    }
}
