package io.weft.loadbalancer;

import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Resource;

/**
 * What is known of how things are, in Octavia's words. A change is there for nodes once it is answered, so nothing is ever
 * pending; nobody looks whether members answer.
 */
final class Status {
    /** The provisioning status of everything. */
    static final String PROVISIONED = "ACTIVE";

    private static final String ONLINE = "ONLINE";
    private static final String OFFLINE = "OFFLINE";

    private Status() {}

    /** The operating status. */
    static String of(Resource resource) {
        return switch (resource) {
            case LoadBalancer loadBalancer -> loadBalancer.adminStateUp() ? ONLINE : OFFLINE;
            case Listener listener -> listener.adminStateUp() ? ONLINE : OFFLINE;
            case Pool pool -> pool.adminStateUp() ? ONLINE : OFFLINE;
            case PoolMember member -> member(member);
            default -> throw new IllegalArgumentException(resource.kind() + " has no operating status");
        };
    }

    private static String member(PoolMember member) {
        if (!member.adminStateUp()) {
            return OFFLINE;
        }
        return member.weight() == 0 ? "DRAINING" : "NO_MONITOR";
    }
}
