package io.weft.loadbalancer;

import io.weft.rest.policy.Rule;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who may do what with load balancers unless an operator says otherwise, beside Neutron's rules: members of a project what they
 * like with its own, readers look, administrators everything. Octavia has the same with
 * {@code keystone_default_roles-policy.yaml}.
 */
public final class LoadBalancerPolicy {
    private static final String ADMIN = "rule:context_is_admin";
    private static final String OF_PROJECT = " and project_id:%(project_id)s)";

    private LoadBalancerPolicy() {}

    /** The defaults. */
    public static List<Rule> defaults() {
        return Stream.of("loadbalancer", "listener", "pool", "pool_member", "healthmonitor", "l7policy")
                .flatMap(member -> Stream.of(
                        new Rule("get_" + member, ADMIN + " or (role:reader" + OF_PROJECT),
                        new Rule("create_" + member, creation(member)),
                        new Rule("update_" + member, ADMIN + " or (role:member" + OF_PROJECT),
                        new Rule("delete_" + member, ADMIN + " or (role:member" + OF_PROJECT)))
                .toList();
    }

    /** What belongs to a load balancer is of its project, whose objects alone a caller finds. */
    private static String creation(String member) {
        return ADMIN
                + switch (member) {
                    case "loadbalancer" -> " or (role:member" + OF_PROJECT;
                    case "pool_member" -> " or (role:member and project_id:%(ext_parent:project_id)s)";
                    default -> " or role:member";
                };
    }
}
