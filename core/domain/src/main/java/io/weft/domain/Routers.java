package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.ExternalGateway;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** Routers and their static routes (Neutron API v2.0, Routers); their interfaces are {@link RouterInterfaces}'. */
public final class Routers {
    private final Transactor transactor;
    private final Supplier<World> world;
    private final Settings settings;
    private final RouterInterfaces interfaces;
    private final RouterGateways gateways;
    private final Stamp stamp;

    Routers(
            Transactor transactor,
            Supplier<World> world,
            Settings settings,
            RouterInterfaces interfaces,
            RouterGateways gateways,
            Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.settings = settings;
        this.interfaces = interfaces;
        this.gateways = gateways;
        this.stamp = stamp;
    }

    /** Makes a router. */
    public Router create(Caller caller, NewRouter wanted) {
        return create(caller, List.of(wanted)).getFirst();
    }

    /** Makes routers, all or none. */
    public List<Router> create(Caller caller, List<NewRouter> wanted) {
        for (NewRouter one : wanted) {
            AvailabilityZones.requireKnown(one.availabilityZoneHints());
            one.gateway().ifPresent(info -> gateways.check(info));
        }
        return transactor.run(plan -> {
            List<Router> made = new ArrayList<>(wanted.size());
            for (NewRouter one : wanted) {
                made.add(create(plan, caller, one));
            }
            return made;
        });
    }

    /** Within a plan: makes a router. */
    Router create(Plan plan, Caller caller, NewRouter wanted) {
        UUID id = Stamp.newId();
        Router router = new Router(
                stamp.create(id, wanted.project(), wanted.name(), wanted.description(), wanted.tags()),
                wanted.adminStateUp(),
                List.of(),
                wanted.gateway()
                        .map(info -> gateways.ofNew(plan, caller, id, info))
                        .orElse(List.of()),
                wanted.defaultRouteEcmp().orElse(false),
                wanted.defaultRouteBfd().orElse(false),
                wanted.availabilityZoneHints(),
                wanted.flavor());
        wanted.flavor().ifPresent(flavor -> Flavors.useForRouter(plan, flavor));
        plan.create(router);
        plan.count(wanted.project(), QuotaResource.ROUTER, 1);
        return router;
    }

    /** Changes a router. */
    public Router update(Caller caller, UUID id, RouterUpdate update) {
        update.gateway().ifPresent(info -> gateways.check(info));
        return transactor.run(plan -> {
            Router before = Access.router(plan.world(), caller, id);
            Access.requireRevision(before, update.expectedRevision());
            List<Route> routes = update.routes().orElse(before.routes());
            Router described = new Router(
                    stamp.describe(before, update.name(), update.description()),
                    update.adminStateUp().orElse(before.adminStateUp()),
                    before.routes(),
                    update.gateway().isPresent()
                            ? gateways.ofChanged(
                                    plan,
                                    caller,
                                    before,
                                    routes,
                                    update.gateway().get())
                            : before.gateways(),
                    update.defaultRouteEcmp().orElse(before.defaultRouteEcmp()),
                    update.defaultRouteBfd().orElse(before.defaultRouteBfd()),
                    before.availabilityZoneHints(),
                    before.flavor());
            return write(plan, before, described, routes);
        });
    }

    /** Gives a router further ways out, each to another external network (external-gateway-multihoming). */
    public Router addGateways(Caller caller, UUID id, List<GatewayInfo.On> added) {
        return changeGateways(caller, id, added, (plan, router) -> gateways.ofMore(plan, caller, router, added));
    }

    /** Makes these a router's ways out, in this order. Those to networks that it led to before are kept, and changed. */
    public Router updateGateways(Caller caller, UUID id, List<GatewayInfo.On> wanted) {
        return changeGateways(caller, id, wanted, (plan, router) -> gateways.ofAll(plan, caller, router, wanted));
    }

    /** Takes ways out from a router, named by their networks; the first of those that are left is the first then. */
    public Router removeGateways(Caller caller, UUID id, List<GatewayInfo.On> removed) {
        return changeGateways(caller, id, removed, (plan, router) -> gateways.ofFewer(plan, router, removed));
    }

    private Router changeGateways(
            Caller caller,
            UUID id,
            List<GatewayInfo.On> named,
            BiFunction<Plan, Router, List<ExternalGateway>> change) {
        named.forEach(info -> gateways.check(info, "external_gateways"));
        return transactor.run(plan -> {
            Router before = Access.router(plan.world(), caller, id);
            return write(plan, before, before.withGateways(change.apply(plan, before)), before.routes());
        });
    }

