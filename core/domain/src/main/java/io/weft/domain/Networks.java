package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.Network;
import io.weft.model.RbacPolicy.Action;
import io.weft.model.Sharing;
import io.weft.model.Subnet;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;

/** Networks (Neutron API v2.0, Networks). A network goes with its subnets, but not while it has ports. */
public final class Networks {
    private static final int MIN_IPV6_MTU = 1280;

    private final Transactor transactor;
    private final Supplier<World> world;
    private final Settings settings;
    private final GroupMaker groups;
    private final ExternalNetworks externals;
    private final Stamp stamp;

    Networks(
            Transactor transactor,
            Supplier<World> world,
            Settings settings,
            GroupMaker groups,
            ExternalNetworks externals,
            Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.settings = settings;
        this.groups = groups;
        this.externals = externals;
        this.stamp = stamp;
    }

    /** Makes a network. */
    public Network create(Caller caller, NewNetwork wanted) {
        return create(caller, List.of(wanted)).getFirst();
    }

    /** Makes networks, all or none. */
    public List<Network> create(Caller caller, List<NewNetwork> wanted) {
        for (NewNetwork one : wanted) {
            AvailabilityZones.requireKnown(one.availabilityZoneHints());
            externals.check(one);
            if (!one.external()) {
                checkMtu(one.mtu().orElse(settings.maxMtu()));
            }
        }
        return transactor.run(plan -> {
            List<Network> made = new ArrayList<>(wanted.size());
            for (NewNetwork one : wanted) {
                made.add(create(plan, caller, one));
            }
            return made;
        });
    }

    /** Changes a network. */
    public Network update(Caller caller, UUID id, NetworkUpdate update) {
        return transactor.run(plan -> {
            Network present = Access.network(plan.world(), caller, id);
            Access.requireRevision(present, update.expectedRevision());
            Sharing sharing = Shares.changed(plan, present, update.shared(), update.external());
            Network before = externals.changed(plan, present, sharing);
            if (before.physicalNetwork().isEmpty()) {
                update.mtu().ifPresent(this::checkMtu);
            }
            Network after = new Network(
                    stamp.describe(before, update.name(), update.description()),
                    update.adminStateUp().orElse(before.adminStateUp()),
                    sharing,
                    before.vni(),
                    update.mtu().orElse(before.mtu()),
                    update.portSecurityEnabled().orElse(before.portSecurityEnabled()),
                    update.dnsDomain().orElse(before.dnsDomain()),
                    before.physicalNetwork(),
                    QosUse.ofChanged(plan, caller, before.qosPolicy(), update.qosPolicy()),
                    ExternalNetworks.changeDefault(plan, before, update.isDefault()),
                    before.topologyRouter(),
                    before.availabilityZoneHints());
            if (after.equals(present)) {
                return present;
            }
            if (present.shared() && !after.shared()) {
                requireUnsharable(plan, after);
            }
            if (after.mtu() < MIN_IPV6_MTU && after.mtu() < before.mtu()) {
                requireNoIpv6(plan, before);
            }
            Network touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(present, touched);
            return touched;
        });
    }

    /** Removes a network and its subnets. */
    public void delete(Caller caller, UUID id) {
        delete(caller, id, OptionalLong.empty());
    }

    /** Removes a network and its subnets, if the network has this revision number. */
    public void delete(Caller caller, UUID id, OptionalLong expectedRevision) {
        transactor.run(plan -> {
            Network network = Access.network(plan.world(), caller, id);
            Access.requireRevision(network, expectedRevision);
            if (plan.world().portCountOf(id) > 0) {
                throw Problem.NETWORK_IN_USE.with(id);
            }
            plan.requireEmpty(Layout.macs(id));
            remove(plan, network);
            return id;
        });
    }

