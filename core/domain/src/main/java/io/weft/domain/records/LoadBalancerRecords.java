package io.weft.domain.records;

import io.weft.model.AllowedCallers;
import io.weft.model.BalancedProtocol;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.MemberLocality;
import io.weft.model.Meta;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Resource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** The fields that load balancers, listeners, pools and members have beside those of every resource. */
final class LoadBalancerRecords {
    private static final Map<Resource.Kind, Set<String>> KNOWN = Map.of(
            Resource.Kind.LOAD_BALANCER,
            Set.of(Names.PORT, Names.NETWORK, Names.SUBNET, Names.ADDRESS, Names.ADMIN_UP, Names.OWN_PORT),
            Resource.Kind.LISTENER,
            Set.of(
                    Names.LOAD_BALANCER,
                    Names.ADMIN_UP,
                    Names.PROTOCOL,
                    Names.PORT_NUMBER,
                    Names.POOL,
                    Names.ALLOWED,
                    Names.ALLOWED_SCOPE,
                    Names.NODE_HEALTH),
            Resource.Kind.POOL,
            Set.of(Names.LOAD_BALANCER, Names.ADMIN_UP, Names.PROTOCOL, Names.AFFINITY, Names.LOCALITY),
            Resource.Kind.POOL_MEMBER,
            Set.of(Names.POOL, Names.ADMIN_UP, Names.ADDRESS, Names.PORT_NUMBER, Names.WEIGHT, Names.SUBNET));

    private final Map<String, Object> fields = new HashMap<>();

    /** Takes in a field of this kind; false when it is none. */
    boolean read(Resource.Kind kind, String name, JsonParser json) {
        if (!KNOWN.getOrDefault(kind, Set.of()).contains(name)) {
            return false;
        }
        fields.put(
                name,
                switch (name) {
                    case Names.ADMIN_UP, Names.OWN_PORT -> json.getBooleanValue();
                    case Names.PORT_NUMBER, Names.AFFINITY, Names.WEIGHT -> json.getIntValue();
                    case Names.ADDRESS -> IpAddress.parse(json.getString());
                    case Names.NODE_HEALTH -> json.getString();
                    case Names.ALLOWED -> Values.read(json);
                    case Names.ALLOWED_SCOPE -> AllowedCallers.Scope.parse(json.getString());
                    case Names.LOCALITY -> MemberLocality.parse(json.getString());
                    case Names.PROTOCOL -> BalancedProtocol.parse(json.getString());
                    default -> UUID.fromString(json.getString());
                });
        return true;
    }

    private <T> Optional<T> find(String name, Class<T> type) {
        return Optional.ofNullable(fields.get(name)).map(type::cast);
    }

    private <T> T require(String name, Class<T> type) {
        return find(name, type).orElseThrow(() -> new IllegalArgumentException("the field " + name + " is missing"));
    }

    private UUID id(String name) {
        return require(name, UUID.class);
    }

    private boolean flag(String name) {
        return find(name, Boolean.class).orElse(false);
    }

    LoadBalancer loadBalancer(Meta meta) {
        return new LoadBalancer(
                meta,
                id(Names.PORT),
                id(Names.NETWORK),
                id(Names.SUBNET),
                require(Names.ADDRESS, IpAddress.class),
                flag(Names.ADMIN_UP),
                flag(Names.OWN_PORT));
    }

    Listener listener(Meta meta) {
        return new Listener(
                meta,
                id(Names.LOAD_BALANCER),
                flag(Names.ADMIN_UP),
                require(Names.PROTOCOL, BalancedProtocol.class),
                require(Names.PORT_NUMBER, Integer.class),
                find(Names.POOL, UUID.class),
                new AllowedCallers(
                        fields.get(Names.ALLOWED) instanceof List<?> items
                                ? items.stream()
                                        .map(item -> IpPrefix.parse(item.toString()))
                                        .toList()
                                : List.of(),
                        find(Names.ALLOWED_SCOPE, AllowedCallers.Scope.class).orElse(AllowedCallers.Scope.ALL)),
                find(Names.NODE_HEALTH, String.class));
    }

    Pool pool(Meta meta) {
        return new Pool(
                meta,
                id(Names.LOAD_BALANCER),
                flag(Names.ADMIN_UP),
                require(Names.PROTOCOL, BalancedProtocol.class),
                find(Names.AFFINITY, Integer.class).orElse(0),
                find(Names.LOCALITY, MemberLocality.class).orElse(MemberLocality.ANY));
    }

    PoolMember member(Meta meta) {
        return new PoolMember(
                meta,
                id(Names.POOL),
                flag(Names.ADMIN_UP),
                require(Names.ADDRESS, IpAddress.class),
                require(Names.PORT_NUMBER, Integer.class),
                find(Names.WEIGHT, Integer.class).orElse(0),
                find(Names.SUBNET, UUID.class));
    }

    static void write(JsonGenerator json, LoadBalancer loadBalancer) {
        json.writeStringProperty(Names.PORT, loadBalancer.portId().toString());
        json.writeStringProperty(Names.NETWORK, loadBalancer.networkId().toString());
        json.writeStringProperty(Names.SUBNET, loadBalancer.subnetId().toString());
        json.writeStringProperty(Names.ADDRESS, loadBalancer.address().toString());
        RecordWriter.flag(json, Names.ADMIN_UP, loadBalancer.adminStateUp());
        RecordWriter.flag(json, Names.OWN_PORT, loadBalancer.portIsOwn());
    }

    static void write(JsonGenerator json, Listener listener) {
        json.writeStringProperty(Names.LOAD_BALANCER, listener.loadBalancerId().toString());
        RecordWriter.flag(json, Names.ADMIN_UP, listener.adminStateUp());
        json.writeStringProperty(Names.PROTOCOL, listener.protocol().name());
        json.writeNumberProperty(Names.PORT_NUMBER, listener.port());
        listener.defaultPool().ifPresent(pool -> json.writeStringProperty(Names.POOL, pool.toString()));
        AllowedCallers callers = listener.callers();
        RecordWriter.texts(json, Names.ALLOWED, callers.cidrs());
        if (callers.scope() != AllowedCallers.Scope.ALL) {
            json.writeStringProperty(Names.ALLOWED_SCOPE, callers.scope().text());
        }
        listener.nodeHealth().ifPresent(name -> json.writeStringProperty(Names.NODE_HEALTH, name));
    }

    static void write(JsonGenerator json, Pool pool) {
        json.writeStringProperty(Names.LOAD_BALANCER, pool.loadBalancerId().toString());
        RecordWriter.flag(json, Names.ADMIN_UP, pool.adminStateUp());
        json.writeStringProperty(Names.PROTOCOL, pool.protocol().name());
        number(json, Names.AFFINITY, pool.affinity());
        if (pool.locality() != MemberLocality.ANY) {
            json.writeStringProperty(Names.LOCALITY, pool.locality().text());
        }
    }

    static void write(JsonGenerator json, PoolMember member) {
        json.writeStringProperty(Names.POOL, member.poolId().toString());
        RecordWriter.flag(json, Names.ADMIN_UP, member.adminStateUp());
        json.writeStringProperty(Names.ADDRESS, member.address().toString());
        json.writeNumberProperty(Names.PORT_NUMBER, member.port());
        number(json, Names.WEIGHT, member.weight());
        member.subnetId().ifPresent(subnet -> json.writeStringProperty(Names.SUBNET, subnet.toString()));
    }

    private static void number(JsonGenerator json, String name, int value) {
        if (value != 0) {
            json.writeNumberProperty(name, value);
        }
    }
}
