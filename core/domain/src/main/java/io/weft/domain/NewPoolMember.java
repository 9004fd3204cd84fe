package io.weft.domain;

import io.weft.model.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A member of a pool to be made.
 *
 * @param name its name
 * @param tags its tags
 * @param adminStateUp false keeps it out of the pool
 * @param address where it is reached
 * @param port the port where it is reached
 * @param weight its share of the connections
 * @param subnetId the subnet that the address is of
 */
public record NewPoolMember(
        String name,
        List<String> tags,
        boolean adminStateUp,
        IpAddress address,
        int port,
        int weight,
        Optional<UUID> subnetId) {
    public NewPoolMember {
        tags = List.copyOf(tags);
    }

    /** One without a name, of weight 1. */
    public static NewPoolMember of(IpAddress address, int port) {
        return new NewPoolMember("", List.of(), true, address, port, 1, Optional.empty());
    }

    /** The same with this weight. */
    public NewPoolMember withWeight(int newWeight) {
        return new NewPoolMember(name, tags, adminStateUp, address, port, newWeight, subnetId);
    }
}
