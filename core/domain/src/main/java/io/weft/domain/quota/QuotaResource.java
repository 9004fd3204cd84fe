package io.weft.domain.quota;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What a project may have only so many of, with Neutron's or Octavia's names and defaults. */
public enum QuotaResource {
    NETWORK("network", 100),
    SUBNET("subnet", 100),
    PORT("port", 500),
    ROUTER("router", 10),
    FLOATING_IP("floatingip", 50),
    SECURITY_GROUP("security_group", 10),
    SECURITY_GROUP_RULE("security_group_rule", 100),
    ADDRESS_GROUP("address_group", -1),
    RBAC_POLICY("rbac_policy", 10),
    SUBNET_POOL("subnetpool", -1),
    TRUNK("trunk", -1),
    LOAD_BALANCER("load_balancer", -1),
    LISTENER("listener", -1),
    POOL("pool", -1),
    POOL_MEMBER("member", -1);

    /** What Neutron counts. */
    public static final Set<QuotaResource> OF_NETWORKING = Collections.unmodifiableSet(EnumSet.range(NETWORK, TRUNK));

    /** What Octavia counts. */
    public static final Set<QuotaResource> OF_LOAD_BALANCING =
            Collections.unmodifiableSet(EnumSet.range(LOAD_BALANCER, POOL_MEMBER));

    /** The limit of what is not limited. */
    public static final int UNLIMITED = -1;

    private final String text;
    private final int defaultLimit;

    QuotaResource(String text, int defaultLimit) {
        this.text = text;
        this.defaultLimit = defaultLimit;
    }

    /** Neutron's or Octavia's name. */
    public String text() {
        return text;
    }

    /** How many a project may have when nobody said otherwise. */
    public int defaultLimit() {
        return defaultLimit;
    }

    /** The resource with this name. */
    public static Optional<QuotaResource> named(String text) {
        return Arrays.stream(values()).filter(r -> r.text.equals(text)).findFirst();
    }
}
