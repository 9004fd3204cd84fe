package io.weft.model;

import io.vavr.collection.HashMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link World} that is about networks and subnets; immutable.
 *
 * @param networks all networks
 * @param subnets all subnets
 * @param subnetsByNetwork the subnets of each network, which they never leave
 */
record NetworkWorld(HashMap<UUID, Network> networks, HashMap<UUID, Subnet> subnets, Index<UUID> subnetsByNetwork) {
    static final NetworkWorld EMPTY = new NetworkWorld(HashMap.empty(), HashMap.empty(), Index.empty());

    /** The same object when nothing of it changed. */
    NetworkWorld changed(Resource.Kind kind, UUID id, @Nullable Resource old, @Nullable Resource now) {
        return switch (kind) {
            case NETWORK ->
                new NetworkWorld(
                        now == null ? networks.remove(id) : networks.put(id, (Network) now), subnets, subnetsByNetwork);
            case SUBNET -> withSubnet(id, (Subnet) old, (Subnet) now);
            default -> this;
        };
    }

    private NetworkWorld withSubnet(UUID id, @Nullable Subnet old, @Nullable Subnet now) {
        Index<UUID> index = subnetsByNetwork;
        if (old == null && now != null) {
            index = index.add(now.networkId(), id);
        } else if (old != null && now == null) {
            index = index.remove(old.networkId(), id);
        }
        return new NetworkWorld(networks, now == null ? subnets.remove(id) : subnets.put(id, now), index);
    }
}
