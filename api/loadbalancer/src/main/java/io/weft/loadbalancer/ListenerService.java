package io.weft.loadbalancer;

import io.weft.domain.Domain;
import io.weft.domain.ListenerUpdate;
import io.weft.domain.NewListener;
import io.weft.model.AllowedCallers;
import io.weft.model.BalancedProtocol;
import io.weft.model.IpPrefix;
import io.weft.model.Listener;
import io.weft.model.World;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.Kinds;
import io.weft.rest.ResourceType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Listeners: https://docs.openstack.org/api-ref/load-balancer/v2/#listeners. */
final class ListenerService extends BalancerService<Listener> {
    private static final String NO_TLS = "connections are handed on as they are, and nobody ends TLS";
    private static final String NO_TIMES = "connections are handed on as they are, and nobody ends them";

    private final CommonAttributes<Listener> common = new CommonAttributes<>(Listener::adminStateUp, false);
    private final Attribute<Shown<Listener>, UUID> loadBalancerId = Attribute.<Shown<Listener>, UUID>of(
                    "loadbalancer_id", Values.ID, shown -> shown.resource().loadBalancerId())
            .required()
            .hidden()
            .build();
    private final Attribute<Shown<Listener>, BalancedProtocol> protocol =
            Attribute.<Shown<Listener>, BalancedProtocol>of(
                            "protocol",
                            Values.PROTOCOL,
                            shown -> shown.resource().protocol())
                    .required()
                    .build();
    private final Attribute<Shown<Listener>, Long> port = Attribute.<Shown<Listener>, Long>of(
                    "protocol_port", Values.PORT, shown ->
                            (long) shown.resource().port())
            .required()
            .build();
    private final Attribute<Shown<Listener>, UUID> defaultPool = Attribute.<Shown<Listener>, UUID>of(
                    "default_pool_id",
                    Values.ID,
                    shown -> shown.resource().defaultPool().orElse(null))
            .postAndPut()
            .nullable()
            .build();
    private final Attribute<Shown<Listener>, List<IpPrefix>> allowedCidrs =
            Attribute.<Shown<Listener>, List<IpPrefix>>of(
                            "allowed_cidrs",
                            Values.ALLOWED_CIDRS,
                            shown -> shown.resource().callers().cidrs().isEmpty()
                                    ? null
                                    : shown.resource().callers().cidrs())
                    .postAndPut()
                    .nullable()
                    .notSortable()
                    .build();
    private final Attribute<Shown<Listener>, AllowedCallers.Scope> allowedCidrsScope =
            Attribute.<Shown<Listener>, AllowedCallers.Scope>of(
                            "weft:allowed_cidrs_scope",
                            Values.ALLOWED_CIDRS_SCOPE,
                            shown -> shown.resource().callers().scope())
                    .postAndPut()
                    .byDefault(AllowedCallers.Scope.ALL)
                    .build();
    private final Attribute<Shown<Listener>, String> nodeHealth = Attribute.<Shown<Listener>, String>of(
                    "weft:node_health",
                    Kinds.text(507),
                    shown -> shown.resource().nodeHealth().orElse(null))
            .post()
            .nullable()
            .build();
    private final ResourceType<Shown<Listener>> type = ResourceType.named(
                    "listener", "listeners", Shown<Listener>::id, this)
            .attributes(common.around(List.of(
                    loadBalancerId,
                    protocol,
                    port,
                    defaultPool,
                    allowedCidrs,
                    allowedCidrsScope,
                    nodeHealth,
                    Attribute.<Shown<Listener>, String>of("loadbalancers", Kinds.text(36), _ -> null)
                            .written((shown, out) ->
                                    Values.ids(Stream.of(shown.resource().loadBalancerId()), out))
                            .notFilterable()
                            .notSortable()
                            .build(),
                    Unsupported.attribute("connection_limit", -1L, "connections are not counted"),
                    Unsupported.attribute("l7policies", List.of(), "nobody reads what connections carry"),
                    Unsupported.attribute("insert_headers", Map.of(), "nobody reads what connections carry"),
                    Unsupported.attribute("timeout_client_data", 50_000L, NO_TIMES),
                    Unsupported.attribute("timeout_member_connect", 5_000L, NO_TIMES),
                    Unsupported.attribute("timeout_member_data", 50_000L, NO_TIMES),
                    Unsupported.attribute("timeout_tcp_inspect", 0L, NO_TIMES),
                    Unsupported.attribute("default_tls_container_ref", NO_TLS),
                    Unsupported.attribute("sni_container_refs", List.of(), NO_TLS),
                    Unsupported.attribute("client_authentication", "NONE", NO_TLS),
                    Unsupported.attribute("client_ca_tls_container_ref", NO_TLS),
                    Unsupported.attribute("client_crl_container_ref", NO_TLS),
                    Unsupported.attribute("tls_ciphers", NO_TLS),
                    Unsupported.attribute("tls_versions", NO_TLS),
                    Unsupported.attribute("alpn_protocols", NO_TLS))))
            .order(Shown.byId())
            .tags(shown -> shown.resource().meta().tags())
            .notFound(this::missing)
            .build();

    ListenerService(Domain domain) {
        super(domain, "Listener");
    }

    @Override
    ResourceType<Shown<Listener>> type() {
        return type;
    }

    @Override
    Optional<Listener> in(World world, UUID id) {
        return world.listener(id);
    }

    @Override
    Collection<Listener> all(World world) {
        return world.listeners();
    }

    @Override
    Collection<Listener> of(World world, String project) {
        return world.listenersOfProject(project);
    }

    @Override
    public Shown<Listener> create(Call call, Body body) {
        return shown(domain.listeners()
                .create(
                        Values.caller(call),
                        new NewListener(
                                body.require(loadBalancerId),
                                common.labels(body),
                                body.require(common.adminStateUp),
                                body.require(protocol),
                                body.require(port).intValue(),
                                body.get(defaultPool),
                                new AllowedCallers(
                                        body.get(allowedCidrs).orElse(List.of()), body.require(allowedCidrsScope)),
                                body.get(nodeHealth))));
    }

    @Override
    public Shown<Listener> update(Call call, String id, Body body) {
        return shown(domain.listeners()
                .update(
                        Values.caller(call),
                        known(id),
                        new ListenerUpdate(
                                common.changes(body),
                                body.get(common.adminStateUp),
                                body.has(defaultPool) ? Optional.of(body.get(defaultPool)) : Optional.empty(),
                                body.has(allowedCidrs)
                                        ? Optional.of(body.get(allowedCidrs).orElse(List.of()))
                                        : Optional.empty(),
                                body.get(allowedCidrsScope))));
    }

    @Override
    public void delete(Call call, String id) {
        domain.listeners().delete(Values.caller(call), known(id));
    }
}
