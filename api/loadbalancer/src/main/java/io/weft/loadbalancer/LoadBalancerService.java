package io.weft.loadbalancer;

import io.weft.domain.Domain;
import io.weft.domain.NewLoadBalancer;
import io.weft.domain.VipChoice;
import io.weft.model.IpAddress;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.Pool;
import io.weft.model.World;
import io.weft.rest.Action;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kinds;
import io.weft.rest.ResourceType;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/** Load balancers: https://docs.openstack.org/api-ref/load-balancer/v2/#load-balancers. */
final class LoadBalancerService extends BalancerService<LoadBalancer> {
    /** The only provider: nodes themselves. */
    static final String PROVIDER = "weft";

    private final CommonAttributes<LoadBalancer> common = new CommonAttributes<>(LoadBalancer::adminStateUp, true);
    private final Attribute<Shown<LoadBalancer>, IpAddress> address = Attribute.<Shown<LoadBalancer>, IpAddress>of(
                    "vip_address", Values.ADDRESS, shown -> shown.resource().address())
            .post()
            .nullable()
            .build();
    private final Attribute<Shown<LoadBalancer>, UUID> portId = place("vip_port_id", LoadBalancer::portId);
    private final Attribute<Shown<LoadBalancer>, UUID> subnetId = place("vip_subnet_id", LoadBalancer::subnetId);
    private final Attribute<Shown<LoadBalancer>, UUID> networkId = place("vip_network_id", LoadBalancer::networkId);
    private final ResourceType<Shown<LoadBalancer>> type = ResourceType.named(
                    "loadbalancer", "loadbalancers", Shown<LoadBalancer>::id, this)
            .attributes(common.around(List.of(
                    address,
                    portId,
                    subnetId,
                    networkId,
                    Attribute.<Shown<LoadBalancer>, String>of("provider", Kinds.oneOf(List.of(PROVIDER)), _ -> PROVIDER)
                            .post()
                            .nullable()
                            .build(),
                    Attribute.<Shown<LoadBalancer>, String>of("listeners", Kinds.text(36), _ -> null)
                            .written((shown, out) -> Values.ids(
                                    shown.world().listenersOf(shown.resource().id()).stream()
                                            .map(Listener::id),
                                    out))
                            .notFilterable()
                            .notSortable()
                            .build(),
                    Attribute.<Shown<LoadBalancer>, String>of("pools", Kinds.text(36), _ -> null)
                            .written((shown, out) -> Values.ids(
                                    shown.world().poolsOf(shown.resource().id()).stream()
                                            .map(Pool::id),
                                    out))
                            .notFilterable()
                            .notSortable()
                            .build(),
                    Unsupported.attribute("additional_vips", List.of(), "a load balancer has one address"),
                    Unsupported.attribute("vip_qos_policy_id", "what nodes balance has no QoS policy"),
                    Unsupported.attribute("vip_vnic_type", "normal", "the address is on no device"),
                    Unsupported.attribute("vip_sg_ids", List.of(), "members' own security groups say who reaches them"),
                    Unsupported.attribute("flavor_id", "there are no flavors"),
                    Unsupported.attribute("availability_zone", "every node balances what begins on it"))))
            .order(Shown.byId())
            .tags(shown -> shown.resource().meta().tags())
            .action(Action.get("status", this::status).answering(new Action.Answer.Other(JsonSchema.ANY)))
            .action(Action.get("stats", (_, _, _) -> {
                        throw new ApiException(
                                ErrorCategory.UNSUPPORTED,
                                "NotImplemented",
                                "stats: connections are balanced where they begin, and nobody counts them by load"
                                        + " balancer.");
                    })
                    .answering(new Action.Answer.Other(JsonSchema.ANY)))
            .notFound(this::missing)
            .build();

    LoadBalancerService(Domain domain) {
        super(domain, "Load Balancer");
    }

    /** Where the address is; a creation may leave it to the server. */
    private static Attribute<Shown<LoadBalancer>, UUID> place(String name, Function<LoadBalancer, UUID> of) {
        return Attribute.<Shown<LoadBalancer>, UUID>of(name, Values.ID, shown -> of.apply(shown.resource()))
                .post()
                .nullable()
                .build();
    }

    @Override
    ResourceType<Shown<LoadBalancer>> type() {
        return type;
    }

    @Override
    Optional<LoadBalancer> in(World world, UUID id) {
        return world.loadBalancer(id);
    }

    @Override
    Collection<LoadBalancer> all(World world) {
        return world.loadBalancers();
    }

    @Override
    Collection<LoadBalancer> of(World world, String project) {
        return world.loadBalancersOfProject(project);
    }

    @Override
    public Shown<LoadBalancer> create(Call call, Body body) {
        return shown(domain.loadBalancers()
                .create(
                        Values.caller(call),
                        new NewLoadBalancer(
                                body.require(common.project),
                                common.labels(body),
                                body.require(common.adminStateUp),
                                new VipChoice(
                                        body.get(portId),
                                        body.get(subnetId),
                                        body.get(networkId),
                                        body.get(address)))));
    }

    @Override
    public Shown<LoadBalancer> update(Call call, String id, Body body) {
        return shown(domain.loadBalancers()
                .update(Values.caller(call), known(id), common.changes(body), body.get(common.adminStateUp)));
    }

    @Override
    public void delete(Call call, String id) {
        domain.loadBalancers().delete(Values.caller(call), known(id), call.says("cascade"));
    }

    private Optional<Consumer<JsonGenerator>> status(Call call, String id, Body body) {
        Shown<LoadBalancer> shown = find(call, id).orElseThrow(() -> missing(id));
        return Optional.of(out -> new StatusTree(shown.world(), out).write(shown.resource()));
    }
}