    /** Adds routes to those that the router has; such as it has already stay as they are (extraroute-atomic). */
    public Router addRoutes(Caller caller, UUID id, List<Route> routes) {
        return changeRoutes(caller, id, routes, (present, added) -> {
            Set<Route> all = new LinkedHashSet<>(present);
            all.addAll(added);
            return List.copyOf(all);
        });
    }

    /** Removes routes; such as it does not have are passed over (extraroute-atomic). */
    public Router removeRoutes(Caller caller, UUID id, List<Route> routes) {
        return changeRoutes(
                caller,
                id,
                routes,
                (present, removed) ->
                        present.stream().filter(r -> !removed.contains(r)).toList());
    }

    /** Removes a router that has no interfaces; its way out goes with it. */
    public void delete(Caller caller, UUID id) {
        delete(caller, id, OptionalLong.empty());
    }

    /** Removes a router that has no interfaces, if the router has this revision number. */
    public void delete(Caller caller, UUID id, OptionalLong expectedRevision) {
        transactor.run(plan -> {
            Router router = Access.router(plan.world(), caller, id);
            Access.requireRevision(router, expectedRevision);
            remove(plan, router);
            return id;
        });
    }

    /** Within a plan: takes away a router that has no interfaces. */
    void remove(Plan plan, Router router) {
        UUID id = router.id();
        if (!plan.world().interfacesOf(id).isEmpty()) {
            throw Problem.ROUTER_IN_USE.with(id, "still has ports");
        }
        plan.requireNoneWritten(Layout.routerInterfaces(id));
        gateways.end(plan, router);
        plan.delete(router);
        plan.count(router.project(), QuotaResource.ROUTER, -1);
    }

    /** Gives the router the gateway address of a subnet. */
    public RouterInterface addInterfaceBySubnet(Caller caller, UUID id, UUID subnetId) {
        return transactor.run(plan -> {
            Router router = Access.router(plan.world(), caller, id);
            RouterInterface added = interfaces.addSubnet(plan, caller, router, subnetId);
            touch(plan, router);
            return added;
        });
    }

    /** Gives the router a port that nobody uses, with the addresses that it has. */
    public RouterInterface addInterfaceByPort(Caller caller, UUID id, UUID portId) {
        return transactor.run(plan -> {
            Router router = Access.router(plan.world(), caller, id);
            RouterInterface added = interfaces.addPort(plan, caller, router, portId);
            touch(plan, router);
            return added;
        });
    }

    /**
     * Takes an interface from the router, named by its port, or by a subnet, or by both.
     *
     * @throws io.weft.domain.error.DomainException {@link Problem#BAD_REQUEST} when neither is named
     */
    public RouterInterface removeInterface(Caller caller, UUID id, Optional<UUID> portId, Optional<UUID> subnetId) {
        if (portId.isEmpty() && subnetId.isEmpty()) {
            throw Problem.BAD_REQUEST.with("router", "Either subnet_id or port_id must be specified");
        }
        return transactor.run(plan -> {
            Router router = Access.router(plan.world(), caller, id);
            RouterInterface removed = portId.isPresent()
                    ? interfaces.removePort(plan, router, portId.get(), subnetId)
                    : interfaces.removeSubnet(plan, router, subnetId.orElseThrow());
            touch(plan, router);
            return removed;
        });
    }

    /** What changes of a router's interfaces counts as a change of the router (Neutron's revision numbers). */
    private void touch(Plan plan, Router router) {
        plan.update(router, router.withMeta(stamp.touch(router.meta())));
    }

    /** The router, if the caller may see it. */
    public Router show(Caller caller, UUID id) {
        return Access.router(world.get(), caller, id);
    }

    /** The routers that the caller may see, in no order. */
    public List<Router> list(Caller caller) {
        World now = world.get();
        return caller.admin() ? List.copyOf(now.routers()) : now.routersOfProject(caller.project());
    }

    private Router changeRoutes(
            Caller caller, UUID id, List<Route> routes, BiFunction<List<Route>, List<Route>, List<Route>> change) {
        return transactor.run(plan -> {
            Router before = Access.router(plan.world(), caller, id);
            return write(plan, before, before, change.apply(before.routes(), routes));
        });
    }

    private Router write(Plan plan, Router before, Router described, List<Route> routes) {
        if (!routes.equals(before.routes())) {
            if (routes.size() > settings.maxRoutes()) {
                throw Problem.ROUTES_EXHAUSTED.with(before.id(), settings.maxRoutes());
            }
            interfaces.requireNextHops(plan, before, routes);
        }
        Router after = described.withRoutes(routes);
        if (after.equals(before)) {
            return before;
        }
        Router touched = after.withMeta(stamp.touch(after.meta()));
        if (touched.gateways().size() > 1) {
            plan.requireWriter(WriterFormat.SEVERAL_GATEWAYS);
        }
        plan.update(before, touched);
        return touched;
    }
}
