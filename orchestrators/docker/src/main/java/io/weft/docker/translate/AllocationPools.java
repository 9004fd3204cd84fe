package io.weft.docker.translate;

import io.weft.client.Subnet.AllocationPool;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** From which addresses of a subnet containers get theirs. */
final class AllocationPools {
    private AllocationPools() {}

    /**
     * The addresses of a range without those that are taken, the subnet's own name and its broadcast address.
     *
     * @throws RefusedException when none are left, or the range is not in the subnet
     */
    static List<AllocationPool> of(IpPrefix subnet, IpPrefix range, Collection<IpAddress> taken) {
        if (!subnet.contains(range)) {
            throw new RefusedException("the range " + range + " is not in the subnet " + subnet);
        }
        List<IpAddress> holes = new ArrayList<>(taken);
        holes.add(subnet.first());
        if (subnet.family() == IpFamily.IPV4) {
            holes.add(subnet.last());
        }
        List<AllocationPool> pools = new ArrayList<>();
        IpAddress start = range.first();
        for (IpAddress hole :
                holes.stream().filter(range::contains).distinct().sorted().toList()) {
            if (start.compareTo(hole) < 0) {
                pools.add(new AllocationPool(start, hole.plus(-1)));
            }
            if (hole.equals(range.last())) {
                return checked(pools, range);
            }
            start = hole.plus(1);
        }
        pools.add(new AllocationPool(start, range.last()));
        return checked(pools, range);
    }

    private static List<AllocationPool> checked(List<AllocationPool> pools, IpPrefix range) {
        if (pools.isEmpty()) {
            throw new RefusedException("the range " + range + " has no address for a container");
        }
        return List.copyOf(pools);
    }
}
