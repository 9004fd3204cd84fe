package io.weft.domain.quota;

import java.util.Arrays;
import java.util.Optional;

/** What a project may have only so many of, with Neutron's names and defaults. */
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
    TRUNK("trunk", -1);

    /** The limit of what is not limited. */
    public static final int UNLIMITED = -1;

    private final String text;
    private final int defaultLimit;

    QuotaResource(String text, int defaultLimit) {
        this.text = text;
        this.defaultLimit = defaultLimit;
    }

    /** Neutron's name. */
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
