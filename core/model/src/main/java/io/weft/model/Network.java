package io.weft.model;

import io.weft.model.RbacPolicy.Action;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A broadcast domain of a tenant (Neutron API v2.0, Networks).
 *
 * @param meta what every resource has
 * @param adminStateUp false takes every port of the network out of service
 * @param sharing who may put ports on it, or have gateways there, besides its owner. A network with which anyone may do
 *     the latter is external
 * @param vni its number on the wire: the VXLAN network identifier of RFC 7348, unique in the installation. A network with a
 *     physical one has a number too, on which nothing is sent
 * @param mtu the largest IP packet in bytes that its ports send, 68 to 65535; 1280 or more where IPv6 is used
 * @param portSecurityEnabled what new ports get when they do not say
 * @param dnsDomain a domain in which its ports have their names besides the operator's; complete, possibly empty
 * @param physicalNetwork the physical network that carries it untagged on the nodes that have one of this name (Neutron's
 *     provider network type {@code flat}); empty for one that is tunnelled
 * @param qosPolicy the QoS policy of its ports that have none of their own
 * @param isDefault whether it is the external network that projects lead out by which do not say; one is at most
 * @param topologyRouter the router that leads out of it, where it was made with everything that it takes for its project
 *     (Neutron's auto-allocated topology)
 * @param availabilityZoneHints the availability zones that were asked for; every node has every network, whatever they say
 */
public record Network(
        Meta meta,
        boolean adminStateUp,
        Sharing sharing,
        int vni,
        int mtu,
        boolean portSecurityEnabled,
        String dnsDomain,
        Optional<String> physicalNetwork,
        Optional<UUID> qosPolicy,
        boolean isDefault,
        Optional<UUID> topologyRouter,
        List<String> availabilityZoneHints)
        implements Shareable {
    /** The longest name of a physical network, in characters (Neutron's limit). */
    public static final int MAX_PHYSICAL_NAME = 64;

    /** The smallest MTU (RFC 791 section 3.2). */
    public static final int MIN_MTU = 68;

    /** The largest MTU: the length field of IP has 16 bits. */
    public static final int MAX_MTU = 65535;

    /** The smallest VNI; 0 names no network. */
    public static final int MIN_VNI = 1;

    /** The largest VNI: 24 bits. */
    public static final int MAX_VNI = (1 << 24) - 1;

    public Network {
        Rules.range("provider:segmentation_id", vni, MIN_VNI, MAX_VNI);
        Rules.range("mtu", mtu, MIN_MTU, MAX_MTU);
        DnsNames.requireDomain("dns_domain", dnsDomain);
        physicalNetwork.ifPresent(Network::checkPhysicalName);
        availabilityZoneHints = List.copyOf(availabilityZoneHints);
    }

    /**
     * A network for its owner alone, or also for everyone.
     *
     * @param shared whether every project may put ports on it
     * @param external whether every project may have gateways there
     */
    public Network(
            Meta meta,
            boolean adminStateUp,
            boolean shared,
            int vni,
            int mtu,
            boolean portSecurityEnabled,
            String dnsDomain,
            boolean external,
            Optional<String> physicalNetwork,
            Optional<UUID> qosPolicy) {
        this(
                meta,
                adminStateUp,
                Sharing.implied(meta, shared, external),
                vni,
                mtu,
                portSecurityEnabled,
                dnsDomain,
                physicalNetwork,
                qosPolicy,
                false,
                Optional.empty(),
                List.of());
    }

    /** A tenant's network, which is tunnelled, without a domain of its own or a QoS policy. */
    public Network(Meta meta, boolean adminStateUp, boolean shared, int vni, int mtu, boolean portSecurityEnabled) {
        this(meta, adminStateUp, shared, vni, mtu, portSecurityEnabled, "", false, Optional.empty(), Optional.empty());
    }

    /** A tenant's network, which is tunnelled, without a QoS policy. */
    public Network(
            Meta meta,
            boolean adminStateUp,
            boolean shared,
            int vni,
            int mtu,
            boolean portSecurityEnabled,
            String dnsDomain) {
        this(
                meta,
                adminStateUp,
                shared,
                vni,
                mtu,
                portSecurityEnabled,
                dnsDomain,
                false,
                Optional.empty(),
                Optional.empty());
    }

    /**
     * Checks the name of a physical network.
     *
     * @throws InvalidException when it is empty or too long; the field is {@code provider:physical_network}
     */
    static void checkPhysicalName(String name) {
        Rules.require(
                "provider:physical_network",
                !name.isEmpty() && name.length() <= MAX_PHYSICAL_NAME,
                "must have 1 to " + MAX_PHYSICAL_NAME + " characters, has " + name.length());
    }

    /** Whether routers may have their gateways on it (Neutron's router:external). */
    public boolean external() {
        return sharing.has(Action.ACCESS_AS_EXTERNAL);
    }

    /** Whether a project may have gateways there although the network may not be its own. */
    public boolean isExternalFor(String project) {
        return sharing.allows(Action.ACCESS_AS_EXTERNAL, project);
    }

    @Override
    public Network withMeta(Meta newMeta) {
        return new Network(
                newMeta,
                adminStateUp,
                sharing,
                vni,
                mtu,
                portSecurityEnabled,
                dnsDomain,
                physicalNetwork,
                qosPolicy,
                isDefault,
                topologyRouter,
                availabilityZoneHints);
    }

    @Override
    public Network withSharing(Sharing newSharing) {
        return new Network(
                meta,
                adminStateUp,
                newSharing,
                vni,
                mtu,
                portSecurityEnabled,
                dnsDomain,
                physicalNetwork,
                qosPolicy,
                isDefault,
                topologyRouter,
                availabilityZoneHints);
    }

    /** The same as the default external network, or not. */
    public Network withDefault(boolean newDefault) {
        return new Network(
                meta,
                adminStateUp,
                sharing,
                vni,
                mtu,
                portSecurityEnabled,
                dnsDomain,
                physicalNetwork,
                qosPolicy,
                newDefault,
                topologyRouter,
                availabilityZoneHints);
    }

    /** The same as its project's network that leads out by this router. */
    public Network withTopologyRouter(UUID router) {
        return new Network(
                meta,
                adminStateUp,
                sharing,
                vni,
                mtu,
                portSecurityEnabled,
                dnsDomain,
                physicalNetwork,
                qosPolicy,
                isDefault,
                Optional.of(router),
                availabilityZoneHints);
    }

    @Override
    public Kind kind() {
        return Kind.NETWORK;
    }
}
