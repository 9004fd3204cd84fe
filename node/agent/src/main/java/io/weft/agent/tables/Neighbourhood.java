package io.weft.agent.tables;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.Set;

/**
 * Which underlay addresses are on the uplink's own link, with no router between: to these the tunnel's packets go without
 * asking the kernel for a route each time. The ways to all others may change while no agent runs, so they stay the
 * kernel's to find.
 *
 * @param links the prefixes that the uplink's own addresses are in
 * @param exceptions prefixes within them that have a route of their own
 */
public record Neighbourhood(Set<IpPrefix> links, Set<IpPrefix> exceptions) {
    /** Nothing is known to be near. */
    public static final Neighbourhood NONE = new Neighbourhood(Set.of(), Set.of());

    public Neighbourhood {
        links = Set.copyOf(links);
        exceptions = Set.copyOf(exceptions);
    }

    /** Whether the address is reached on the link. */
    public boolean contains(IpAddress address) {
        return links.stream().anyMatch(link -> link.contains(address))
                && exceptions.stream().noneMatch(other -> other.contains(address));
    }
}
