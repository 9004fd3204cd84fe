package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.model.Network;

/**
 * The rules of networks that lead out (Neutron API v2.0, External networks and provider networks). What leads out is carried
 * by a physical network, and what a physical network carries leads out: ports of workloads are on tunnelled networks alone.
 */
final class ExternalNetworks {
    /** The MTU of a network that a physical network carries, when nobody says: Ethernet's. */
    static final int MTU = 1500;

    private final Settings settings;

    ExternalNetworks(Settings settings) {
        this.settings = settings;
    }

    /** Checks what was asked for. */
    void check(Caller caller, NewNetwork wanted) {
        Access.requireAdmin(caller, wanted.external(), "create_network:router:external");
        Access.requireAdmin(caller, wanted.physicalNetwork().isPresent(), "create_network:provider:physical_network");
        if (wanted.external() || wanted.physicalNetwork().isPresent()) {
            requireServed(settings, "router:external");
        }
        if (wanted.external() && wanted.physicalNetwork().isEmpty()) {
            throw Problem.INVALID_INPUT.with(
                    "router:external needs provider:network_type 'flat' and a provider:physical_network");
        }
        if (!wanted.external() && wanted.physicalNetwork().isPresent()) {
            throw Problem.INVALID_INPUT.with(
                    "provider:network_type 'flat' is for networks with router:external; workloads have none of it");
        }
        if (wanted.physicalNetwork().isPresent() && wanted.vni().isPresent()) {
            throw Problem.INVALID_INPUT.with("provider:segmentation_id prohibited for flat provider network");
        }
    }

    /** Whether it leads out follows from what carries it, and that stays. */
    static void requireSame(Network network, NetworkUpdate update) {
        if (update.external().isPresent() && update.external().get() != network.external()) {
            throw Problem.INVALID_INPUT.with(
                    "router:external of a network cannot change: it is true where provider:network_type is 'flat'");
        }
    }

    /** The installation serves what leads out. */
    static void requireServed(Settings settings, String field) {
        if (!settings.externalNetworks()) {
            throw Problem.INVALID_INPUT.with(field + " is not served by this installation");
        }
    }

    /** Ports of workloads are not put on it. */
    static void requireForPorts(Network network) {
        if (network.external()) {
            throw Problem.INVALID_INPUT.with("network_id: network " + network.id()
                    + " is external; its ports are the gateways of routers and floating IPs alone");
        }
    }
}
