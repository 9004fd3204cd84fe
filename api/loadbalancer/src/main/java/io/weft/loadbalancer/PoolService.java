package io.weft.loadbalancer;

import io.weft.domain.Domain;
import io.weft.domain.NewPool;
import io.weft.domain.PoolUpdate;
import io.weft.model.BalancedProtocol;
import io.weft.model.Listener;
import io.weft.model.MemberLocality;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.World;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.Kinds;
import io.weft.rest.ResourceType;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/** Pools: https://docs.openstack.org/api-ref/load-balancer/v2/#pools. */
final class PoolService extends BalancerService<Pool> {
    private static final String ALGORITHM = "SOURCE_IP_PORT";
    private static final String NO_TLS = "connections are handed on as they are, and nobody begins TLS";

    private final CommonAttributes<Pool> common = new CommonAttributes<>(Pool::adminStateUp, false);
    private final Attribute<Shown<Pool>, UUID> loadBalancerId = Attribute.<Shown<Pool>, UUID>of(
                    "loadbalancer_id", Values.ID, shown -> shown.resource().loadBalancerId())
            .post()
            .nullable()
            .hidden()
            .build();
    private final Attribute<Shown<Pool>, UUID> listenerId = Attribute.<Shown<Pool>, UUID>of(
                    "listener_id", Values.ID, _ -> null)
            .post()
            .nullable()
            .hidden()
            .notFilterable()
            .notSortable()
            .build();
    private final Attribute<Shown<Pool>, BalancedProtocol> protocol = Attribute.<Shown<Pool>, BalancedProtocol>of(
                    "protocol", Values.PROTOCOL, shown -> shown.resource().protocol())
            .required()
            .build();
    private final Attribute<Shown<Pool>, Integer> affinity = Attribute.<Shown<Pool>, Integer>of(
                    "session_persistence",
                    SessionPersistence.KIND,
                    shown -> shown.resource().affinity() == 0
                            ? null
                            : shown.resource().affinity())
            .postAndPut()
            .nullable()
            .notFilterable()
            .notSortable()
            .build();
    private final Attribute<Shown<Pool>, MemberLocality> locality = Attribute.<Shown<Pool>, MemberLocality>of(
                    "weft:member_locality",
                    Values.LOCALITY,
                    shown -> shown.resource().locality())
            .postAndPut()
            .byDefault(MemberLocality.ANY)
            .build();
    private final ResourceType<Shown<Pool>> type;

    PoolService(Domain domain) {
        super(domain, "Pool");
        type = ResourceType.named("pool", "pools", Shown<Pool>::id, this)
                .attributes(common.around(List.of(
                        loadBalancerId,
                        listenerId,
                        protocol,
                        Attribute.<Shown<Pool>, String>of(
                                        "lb_algorithm", Kinds.oneOf(List.of(ALGORITHM)), _ -> ALGORITHM)
                                .required()
                                .postAndPut()
                                .build(),
                        affinity,
                        locality,
                        ids("loadbalancers", shown -> Stream.of(shown.resource().loadBalancerId())),
                        ids(
                                "listeners",
                                shown -> shown
                                        .world()
                                        .listenersOfPool(shown.resource().id())
                                        .stream()
                                        .map(Listener::id)),
                        ids(
                                "members",
                                shown -> shown
                                        .world()
                                        .membersOf(shown.resource().id())
                                        .stream()
                                        .map(PoolMember::id)),
                        Unsupported.attribute("healthmonitor_id", "nobody looks whether members answer"),
                        Unsupported.attribute("tls_enabled", false, NO_TLS),
                        Unsupported.attribute("tls_container_ref", NO_TLS),
                        Unsupported.attribute("ca_tls_container_ref", NO_TLS),
                        Unsupported.attribute("crl_container_ref", NO_TLS),
                        Unsupported.attribute("tls_ciphers", NO_TLS),
                        Unsupported.attribute("tls_versions", NO_TLS),
                        Unsupported.attribute("alpn_protocols", NO_TLS))))
                .order(Shown.byId())
                .tags(shown -> shown.resource().meta().tags())
                .child(new MemberService(domain, this).type())
                .notFound(this::missing)
                .build();
    }

    private static Attribute<Shown<Pool>, String> ids(String name, Function<Shown<Pool>, Stream<UUID>> ids) {
        return Attribute.<Shown<Pool>, String>of(name, Kinds.text(36), _ -> null)
                .written((shown, out) -> Values.ids(ids.apply(shown), out))
                .notFilterable()
                .notSortable()
                .build();
    }

    @Override
    ResourceType<Shown<Pool>> type() {
        return type;
    }

    @Override
    Optional<Pool> in(World world, UUID id) {
        return world.pool(id);
    }

    @Override
    Collection<Pool> all(World world) {
        return world.pools();
    }

    @Override
    Collection<Pool> of(World world, String project) {
        return world.poolsOfProject(project);
    }

    @Override
    public Shown<Pool> create(Call call, Body body) {
        return shown(domain.loadBalancerPools()
                .create(
                        Values.caller(call),
                        new NewPool(
                                body.get(loadBalancerId),
                                body.get(listenerId),
                                common.labels(body),
                                body.require(common.adminStateUp),
                                body.require(protocol),
                                body.get(affinity).orElse(0),
                                body.require(locality))));
    }

    @Override
    public Shown<Pool> update(Call call, String id, Body body) {
        return shown(domain.loadBalancerPools()
                .update(
                        Values.caller(call),
                        known(id),
                        new PoolUpdate(
                                common.changes(body),
                                body.get(common.adminStateUp),
                                body.has(affinity)
                                        ? Optional.of(body.get(affinity).orElse(0))
                                        : Optional.empty(),
                                body.get(locality))));
    }

    @Override
    public void delete(Call call, String id) {
        domain.loadBalancerPools().delete(Values.caller(call), known(id));
    }
}
