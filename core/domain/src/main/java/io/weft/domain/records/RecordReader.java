package io.weft.domain.records;

import io.weft.model.AddressPair;
import io.weft.model.Binding;
import io.weft.model.DhcpOption;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.IpRange;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.model.Meta;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.Port;
import io.weft.model.PortDns;
import io.weft.model.Resource;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.Sharing;
import io.weft.model.Subnet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads what {@link RecordWriter} writes. Any thread may use it. */
final class RecordReader {
    private final Interner<String> texts = Interner.texts();
    private final Interner<UUID> identities = Interner.identities();
    private final Interner<Optional<List<UUID>>> groupLists = Interner.few();

    Resource read(Resource.Kind kind, JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("no JSON object");
        }
        Fields fields = new Fields();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (!common(fields, name, json) && !known(kind, fields, name, json)) {
                fields.keep(name, Values.read(json));
            }
        }
        return fields.build(kind);
    }

    private boolean common(Fields fields, String name, JsonParser json) {
        switch (name) {
            case Names.ID -> fields.id = UUID.fromString(json.getString());
            case Names.PROJECT -> fields.project = texts.intern(json.getString());
            case Names.NAME -> fields.name = json.getString();
            case Names.DESCRIPTION -> fields.description = json.getString();
            case Names.TAGS -> fields.tags = list(json, p -> texts.intern(p.getString()));
            case Names.CREATED -> fields.created = Instant.ofEpochSecond(json.getLongValue());
            case Names.UPDATED -> fields.updated = Instant.ofEpochSecond(json.getLongValue());
            case Names.REVISION -> fields.revision = json.getLongValue();
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean known(Resource.Kind kind, Fields fields, String name, JsonParser json) {
        return switch (kind) {
            case NETWORK -> network(fields, name, json);
            case SUBNET -> subnet(fields, name, json);
            case PORT -> port(fields, name, json);
            case ROUTER -> router(fields, name, json);
            case FLOATING_IP -> fields.external.floatingIp(name, json);
            case SECURITY_GROUP -> fields.groups.group(name, json);
            case SECURITY_GROUP_RULE -> fields.groups.rule(name, json);
            case ADDRESS_GROUP -> fields.groups.addresses(name, json);
            case DEFAULT_RULES -> fields.groups.defaults(name, json);
            case QOS_POLICY -> fields.qos.policy(name, json);
            case SUBNET_POOL, ADDRESS_SCOPE -> fields.pool.keep(name, json);
            case TRUNK -> fields.trunk.read(name, json);
            case LOAD_BALANCER, LISTENER, POOL, POOL_MEMBER -> fields.balancing.read(kind, name, json);
            case FLAVOR, SERVICE_PROFILE -> fields.flavor.keep(name, json);
            case NODE -> node(fields, name, json);
        };
    }

    private boolean network(Fields fields, String name, JsonParser json) {
        switch (name) {
            case Names.ADMIN_UP -> fields.adminUp = json.getBooleanValue();
            case Names.SHARED -> fields.shared = json.getBooleanValue();
            case Names.VNI -> fields.vni = json.getIntValue();
            case Names.MTU -> fields.mtu = json.getIntValue();
            case Names.PORT_SECURITY -> fields.portSecurity = json.getBooleanValue();
            case Names.DOMAIN -> fields.domain = texts.intern(json.getString());
            case Names.QOS -> fields.qosPolicy = Optional.of(identity(json));
            case Names.RBAC -> fields.sharing = SharingRecords.read(Values.read(json));
            case Names.ZONES -> fields.zones = list(json, p -> texts.intern(p.getString()));
            default -> {
                return fields.external.network(name, json);
            }
        }
        return true;
    }

    private boolean subnet(Fields fields, String name, JsonParser json) {
        switch (name) {
            case Names.NETWORK -> fields.network = identity(json);
            case Names.CIDR -> fields.cidr = IpPrefix.parse(json.getString());
            case Names.GATEWAY -> fields.gateway = Optional.of(IpAddress.parse(json.getString()));
            case Names.POOLS ->
                fields.pools = pairs(json, (first, last) -> new IpRange(IpAddress.parse(first), IpAddress.parse(last)));
            case Names.DNS -> fields.addresses = list(json, p -> IpAddress.parse(p.getString()));
            case Names.ROUTES -> fields.routes = routes(json);
            case Names.DHCP -> fields.dhcp = json.getBooleanValue();
            case Names.RA_MODE -> fields.raMode = Ipv6Mode.parse(name, json.getString());
            case Names.ADDRESS_MODE -> fields.addressMode = Ipv6Mode.parse(name, json.getString());
            case Names.SERVICE_TYPES -> fields.serviceTypes = list(json, p -> texts.intern(p.getString()));
            case Names.POOL -> fields.subnetPool = Optional.of(identity(json));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean port(Fields fields, String name, JsonParser json) {
        switch (name) {
            case Names.NETWORK -> fields.network = identity(json);
            case Names.ADMIN_UP -> fields.adminUp = json.getBooleanValue();
            case Names.MAC -> fields.mac = MacAddress.parse(json.getString());
            case Names.FIXED_IPS ->
                fields.fixedIps = pairs(
                        json,
                        (subnet, address) ->
                                new FixedIp(identities.intern(UUID.fromString(subnet)), IpAddress.parse(address)));
            case Names.DEVICE_ID -> fields.deviceId = json.getString();
            case Names.DEVICE_OWNER -> fields.deviceOwner = texts.intern(json.getString());
            case Names.ADDRESS_PAIRS ->
                fields.pairs =
                        pairs(json, (prefix, mac) -> new AddressPair(IpPrefix.parse(prefix), MacAddress.parse(mac)));
            case Names.PORT_SECURITY -> fields.portSecurity = json.getBooleanValue();
            case Names.GROUPS ->
                fields.securityGroups = groupLists.intern(Optional.of(List.copyOf(list(json, this::identity))));
            case Names.DHCP_OPTIONS -> fields.options = list(json, RecordReader::option);
            case Names.HOST -> fields.host = texts.intern(json.getString());
            case Names.VNIC_TYPE -> fields.vnicType = texts.intern(json.getString());
            case Names.PROFILE -> fields.profile = profile(json);
            case Names.CALLED -> fields.called = json.getString();
            case Names.DOMAIN -> fields.domain = texts.intern(json.getString());
            case Names.QOS -> fields.qosPolicy = Optional.of(identity(json));
            default -> {
                return fields.extras.read(name, json);
            }
        }
        return true;
    }

    private boolean router(Fields fields, String name, JsonParser json) {
        switch (name) {
            case Names.ADMIN_UP -> fields.adminUp = json.getBooleanValue();
            case Names.ROUTES -> fields.routes = routes(json);
            case Names.ZONES -> fields.zones = list(json, p -> texts.intern(p.getString()));
            case Names.FLAVOR -> fields.routerFlavor = Optional.of(identity(json));
            default -> {
                return fields.external.router(name, json);
            }
        }
        return true;
    }

    private boolean node(Fields fields, String name, JsonParser json) {
        if (name.equals(Names.TUNNELS)) {
            fields.addresses = list(json, p -> IpAddress.parse(p.getString()));
            return true;
        }
        return fields.external.node(name, json);
    }

    private UUID identity(JsonParser json) {
        return identities.intern(UUID.fromString(json.getString()));
    }

    private static List<Route> routes(JsonParser json) {
        return pairs(json, (to, via) -> new Route(IpPrefix.parse(to), IpAddress.parse(via)));
    }

    private static DhcpOption option(JsonParser json) {
        json.nextToken();
        IpFamily family = IpFamily.ofVersion(json.getIntValue());
        json.nextToken();
        String name = json.getString();
        json.nextToken();
        String value = json.getString();
        json.nextToken();
        return new DhcpOption(family, name, value);
    }

    private static Map<String, Object> profile(JsonParser json) {
        Map<String, Object> profile = new HashMap<>();
        if (Values.read(json) instanceof Map<?, ?> fields) {
            fields.forEach((name, value) -> profile.put(name.toString(), value));
        }
        return profile;
    }

    private static <T> List<T> pairs(JsonParser json, PairReader<T> reader) {
        return list(json, p -> {
            p.nextToken();
            String first = p.getString();
            p.nextToken();
            String second = p.getString();
            p.nextToken();
            return reader.read(first, second);
        });
    }

    private static <T> List<T> list(JsonParser json, ItemReader<T> reader) {
        if (!json.isExpectedStartArrayToken()) {
            throw new IllegalArgumentException("no JSON array");
        }
        List<T> items = new ArrayList<>(2);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            items.add(reader.read(json));
        }
        return items;
    }

    private interface ItemReader<T> {
        T read(JsonParser json);
    }

    private interface PairReader<T> {
        T read(String first, String second);
    }

    /** What was read so far, with the defaults of what was not. */
    private static final class Fields {
        private @Nullable UUID id;
        private String project = "";
        private String name = "";
        private String description = "";
        private List<String> tags = List.of();
        private Instant created = Instant.EPOCH;
        private Instant updated = Instant.EPOCH;
        private long revision;
        private Map<String, Object> unknown = Map.of();
        private boolean adminUp;
        private boolean shared;
        private Sharing sharing = Sharing.NONE;
        private int vni;
        private int mtu;
        private boolean portSecurity;
        private @Nullable UUID network;
        private @Nullable IpPrefix cidr;
        private Optional<IpAddress> gateway = Optional.empty();
        private List<IpRange> pools = List.of();
        private List<IpAddress> addresses = List.of();
        private List<Route> routes = List.of();
        private boolean dhcp;
        private Ipv6Mode raMode = Ipv6Mode.NONE;
        private Ipv6Mode addressMode = Ipv6Mode.NONE;
        private List<String> serviceTypes = List.of();
        private @Nullable MacAddress mac;
        private List<FixedIp> fixedIps = List.of();
        private String deviceId = "";
        private String deviceOwner = "";
        private List<AddressPair> pairs = List.of();
        private Optional<List<UUID>> securityGroups = Optional.empty();
        private List<DhcpOption> options = List.of();
        private String host = "";
        private String vnicType = Binding.NONE.vnicType();
        private Map<String, Object> profile = Map.of();
        private String called = "";
        private String domain = "";
        private Optional<UUID> qosPolicy = Optional.empty();
        private final PortExtrasRecords extras = new PortExtrasRecords();
        private final GroupRecords groups = new GroupRecords();
        private final ExternalRecords external = new ExternalRecords();
        private Optional<UUID> subnetPool = Optional.empty();
        private List<String> zones = List.of();
        private final QosRecords qos = new QosRecords();
        private final PoolRecords pool = new PoolRecords();
        private final TrunkRecords trunk = new TrunkRecords();
        private final LoadBalancerRecords balancing = new LoadBalancerRecords();
        private Optional<UUID> routerFlavor = Optional.empty();
        private final FlavorRecords flavor = new FlavorRecords();

        void keep(String field, Object value) {
            if (unknown.isEmpty()) {
                unknown = new HashMap<>();
            }
            unknown.put(field, value);
        }

        Resource build(Resource.Kind kind) {
            Meta meta = new Meta(
                    require(Names.ID, id), project, name, description, tags, created, updated, revision, unknown);
            return switch (kind) {
                case NETWORK ->
                    new Network(
                            meta,
                            adminUp,
                            sharing.agreeing(meta, shared, external.isExternal()),
                            vni,
                            mtu,
                            portSecurity,
                            domain,
                            external.physicalNetwork(),
                            qosPolicy,
                            external.isDefault(),
                            external.topologyRouter(),
                            zones);
                case SUBNET ->
                    new Subnet(
                            meta,
                            require(Names.NETWORK, network),
                            require(Names.CIDR, cidr),
                            gateway,
                            pools,
                            addresses,
                            routes,
                            dhcp,
                            raMode,
                            addressMode,
                            serviceTypes,
                            subnetPool);
                case PORT ->
                    new Port(
                            meta,
                            require(Names.NETWORK, network),
                            adminUp,
                            require(Names.MAC, mac),
                            fixedIps,
                            deviceId,
                            deviceOwner,
                            pairs,
                            portSecurity,
                            securityGroups,
                            options,
                            binding(),
                            dns(),
                            qosPolicy,
                            extras.extras());
                case ROUTER ->
                    new Router(
                            meta,
                            adminUp,
                            routes,
                            external.gateways(),
                            external.isDefaultRouteEcmp(),
                            external.isDefaultRouteBfd(),
                            zones,
                            routerFlavor);
                case FLOATING_IP -> external.floatingIp(meta);
                case SECURITY_GROUP -> groups.group(meta);
                case SECURITY_GROUP_RULE -> groups.rule(meta);
                case ADDRESS_GROUP -> groups.addressGroup(meta);
                case DEFAULT_RULES -> groups.defaultRules(meta);
                case QOS_POLICY -> qos.policy(meta);
                case SUBNET_POOL -> pool.pool(meta);
                case TRUNK -> trunk.trunk(meta);
                case ADDRESS_SCOPE -> pool.scope(meta);
                case LOAD_BALANCER -> balancing.loadBalancer(meta);
                case LISTENER -> balancing.listener(meta);
                case POOL -> balancing.pool(meta);
                case POOL_MEMBER -> balancing.member(meta);
                case FLAVOR -> flavor.flavor(meta);
                case SERVICE_PROFILE -> flavor.profile(meta);
                case NODE -> new Node(meta, addresses, external.physicalNetworks());
            };
        }

        private PortDns dns() {
            return called.isEmpty() && domain.isEmpty() ? PortDns.NONE : new PortDns(called, domain);
        }

        private Binding binding() {
            boolean none = host.isEmpty() && profile.isEmpty() && vnicType.equals(Binding.NONE.vnicType());
            return none ? Binding.NONE : new Binding(host, vnicType, profile);
        }

        private static <T> T require(String field, @Nullable T value) {
            if (value == null) {
                throw new IllegalArgumentException("the field " + field + " is missing");
            }
            return value;
        }
    }
}
