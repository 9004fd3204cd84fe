package io.weft.domain;

/**
 * A load balancer to be made.
 *
 * @param project its owner
 * @param labels what it is called
 * @param adminStateUp false refuses all connections
 * @param vip where it gets its address from
 */
public record NewLoadBalancer(String project, Labels labels, boolean adminStateUp, VipChoice vip) {
    /** One without a name. */
    public static NewLoadBalancer of(String project, VipChoice vip) {
        return new NewLoadBalancer(project, Labels.NONE, true, vip);
    }
}
