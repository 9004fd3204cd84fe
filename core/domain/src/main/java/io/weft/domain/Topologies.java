package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.IpFamily;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * A network for each project that asks for one, with all that it takes to lead out: subnets of the default subnet pools, and
 * a router to the default external network (Neutron API v2.0, Auto allocated topologies). Made and removed as a whole.
 */
public final class Topologies {
    private final Transactor transactor;
    private final Networks networks;
    private final Subnets subnets;
    private final Routers routers;
    private final RouterInterfaces interfaces;

    Topologies(
            Transactor transactor, Networks networks, Subnets subnets, Routers routers, RouterInterfaces interfaces) {
        this.transactor = transactor;
        this.networks = networks;
        this.subnets = subnets;
        this.routers = routers;
        this.interfaces = interfaces;
    }

    /** The project's network, which is made if it has none yet. */
    public UUID obtain(Caller caller, String project) {
        return transactor.run(plan -> {
            Optional<Network> present = find(plan.world(), project);
            return present.isPresent() ? present.get().id() : make(plan, caller, project);
        });
    }

    private UUID make(Plan plan, Caller caller, String project) {
        plan.showOwnWrites();
        Network outside = external(plan.world());
        List<IpFamily> families = families(plan.world(), caller);
        Network network = networks.create(plan, caller, NewNetwork.of(project, "auto_allocated_network"));
        plan.take(Layout.topology(project), network.id());
        plan.requireWriter(WriterFormat.TOPOLOGIES);
        List<Subnet> made = new ArrayList<>();
        for (IpFamily family : families) {
            CidrChoice pool = new CidrChoice.OfPool(Optional.empty(), family, Optional.empty(), OptionalInt.empty());
            NewSubnet wanted =
                    NewSubnet.of(project, network.id(), pool).withName("auto_allocated_subnet_v" + family.version());
            made.add(subnets.create(plan, caller, wanted, made));
        }
        Router router = routers.create(
                plan, caller, NewRouter.of(project, "auto_allocated_router").withGateway(GatewayInfo.on(outside.id())));
        made.forEach(subnet -> interfaces.addSubnet(plan, caller, router, subnet.id()));
        plan.update(network, network.withTopologyRouter(router.id()));
        return network.id();
    }

    /** Says whether a topology could be made, and why not. */
    public void check(Caller caller) {
        transactor.run(plan -> {
            external(plan.world());
            return families(plan.world(), caller);
        });
    }

    /** Removes the project's network, its subnets and its router; nothing when it has none. */
    public void delete(String project) {
        transactor.run(plan -> {
            find(plan.world(), project).ifPresent(network -> remove(plan, network));
            return project;
        });
    }

    private void remove(Plan plan, Network network) {
        plan.showOwnWrites();
        network.topologyRouter().flatMap(plan.world()::router).ifPresent(router -> {
            plan.world().interfacesOf(router.id()).stream()
                    .filter(face -> face.networkId().equals(network.id()))
                    .map(Port::id)
                    .forEach(face -> interfaces.removePort(plan, router, face, Optional.empty()));
            routers.remove(plan, router);
        });
        if (plan.world().portCountOf(network.id()) > 0) {
            throw Problem.NETWORK_IN_USE.with(network.id());
        }
        plan.requireNoneWritten(Layout.macs(network.id()));
        Networks.remove(plan, network);
    }

    private static Optional<Network> find(World world, String project) {
        return world.networksOfProject(project).stream()
                .filter(network -> network.topologyRouter().isPresent())
                .findFirst();
    }

    private static Network external(World world) {
        return world.externalNetworks().stream()
                .filter(Network::isDefault)
                .findFirst()
                .orElseThrow(() -> Problem.AUTO_ALLOCATION_FAILURE.with("No default router:external network"));
    }

    /** Those that have a default pool which the caller may use. */
    private static List<IpFamily> families(World world, Caller caller) {
        List<IpFamily> families = Arrays.stream(IpFamily.values())
                .filter(family -> world.defaultSubnetPool(family)
                        .filter(pool -> Access.sees(world, caller, pool))
                        .isPresent())
                .toList();
        if (families.isEmpty()) {
            throw Problem.AUTO_ALLOCATION_FAILURE.with("No default subnetpools defined");
        }
        return families;
    }
}
