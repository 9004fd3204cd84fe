package io.weft.responders.dns;

import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What names in a network follow from.
 *
 * @param project whose the network is
 * @param domain the operator's domain: complete, in lower case; empty when nothing in the network has a name
 * @param ownDomain the network's own domain, possibly empty
 * @param subnets its blocks of addresses, whose reverse names are known here and nowhere else
 * @param routed the networks that routers join with it, itself among them
 */
public record Zone(String project, String domain, String ownDomain, List<IpPrefix> subnets, Set<UUID> routed) {
    public Zone {
        subnets = List.copyOf(subnets);
    }
}
