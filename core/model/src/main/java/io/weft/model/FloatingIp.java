package io.weft.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An address of an external network that a project has (Neutron API v2.0, Floating IPs). It stands for one address of a
 * port, or some of its ports do for ports of several, or for nothing yet.
 *
 * @param meta what every resource has
 * @param networkId the external network
 * @param portId the port there that holds the address and has its MAC
 * @param address the address
 * @param routerId the router that translates; there while it stands for something
 * @param fixed what the whole address stands for
 * @param forwardings what some of its ports stand for; none while the whole address does
 * @param qosPolicy the QoS policy for what passes by the address
 */
public record FloatingIp(
        Meta meta,
        UUID networkId,
        UUID portId,
        IpAddress address,
        Optional<UUID> routerId,
        Optional<Fixed> fixed,
        List<PortForwarding> forwardings,
        Optional<UUID> qosPolicy)
        implements Resource {
    public FloatingIp {
        forwardings = List.copyOf(forwardings);
        Rules.require(
                "port_id", fixed.isEmpty() || forwardings.isEmpty(), "must be empty while there are port forwardings");
        Rules.require(
                "router_id",
                routerId.isPresent() == (fixed.isPresent() || !forwardings.isEmpty()),
                "is there while the address stands for something");
        IpFamily family = address.family();
        Rules.require(
                "fixed_ip_address",
                fixed.stream().allMatch(f -> f.address().family() == family)
                        && forwardings.stream().allMatch(f -> f.address().family() == family),
                "must be an " + family + " address");
    }

    /** One without a QoS policy. */
    public FloatingIp(
            Meta meta,
            UUID networkId,
            UUID portId,
            IpAddress address,
            Optional<UUID> routerId,
            Optional<Fixed> fixed,
            List<PortForwarding> forwardings) {
        this(meta, networkId, portId, address, routerId, fixed, forwardings, Optional.empty());
    }

    /**
     * What a floating address stands for.
     *
     * @param portId a port
     * @param address one of its addresses
     */
    public record Fixed(UUID portId, IpAddress address) {}

    /** The ports inside that it leads to. */
    public Set<UUID> insidePorts() {
        return Stream.concat(
                        fixed.stream().map(Fixed::portId), forwardings.stream().map(PortForwarding::portId))
                .collect(Collectors.toSet());
    }

    /** The same, standing for this behind this router. */
    public FloatingIp withFixed(UUID newRouterId, Fixed newFixed) {
        return new FloatingIp(
                meta,
                networkId,
                portId,
                address,
                Optional.of(newRouterId),
                Optional.of(newFixed),
                List.of(),
                qosPolicy);
    }

    /** The same, with these port forwardings behind this router; standing for nothing when there are none. */
    public FloatingIp withForwardings(UUID newRouterId, List<PortForwarding> newForwardings) {
        return new FloatingIp(
                meta,
                networkId,
                portId,
                address,
                newForwardings.isEmpty() ? Optional.empty() : Optional.of(newRouterId),
                Optional.empty(),
                newForwardings,
                qosPolicy);
    }

    /** The same, standing for nothing. */
    public FloatingIp free() {
        return new FloatingIp(
                meta, networkId, portId, address, Optional.empty(), Optional.empty(), List.of(), qosPolicy);
    }

    /** The same with this QoS policy, or with none. */
    public FloatingIp withQosPolicy(Optional<UUID> newQosPolicy) {
        return new FloatingIp(meta, networkId, portId, address, routerId, fixed, forwardings, newQosPolicy);
    }

    @Override
    public FloatingIp withMeta(Meta newMeta) {
        return new FloatingIp(newMeta, networkId, portId, address, routerId, fixed, forwardings, qosPolicy);
    }

    @Override
    public Kind kind() {
        return Kind.FLOATING_IP;
    }
}
