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
    static final String DOMAIN = "domain";

    static final String NETWORK = "network";
    static final String CIDR = "cidr";
    static final String GATEWAY = "gateway";
    static final String POOLS = "pools";
    static final String DNS = "dns";
    static final String ROUTES = "routes";
    static final String DHCP = "dhcp";
    static final String RA_MODE = "ra";
    static final String ADDRESS_MODE = "addressing";
    static final String SERVICE_TYPES = "services";

    static final String MAC = "mac";
    static final String FIXED_IPS = "ips";
    static final String DEVICE_ID = "device";
    static final String DEVICE_OWNER = "owner";
    static final String ADDRESS_PAIRS = "pairs";
    static final String DHCP_OPTIONS = "options";
    static final String HOST = "host";
    static final String VNIC_TYPE = "vnic";
    static final String PROFILE = "profile";
    static final String CALLED = "called";
    static final String BINDINGS = "bindings";
    static final String UNADDRESSED = "unaddressed";
    static final String NUMA_AFFINITY_POLICY = "numa";
    static final String DEVICE_PROFILE = "device_profile";

    static final String GROUPS = "groups";
    static final String GROUP = "group";
    static final String DEFAULT = "default";
    static final String STATELESS = "stateless";
    static final String TIER = "tier";
    static final String PRIORITY = "priority";
    static final String POSITION = "position";
    static final String DIRECTION = "direction";
    static final String FAMILY = "family";
    static final String PROTOCOL = "protocol";
    static final String MIN = "min";
    static final String MAX = "max";
    static final String REMOTE_PREFIX = "prefix";
    static final String REMOTE_GROUP = "remote";
    static final String REMOTE_ADDRESSES = "addresses";
    static final String REMOTE_OWN = "own";
    static final String BLOCKS = "blocks";
    static final String RULES = "rules";
    static final String IN_DEFAULT = "in_default";
    static final String IN_OTHERS = "in_others";

    static final String RBAC = "rbac";
    static final String ACTION = "action";
    static final String TARGET = "target";
    static final String IMPLIED = "implied";

    static final String QOS = "qos";
    static final String LIMITS = "limits";
    static final String TYPE = "type";
    static final String BURST = "burst";
    static final String MARK = "mark";

    static final String POOL = "pool";
    static final String SCOPE = "scope";
    static final String PREFIXES = "prefixes";
    static final String LENGTH = "length";
    static final String QUOTA = "quota";

    static final String SUBPORTS = "subports";

    static final String SUBNET = "subnet";
    static final String OWN_PORT = "own_port";
    static final String LOAD_BALANCER = "balancer";
    static final String PORT_NUMBER = "port_number";
    static final String AFFINITY = "affinity";
    static final String LOCALITY = "locality";
    static final String WEIGHT = "weight";
    static final String ALLOWED = "allowed";
    static final String ALLOWED_SCOPE = "allowed_scope";
    static final String NODE_HEALTH = "node_health";

    static final String TUNNELS = "tunnels";
    static final String ZONES = "zones";

    static final String FLAVOR = "flavor";
    static final String SERVICE = "service";
    static final String DISABLED = "disabled";
    static final String PROFILES = "profiles";
    static final String DRIVER = "driver";
    static final String METAINFO = "metainfo";

    static final String EXTERNAL = "external";
    static final String PHYSICAL = "physical";
    static final String PHYSICALS = "physicals";
    static final String TOPOLOGY = "topology";
    static final String OUT = "out";
    static final String FURTHER_OUT = "furtherOut";
    static final String ECMP = "ecmp";
    static final String BFD = "bfd";
    static final String SNAT = "snat";
    static final String NODES = "nodes";
    static final String PORT = "port";
    static final String ADDRESS = "address";
    static final String ROUTER = "router";
    static final String FIXED = "fixed";
    static final String FORWARDINGS = "forwardings";
    static final String OUTSIDE = "outside";
    static final String INSIDE = "inside";

    private Names() {}
}
