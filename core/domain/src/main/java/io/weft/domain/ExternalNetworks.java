package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.model.Binding;
import io.weft.model.FloatingIp;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.RbacPolicy.Action;
import io.weft.model.Sharing;
import io.weft.model.World;
import java.util.Optional;
import java.util.UUID;

/**
 * The rules of networks that lead out (Neutron API v2.0, External networks and provider networks). What leads out is carried
 * by a physical network, and what a physical network carries leads out: ports of workloads are on tunnelled networks alone.
 */
final class ExternalNetworks {
    /** The MTU of a network that a physical network carries, when nobody says: Ethernet's. */
    static final int MTU = 1500;

    private static final String DEFAULT_IS_EXTERNAL = "is_default is for networks with router:external";

    private final Settings settings;
    private final PortMaker maker;

    ExternalNetworks(Settings settings, PortMaker maker) {
        this.settings = settings;
        this.maker = maker;
    }

    /** Checks what was asked for. */
    void check(NewNetwork wanted) {
        if (wanted.external() || wanted.physicalNetwork().isPresent()) {
            requireServed(settings, "router:external");
        }
        if (wanted.isDefault() && !wanted.external()) {
            throw Problem.INVALID_INPUT.with(DEFAULT_IS_EXTERNAL);
        }
        if (!wanted.external() && wanted.physicalNetwork().isPresent()) {
            throw Problem.INVALID_INPUT.with(
                    "provider:network_type 'flat' is for networks with router:external; workloads have none of it");
        }
        if ((wanted.external() || wanted.physicalNetwork().isPresent())
                && wanted.vni().isPresent()) {
            throw Problem.INVALID_INPUT.with("provider:segmentation_id prohibited for flat provider network");
        }
    }

    /**
     * The physical network that carries a network. One that leads out and does not say by which has its own, whose name is
     * the network's id: it leads out on the nodes that are told of it.
     */
    static Optional<String> carrier(UUID id, boolean external, Optional<String> physicalNetwork) {
        return physicalNetwork.or(() -> external ? Optional.of(id.toString()) : Optional.empty());
    }

    /**
     * The network shared otherwise, by which it may begin or end to lead out. Then it changes what carries it, so that no port may be there; and of a
     * physical network that was chosen it cannot be taken away.
     */
    Network changed(Plan plan, Network network, Sharing sharing) {
        boolean external = sharing.has(Action.ACCESS_AS_EXTERNAL);
        if (external == network.external()) {
            return network.withSharing(sharing);
        }
        requireServed(settings, "router:external");
        String own = network.id().toString();
        if (!external && !network.physicalNetwork().equals(Optional.of(own))) {
            throw Problem.INVALID_INPUT.with(
                    "router:external stays true where provider:physical_network was chosen; workloads have none of it");
        }
        if (external) {
            if (plan.world().portCountOf(network.id()) > 0) {
                throw Problem.NETWORK_IN_USE.with(network.id());
            }
            plan.requireEmpty(Layout.macs(network.id()));
            plan.takeOr(Layout.physicalNetwork(own), network.id(), Problem.FLAT_NETWORK_IN_USE.with(own));
        } else {
            removeUnused(plan, network);
            plan.release(Layout.physicalNetwork(own));
            if (network.isDefault()) {
                plan.release(Layout.defaultExternalNetwork());
            }
        }
        return new Network(
                network.meta(),
                network.adminStateUp(),
                sharing,
                network.vni(),
                external ? network.mtu() : Math.min(network.mtu(), settings.maxMtu()),
                network.portSecurityEnabled(),
                network.dnsDomain(),
                external ? Optional.of(own) : Optional.empty(),
                network.qosPolicy(),
                external && network.isDefault(),
                network.topologyRouter(),
                network.availabilityZoneHints());
    }

    /** A new network takes its place as the default one. */
    static void takeDefault(Plan plan, UUID id) {
        plan.world().externalNetworks().stream()
                .filter(network -> network.isDefault() && !network.id().equals(id))
                .findFirst()
                .ifPresent(other -> {
                    throw Problem.DEFAULT_EXTERNAL_NETWORK_EXISTS.with(other.id());
                });
        plan.take(Layout.defaultExternalNetwork(), id);
        plan.requireWriter(WriterFormat.TOPOLOGIES);
    }

    /** Whether a network that is changed is to be the default one. */
    static boolean changeDefault(Plan plan, Network before, Optional<Boolean> wanted) {
        boolean isDefault = wanted.orElse(before.isDefault());
        if (isDefault && !before.external()) {
            throw Problem.INVALID_INPUT.with(DEFAULT_IS_EXTERNAL);
        }
        if (isDefault && !before.isDefault()) {
            takeDefault(plan, before.id());
        } else if (before.isDefault() && !isDefault) {
            plan.release(Layout.defaultExternalNetwork());
        }
        return isDefault;
    }

    /** Floating IPs that lead nowhere go with it (floatingip-autodelete-internal); nothing else may be there. */
    private void removeUnused(Plan plan, Network network) {
        World world = plan.world();
        plan.requireNoneWritten(Layout.macs(network.id()));
        for (Port port : world.portsOf(network.id())) {
            FloatingIp unused = Optional.of(port)
                    .filter(p -> p.deviceOwner().equals(Port.FLOATING_IP))
                    .flatMap(p -> world.floatingIp(UUID.fromString(p.deviceId())))
                    .filter(floatingIp -> floatingIp.insidePorts().isEmpty())
                    .orElseThrow(() -> Problem.EXTERNAL_NETWORK_IN_USE.with(network.id()));
            plan.delete(unused);
            maker.delete(plan, port);
            plan.count(unused.project(), QuotaResource.FLOATING_IP, -1);
        }
    }

    /** The installation serves what leads out. */
    static void requireServed(Settings settings, String field) {
        if (!settings.externalNetworks()) {
            throw Problem.INVALID_INPUT.with(field + " is not served by this installation");
        }
    }

    /**
     * Ports of workloads are not put on it. A port that its owner makes there keeps an address from all others, and lives on
     * no node.
     */
    static void requireForPorts(Caller caller, Network network, Binding binding) {
        if (!network.external()) {
            return;
        }
        if (!network.isSharedWith(caller.project()) && !caller.owns(network.project())) {
            throw Problem.NOT_AUTHORIZED.with("rule:create_port");
        }
        if (binding.isBound()) {
            throw Problem.INVALID_INPUT.with("binding:host_id: network " + network.id()
                    + " is external; ports of workloads are not carried by physical networks");
        }
    }
}
