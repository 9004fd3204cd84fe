package io.weft.kubernetes.neutron;

import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Optional;

/**
 * The network that pods share.
 *
 * @param network its name or id; made when there is none of the name
 * @param prefixes of its subnets; made when they are not there; empty for what the network has
 * @param router the name or id of a router that these subnets join; made when there is none of the name
 */
public record NetworkSettings(String network, List<IpPrefix> prefixes, Optional<String> router) {
    public NetworkSettings {
        prefixes = List.copyOf(prefixes);
    }
}
