package io.weft.kubernetes.translate;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a Service has of a load balancer.
 *
 * @param address the virtual address
 * @param shared the load balancer is that of all node ports; otherwise it is the Service's own
 * @param floatingCallers who may call a floating IP that leads here; empty for everyone
 * @param fronts where calls are taken, and by whom
 */
public record BalancerSpec(
        IpAddress address, boolean shared, List<IpPrefix> floatingCallers, SortedMap<Front, Pool> fronts) {
    public BalancerSpec {
        floatingCallers = List.copyOf(floatingCallers);
        fronts = Collections.unmodifiableSortedMap(new TreeMap<>(fronts));
    }

    /**
     * Who takes calls.
     *
     * @param affinity for how many seconds a client stays with a member; 0 for none
     * @param members with their weights: 1, or 0 for those that keep the connections that they have
     * @param nodeHealth where nobody takes calls, and nodes tell whether members are on them: of which Service
     */
    public record Pool(int affinity, Locality locality, Map<Target, Integer> members, Optional<String> nodeHealth) {
        public Pool {
            members = Map.copyOf(members);
        }
    }

    /** The address and port of a member. */
    public record Target(IpAddress address, int port) implements Comparable<Target> {
        @Override
        public int compareTo(Target other) {
            return address.equals(other.address) ? Integer.compare(port, other.port) : address.compareTo(other.address);
        }
    }
}
