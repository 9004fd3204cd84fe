package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.GatewayInfo;
import io.weft.domain.NewRouter;
import io.weft.domain.RouterInterface;
import io.weft.domain.RouterUpdate;
import io.weft.domain.Routers;
import io.weft.model.Resource;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.rest.Action;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.JsonSchema;
import io.weft.rest.ResourceType;
import io.weft.rest.RestError;
import io.weft.rest.Schema;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** Routers and their interfaces: bodies to operations of the domain. */
final class RouterService extends ModelService<Router> {
    private static final Action.Answer INTERFACE = new Action.Answer.Other(JsonSchema.object()
            .withMember("id", Forms.ID)
            .withMember("tenant_id", Forms.TEXT)
            .withMember("project_id", Forms.TEXT)
            .withMember("port_id", Forms.ID)
            .withMember("network_id", Forms.ID)
            .withMember("subnet_id", Forms.ID)
            .withMember("subnet_ids", JsonSchema.list(Forms.ID)));

    private final RouterAttributes attributes;
    private final Interface added = new Interface();
    private final Interface removed = new Interface();
    private final Attribute<Object, List<Route>> moreRoutes = routes();
    private final Attribute<Object, List<Route>> fewerRoutes = routes();
    private final Attribute<Object, List<GatewayInfo.On>> moreGateways = gateways();
    private final Attribute<Object, List<GatewayInfo.On>> allGateways = gateways();
    private final Attribute<Object, List<GatewayInfo.On>> fewerGateways = gateways();
    private final ResourceType<Seen<Router>> type;
    private final Routers routers;
    private final Reader reader;

    RouterService(Domain domain, Reader reader) {
        super(domain, Resource.Kind.ROUTER);
        this.routers = domain.routers();
        this.reader = reader;
        attributes = new RouterAttributes(domain.settings().externalNetworks());
        ResourceType.Builder<Seen<Router>> builder = ResourceType.named("router", "routers", Seen<Router>::id, this)
                .attributes(attributes.all())
                .order(Seen.byId())
                .tags(seen -> seen.resource().meta().tags())
                .changed(seen -> seen.resource().meta().updatedAt())
                .action(Action.put("add_router_interface", added.schema, this::addInterface)
                        .answering(INTERFACE))
                .action(Action.put("remove_router_interface", removed.schema, this::removeInterface)
                        .answering(INTERFACE))
                .action(Action.putWrapped(
                        "add_extraroutes", "router", new Schema<>(List.of(moreRoutes)), this::addRoutes))
                .action(Action.putWrapped(
                        "remove_extraroutes", "router", new Schema<>(List.of(fewerRoutes)), this::removeRoutes))
                .notFound(id -> new ApiException(
                        ErrorCategory.NOT_FOUND, "RouterNotFound", "Router " + id + " could not be found"));
        if (domain.settings().externalNetworks()) {
            builder.action(putGateways("add_external_gateways", moreGateways, this::addGateways))
                    .action(putGateways("update_external_gateways", allGateways, this::updateGateways))
                    .action(putGateways("remove_external_gateways", fewerGateways, this::removeGateways));
        }
        type = builder.build();
    }

    private static Action putGateways(
            String name, Attribute<Object, List<GatewayInfo.On>> gateways, Action.Handler handler) {
        return Action.putWrapped(name, "router", new Schema<>(List.of(gateways)), handler);
    }

    /** The body of the actions on interfaces: one of the two. */
    private static final class Interface {
        final Attribute<Object, UUID> subnetId = id("subnet_id");
        final Attribute<Object, UUID> portId = id("port_id");
        final Schema<Object> schema = new Schema<>(List.of(subnetId, portId));

        private static Attribute<Object, UUID> id(String name) {
            return Attribute.<Object, UUID>of(name, Values.UUID_KIND, _ -> null)
                    .post()
                    .build();
        }
    }

    private static Attribute<Object, List<GatewayInfo.On>> gateways() {
        return Attribute.<Object, List<GatewayInfo.On>>of("external_gateways", GatewayValues.LIST, _ -> null)
                .putOnly()
                .parts(
                        GatewayValues.PARTS,
                        (gateways, part) -> gateways.stream().anyMatch(one -> GatewayValues.asksFor(one, part)))
                .build();
    }

    private static Attribute<Object, List<Route>> routes() {
        return Attribute.<Object, List<Route>>of("routes", ObjectValues.ROUTES, _ -> null)
                .putOnly()
                .build();
    }

    @Override
    ResourceType<Seen<Router>> type() {
        return type;
    }

    @Override
    public Seen<Router> create(Call call, Body body) {
        return seen(call, routers.create(Callers.of(call), request(body)));
    }

    @Override
    public List<Seen<Router>> createAll(Call call, List<Body> bodies) {
        return seen(
                call,
                routers.create(
                        Callers.of(call), bodies.stream().map(this::request).toList()));
    }

    private NewRouter request(Body body) {
        return new NewRouter(
                body.require(attributes.standard.project),
                body.require(attributes.standard.name),
                body.require(attributes.standard.description),
                List.of(),
                body.require(attributes.adminStateUp),
                body.get(attributes.gateway),
                outside(body, attributes.ecmp),
                outside(body, attributes.bfd),
                body.require(attributes.zoneHints),
                body.get(attributes.flavor));
    }