    /** Within a plan: takes away a network, which has no ports, with its subnets. */
    static void remove(Plan plan, Network network) {
        plan.requireNoneWritten(Layout.subnets(network.id()));
        for (Subnet subnet : plan.world().subnetsOf(network.id())) {
            plan.delete(subnet);
            plan.count(subnet.project(), QuotaResource.SUBNET, -1);
        }
        plan.delete(network);
        Shares.forget(plan, network.sharing());
        plan.release(Layout.vni(network.vni()));
        network.physicalNetwork().ifPresent(name -> plan.release(Layout.physicalNetwork(name)));
        if (network.isDefault()) {
            plan.release(Layout.defaultExternalNetwork());
        }
        network.topologyRouter().ifPresent(_ -> plan.release(Layout.topology(network.project())));
        plan.count(network.project(), QuotaResource.NETWORK, -1);
    }

    /** The network, if the caller may see it. */
    public Network show(Caller caller, UUID id) {
        return Access.network(world.get(), caller, id);
    }

    /** The networks that the caller may see, in no order. */
    public List<Network> list(Caller caller) {
        World now = world.get();
        if (caller.admin()) {
            return List.copyOf(now.networks());
        }
        List<Network> seen = new ArrayList<>(now.networksOfProject(caller.project()));
        for (Network network : now.networksSharedWith(caller.project())) {
            if (!network.project().equals(caller.project())) {
                seen.add(network);
            }
        }
        for (Network network : now.networksExternalFor(caller.project())) {
            if (!network.project().equals(caller.project()) && !network.isSharedWith(caller.project())) {
                seen.add(network);
            }
        }
        return seen;
    }

    /** Within a plan: makes a network, and what its project needs first. */
    Network create(Plan plan, Caller caller, NewNetwork wanted) {
        if (settings.securityGroups()) {
            groups.ensureDefault(plan, wanted.project());
        }
        UUID id = Stamp.newId();
        int vni = wanted.vni().orElseGet(() -> Vnis.choose(plan, settings));
        Optional<String> carrier = ExternalNetworks.carrier(id, wanted.external(), wanted.physicalNetwork());
        Network network = new Network(
                stamp.create(id, wanted.project(), wanted.name(), wanted.description(), wanted.tags()),
                wanted.adminStateUp(),
                Shares.ofNew(wanted.project(), wanted.shared(), wanted.external()),
                vni,
                wanted.mtu().orElse(carrier.isPresent() ? ExternalNetworks.MTU : settings.maxMtu()),
                wanted.portSecurityEnabled(),
                wanted.dnsDomain(),
                carrier,
                wanted.qosPolicy().isPresent()
                        ? QosUse.ofNew(plan, caller, wanted.qosPolicy())
                        : QosUse.ofProject(plan, wanted.project()),
                wanted.isDefault(),
                Optional.empty(),
                wanted.availabilityZoneHints());
        if (network.isDefault()) {
            ExternalNetworks.takeDefault(plan, id);
        }
        if (wanted.vni().isPresent()) {
            plan.takeOr(Layout.vni(vni), id, Problem.TUNNEL_ID_IN_USE.with(vni));
        } else {
            plan.take(Layout.vni(vni), id);
        }
        carrier.ifPresent(
                name -> plan.takeOr(Layout.physicalNetwork(name), id, Problem.FLAT_NETWORK_IN_USE.with(name)));
        plan.create(network);
        plan.count(wanted.project(), QuotaResource.NETWORK, 1);
        return network;
    }

    private void checkMtu(int mtu) {
        if (mtu > settings.maxMtu()) {
            throw Problem.INVALID_INPUT.with("Requested MTU is too big, maximum is " + settings.maxMtu());
        }
    }

    private static void requireUnsharable(Plan plan, Network network) {
        if (Shares.lost(plan, network, Action.ACCESS_AS_SHARED).isPresent()) {
            throw Problem.INVALID_SHARED_SETTING.with(network.name().isEmpty() ? network.id() : network.name());
        }
    }

    private static void requireNoIpv6(Plan plan, Network network) {
        plan.requireNoneWritten(Layout.subnets(network.id()));
        if (plan.world().subnetsOf(network.id()).stream()
                .anyMatch(s -> s.cidr().address().isIpv6())) {
            throw Problem.INVALID_INPUT.with("IPv6 needs an MTU of at least " + MIN_IPV6_MTU);
        }
    }
}
