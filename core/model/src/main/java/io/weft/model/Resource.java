package io.weft.model;

import java.util.UUID;

/** Something that a tenant or an operator made and that has an identity. */
public sealed interface Resource
        permits Shareable,
                Subnet,
                Port,
                Router,
                FloatingIp,
                SecurityGroupRule,
                DefaultRules,
                Trunk,
                LoadBalancer,
                Listener,
                Pool,
                PoolMember,
                Flavor,
                ServiceProfile,
                Node {
    /** What every resource has. */
    Meta meta();

    /** The same resource with other metadata. */
    Resource withMeta(Meta meta);

    /** The kind of this resource. */
    Kind kind();

    default UUID id() {
        return meta().id();
    }

    default String project() {
        return meta().project();
    }

    default String name() {
        return meta().name();
    }

    /** The kinds of resources. */
    enum Kind {
        NETWORK,
        SUBNET,
        PORT,
        ROUTER,
        FLOATING_IP,
        SECURITY_GROUP,
        SECURITY_GROUP_RULE,
        ADDRESS_GROUP,
        DEFAULT_RULES,
        QOS_POLICY,
        SUBNET_POOL,
        TRUNK,
        ADDRESS_SCOPE,
        LOAD_BALANCER,
        LISTENER,
        POOL,
        POOL_MEMBER,
        FLAVOR,
        SERVICE_PROFILE,
        NODE
    }
}
