package io.weft.client;

import java.util.UUID;

/** Load balancers. */
public final class LoadBalancers extends Resources<LoadBalancer, LoadBalancerAttributes> {
    LoadBalancers(Connection connection) {
        super(connection, "loadbalancer", "loadbalancers", "/v2/lbaas/loadbalancers", LoadBalancer.class);
    }

    /** Removes a load balancer with its listeners, pools and members; answers whether it was there. */
    public boolean deleteWhole(UUID id) {
        return remove(id + "?cascade=true");
    }
}