    /** What a router has only where there are external networks. */
    private Optional<Boolean> outside(Body body, Attribute<Seen<Router>, Boolean> attribute) {
        return attributes.outside.contains(attribute) ? body.get(attribute) : Optional.empty();
    }

    @Override
    public Optional<Seen<Router>> find(Call call, String id) {
        return reader.router(call.caller(), id);
    }

    @Override
    public Iterable<Seen<Router>> list(Call call, Filters<Seen<Router>> filters) {
        return reader.routers(call.caller(), filters, attributes.standard);
    }

    @Override
    public Seen<Router> update(Call call, String id, Body body) {
        RouterUpdate update = new RouterUpdate(
                body.get(attributes.standard.name),
                body.get(attributes.standard.description),
                body.get(attributes.adminStateUp),
                body.has(attributes.routes)
                        ? Optional.of(body.get(attributes.routes).orElse(List.of()))
                        : Optional.empty(),
                body.has(attributes.gateway)
                        ? Optional.of(body.get(attributes.gateway).orElseGet(GatewayInfo.None::new))
                        : Optional.empty(),
                outside(body, attributes.ecmp),
                outside(body, attributes.bfd),
                call.expectedRevision());
        return seen(call, routers.update(Callers.of(call), known(id), update));
    }

    @Override
    public void delete(Call call, String id) {
        routers.delete(Callers.of(call), known(id), call.expectedRevision());
    }

    private Optional<Consumer<JsonGenerator>> addInterface(Call call, String id, Body body) {
        Optional<UUID> subnet = body.get(added.subnetId);
        Optional<UUID> port = body.get(added.portId);
        if (subnet.isPresent() && port.isPresent()) {
            throw RestError.BAD_PARAMETER.with("Bad router request: Cannot specify both subnet-id and port-id.");
        }
        if (subnet.isEmpty() && port.isEmpty()) {
            throw RestError.BAD_PARAMETER.with("Bad router request: Either subnet_id or port_id must be specified.");
        }
        RouterInterface result = port.isPresent()
                ? routers.addInterfaceByPort(Callers.of(call), known(id), port.get())
                : routers.addInterfaceBySubnet(Callers.of(call), known(id), subnet.orElseThrow());
        return Optional.of(out -> write(result, out));
    }

    private Optional<Consumer<JsonGenerator>> removeInterface(Call call, String id, Body body) {
        RouterInterface result = routers.removeInterface(
                Callers.of(call), known(id), body.get(removed.portId), body.get(removed.subnetId));
        return Optional.of(out -> write(result, out));
    }

    private static void write(RouterInterface result, JsonGenerator out) {
        out.writeStartObject();
        out.writeStringProperty("id", result.routerId().toString());
        out.writeStringProperty("tenant_id", result.project());
        out.writeStringProperty("project_id", result.project());
        out.writeStringProperty("port_id", result.portId().toString());
        out.writeStringProperty("network_id", result.networkId().toString());
        out.writeStringProperty("subnet_id", result.subnetIds().getFirst().toString());
        out.writeName("subnet_ids");
        out.writeStartArray();
        result.subnetIds().forEach(subnet -> out.writeString(subnet.toString()));
        out.writeEndArray();
        out.writeEndObject();
    }

    private Optional<Consumer<JsonGenerator>> addRoutes(Call call, String id, Body body) {
        List<Route> routes = body.get(moreRoutes).orElse(List.of());
        return answer(call, routers.addRoutes(Callers.of(call), known(id), routes));
    }

    private Optional<Consumer<JsonGenerator>> removeRoutes(Call call, String id, Body body) {
        List<Route> routes = body.get(fewerRoutes).orElse(List.of());
        return answer(call, routers.removeRoutes(Callers.of(call), known(id), routes));
    }

    private Optional<Consumer<JsonGenerator>> addGateways(Call call, String id, Body body) {
        List<GatewayInfo.On> named = body.get(moreGateways).orElse(List.of());
        return answer(call, routers.addGateways(Callers.of(call), known(id), named));
    }

    /** The list is the whole; without one nothing changes. */
    private Optional<Consumer<JsonGenerator>> updateGateways(Call call, String id, Body body) {
        Optional<List<GatewayInfo.On>> named = body.get(allGateways);
        return answer(
                call,
                named.isPresent()
                        ? routers.updateGateways(Callers.of(call), known(id), named.get())
                        : routers.show(Callers.of(call), known(id)));
    }

    private Optional<Consumer<JsonGenerator>> removeGateways(Call call, String id, Body body) {
        List<GatewayInfo.On> named = body.get(fewerGateways).orElse(List.of());
        return answer(call, routers.removeGateways(Callers.of(call), known(id), named));
    }

    private Optional<Consumer<JsonGenerator>> answer(Call call, Router router) {
        return Optional.of(out -> {
            out.writeStartObject();
            out.writeName("router");
            type.write(seen(call, router), call.caller(), out);
            out.writeEndObject();
        });
    }
}
