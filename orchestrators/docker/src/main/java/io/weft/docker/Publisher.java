package io.weft.docker;

import io.weft.client.FloatingIp;
import io.weft.client.FloatingIpAttributes;
import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.PortForwarding;
import io.weft.client.PortForwardingAttributes;
import io.weft.client.Query;
import io.weft.client.Router;
import io.weft.client.SecurityGroup;
import io.weft.client.SecurityGroupAttributes;
import io.weft.docker.protocol.Request.PublishedPort;
import io.weft.docker.translate.Labels;
import io.weft.docker.translate.Publishing;
import io.weft.docker.translate.RefusedException;
import io.weft.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Published ports: forwardings of a floating IP, and a security group that lets what they bring in. The floating IP is the
 * network's own on this node, or the one that the user named as the host's address. One request at a time.
 */
final class Publisher {
    private static final String INTERFACE = "network:router_interface";

    private final NeutronClient neutron;
    private final String host;

    Publisher(NeutronClient neutron, String host) {
        this.neutron = neutron;
        this.host = host;
    }

    /** Publishes ports of a container; nothing is left when it cannot be done. */
    synchronized void publish(String networkId, Port port, List<PublishedPort> ports) {
        List<Publishing.Wanted> wanted = Publishing.wanted(ports);
        IpAddress inside = port.fixedIps().stream()
                .map(Port.FixedIp::ipAddress)
                .filter(IpAddress::isIpv4)
                .findFirst()
                .orElseThrow(() -> new RefusedException("ports are published over IPv4, which the container lacks"));
        UUID external = external(port, inside);
        try {
            for (Publishing.Wanted each : wanted) {
                FloatingIp floating = each.hostAddress().isPresent()
                        ? named(each.hostAddress().get())
                        : own(networkId, external);
                // The mark first: what a crash leaves half made is found by it.
                neutron.ports().addTag(port.id(), Labels.published(floating.id()));
                forward(floating, port, inside, each);
            }
            letIn(port, wanted);
        } catch (RuntimeException e) {
            try {
                revoke(neutron.ports().show(port.id()));
            } catch (NeutronException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** The external network to which the router of an address leads. */
    private UUID external(Port port, IpAddress inside) {
        UUID subnet = port.fixedIps().stream()
                .filter(ip -> ip.ipAddress().equals(inside))
                .map(Port.FixedIp::subnetId)
                .findFirst()
                .orElseThrow();
        for (Port face :
                neutron.ports().list(Query.where("device_owner", INTERFACE).onSubnet(subnet))) {
            Optional<UUID> external = neutron.routers()
                    .find(UUID.fromString(face.deviceId()))
                    .flatMap(Router::externalGatewayInfo)
                    .map(Router.Gateway::networkId);
            if (external.isPresent()) {
                return external.get();
            }
        }
        throw new RefusedException("ports cannot be published: no router leads from subnet " + subnet
                + " to an external network; create the network with --opt weft.nat=NETWORK");
    }

    private FloatingIp named(IpAddress address) {
        return neutron.floatingIps().list(Query.where("floating_ip_address", address)).stream()
                .findFirst()
                .orElseThrow(() -> new RefusedException("there is no floating IP " + address + " to publish ports at"));
    }

    private FloatingIp own(String networkId, UUID external) {
        Optional<FloatingIp> there = owned(networkId).stream()
                .filter(f -> f.floatingNetworkId().equals(external))
                .findFirst();
        return there.orElseGet(() -> neutron.floatingIps()
                .create(FloatingIpAttributes.of(external)
                        .description(Labels.description(networkId, host))
                        .with("tags", ownTags(networkId))));
    }

    private List<FloatingIp> owned(String networkId) {
        return neutron.floatingIps().list(Query.tagged(ownTags(networkId).toArray(String[]::new)));
    }

    private List<String> ownTags(String networkId) {
        List<String> tags = new ArrayList<>(Labels.network(networkId));
        tags.add(Labels.host(networkId, host));
        return tags;
    }

    private void forward(FloatingIp floating, Port port, IpAddress inside, Publishing.Wanted wanted) {
        var forwardings = neutron.portForwardings(floating.id());
        List<Integer> used = forwardings.list(Query.ALL).stream()
                .filter(f -> f.protocol().equals(wanted.protocol()))
                .map(PortForwarding::externalPort)
                .toList();
        int outside = Publishing.choose(wanted, used);
        forwardings.create(
                PortForwardingAttributes.of(port.id(), inside, wanted.containerPort(), outside, wanted.protocol()));
    }

    private void letIn(Port port, List<Publishing.Wanted> wanted) {
        SecurityGroup group = neutron.securityGroups()
                .create(SecurityGroupAttributes.NONE
                        .name(Labels.exposedGroupName(port.id()))
                        .description("Ports that a Docker container publishes."));
        neutron.securityGroupRules().create(Publishing.rules(group.id(), wanted));
        List<UUID> groups = new ArrayList<>(port.securityGroups());
        groups.add(group.id());
        neutron.ports().update(port.id(), PortAttributes.NONE.securityGroups(groups));
    }

    /** Takes back whatever is published of a port. */
    synchronized void revoke(Port port) {
        List<UUID> floatingIps = Labels.published(port.tags());
        if (floatingIps.isEmpty()) {
            return;
        }
        letInNoMore(port);
        for (UUID floating : floatingIps) {
            neutron.floatingIps().find(floating).ifPresent(f -> removeForwardings(f, port));
            neutron.ports().removeTag(port.id(), Labels.published(floating));
        }
    }

    private void letInNoMore(Port port) {
        List<UUID> exposed = neutron.securityGroups().list(Query.named(Labels.exposedGroupName(port.id()))).stream()
                .map(SecurityGroup::id)
                .toList();
        if (!exposed.isEmpty()) {
            List<UUID> groups = new ArrayList<>(port.securityGroups());
            groups.removeAll(exposed);
            neutron.ports().update(port.id(), PortAttributes.NONE.securityGroups(groups));
            exposed.forEach(group -> neutron.securityGroups().delete(group));
        }
    }

    /** The network's own floating IP goes with its last forwarding. */
    private void removeForwardings(FloatingIp floating, Port port) {
        var forwardings = neutron.portForwardings(floating.id());
        List<PortForwarding> all = forwardings.list(Query.ALL);
        List<PortForwarding> ofPort =
                all.stream().filter(f -> f.internalPortId().equals(port.id())).toList();
        ofPort.forEach(f -> forwardings.delete(f.id()));
        if (ofPort.size() == all.size() && !Labels.networksOf(floating.tags()).isEmpty()) {
            neutron.floatingIps().delete(floating.id());
        }
    }
}
