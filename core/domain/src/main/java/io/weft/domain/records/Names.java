package io.weft.domain.records;

/** The fields of stored records. A name that was once used keeps its meaning for good. */
final class Names {
    static final String ID = "id";
    static final String PROJECT = "project";
    static final String NAME = "name";
    static final String DESCRIPTION = "description";
    static final String TAGS = "tags";
    static final String CREATED = "created";
    static final String UPDATED = "updated";
    static final String REVISION = "revision";

    static final String ADMIN_UP = "up";
    static final String SHARED = "shared";
    static final String VNI = "vni";
    static final String MTU = "mtu";
    static final String PORT_SECURITY = "security";

    static final String NETWORK = "network";
    static final String CIDR = "cidr";
    static final String GATEWAY = "gateway";
    static final String POOLS = "pools";
    static final String DNS = "dns";
    static final String ROUTES = "routes";
    static final String DHCP = "dhcp";
    static final String RA_MODE = "ra";
    static final String ADDRESS_MODE = "addressing";

    static final String MAC = "mac";
    static final String FIXED_IPS = "ips";
    static final String DEVICE_ID = "device";
    static final String DEVICE_OWNER = "owner";
    static final String ADDRESS_PAIRS = "pairs";
    static final String DHCP_OPTIONS = "options";
    static final String HOST = "host";
    static final String VNIC_TYPE = "vnic";
    static final String PROFILE = "profile";

    static final String TUNNELS = "tunnels";

    private Names() {}
}
