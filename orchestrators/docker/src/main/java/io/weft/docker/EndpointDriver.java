package io.weft.docker;

import io.weft.client.Network;
import io.weft.client.NeutronClient;
import io.weft.client.Port;
import io.weft.client.QosPolicy;
import io.weft.client.Query;
import io.weft.client.SecurityGroup;
import io.weft.client.Subnet;
import io.weft.docker.protocol.Protocol;
import io.weft.docker.protocol.Request;
import io.weft.docker.protocol.Request.AddressInSubnet;
import io.weft.docker.translate.Joins;
import io.weft.docker.translate.Labels;
import io.weft.docker.translate.Options;
import io.weft.docker.translate.Ports;
import io.weft.docker.translate.RefusedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The network driver's endpoints: containers' places in networks. Safe for several threads. */
final class EndpointDriver {
    private final NeutronClient neutron;
    private final Workloads workloads;
    private final Publisher publisher;
    private final Recent recent;

    EndpointDriver(NeutronClient neutron, Workloads workloads, Publisher publisher, Recent recent) {
        this.recent = recent;
        this.neutron = neutron;
        this.workloads = workloads;
        this.publisher = publisher;
    }

    /** The port of an endpoint of this node's engine. */
    static Optional<Port> find(NeutronClient neutron, String host, String endpointId) {
        return neutron.ports().list(Query.where("device_id", endpointId).and("device_owner", Labels.OWNER)).stream()
                .filter(port -> port.host().equals(host))
                .findFirst();
    }

    private Optional<Port> find(String endpointId) {
        return find(neutron, workloads.host(), endpointId);
    }

    private Port port(String endpointId) {
        return find(endpointId)
                .orElseThrow(() -> new RefusedException(
                        "endpoint " + endpointId + " has no port: disconnect and connect the container"));
    }

    /** Gives the port whose addresses the IPAM driver took to an endpoint. */
    Map<String, Object> create(Request.CreateEndpoint request) {
        Options.OfEndpoint options = Options.endpoint(request.options());
        Network network = NetworkDriver.find(neutron, request.networkId())
                .orElseThrow(() -> new RefusedException(
                        "Docker network " + request.networkId() + " has no network in Neutron: remove and create it"));
        Port port = reserved(network, request);
        recent.mark(port.id().toString());
        boolean existing = Ports.isExisting(port);
        if (existing && !options.isEmpty()) {
            throw new RefusedException("port " + port.id()
                    + " was prepared by somebody: its security groups, QoS policy" + " and tags are theirs");
        }
        List<UUID> groups = existing
                ? List.of()
                : options.securityGroups().isEmpty()
                        ? Labels.securityGroups(request.networkId(), network.tags())
                        : options.securityGroups().stream()
                                .map(name -> neutron.securityGroups().named(name))
                                .map(SecurityGroup::id)
                                .toList();
        Optional<UUID> policy = existing
                ? Optional.empty()
                : options.qosPolicy()
                        .map(name -> neutron.qosPolicies().named(name))
                        .map(QosPolicy::id)
                        .or(() -> Labels.qosPolicy(request.networkId(), network.tags()));
        options.tags().forEach(tag -> neutron.ports().addTag(port.id(), tag));
        neutron.ports().update(port.id(), Ports.endpoint(port, request.endpointId(), groups, policy));
        // An engine takes no MAC from the driver where it has said one itself.
        return request.mac().isPresent()
                ? Map.of("Interface", Map.of())
                : Map.of("Interface", Map.of("MacAddress", port.macAddress().toString()));
    }

    private Port reserved(Network network, Request.CreateEndpoint request) {
        Query query = Query.where("network_id", network.id()).and("device_owner", Labels.OWNER);
        if (request.mac().isPresent()) {
            query = query.and("mac_address", request.mac().get());
        }
        for (Port port : neutron.ports().list(query)) {
            boolean free = Ports.isReserved(port, workloads.host())
                    || port.host().equals(workloads.host()) && port.deviceId().equals(request.endpointId());
            if (free && hasAll(port, request.addresses())) {
                return port;
            }
        }
        if (network.tags().contains(Labels.SWARM)) {
            return neutron.ports()
                    .create(Ports.given(
                            network.id(),
                            workloads.host(),
                            request.addresses().stream()
                                    .map(AddressInSubnet::address)
                                    .toList(),
                            request.mac()));
        }
        throw new RefusedException("the addresses " + request.addresses() + " were not taken from this IPAM driver");
    }

    private static boolean hasAll(Port port, List<AddressInSubnet> addresses) {
        return !addresses.isEmpty()
                && addresses.stream()
                        .allMatch(a -> port.fixedIps().stream()
                                .anyMatch(ip -> ip.ipAddress().equals(a.address())));
    }

    Map<String, Object> info(Request.EndpointInfo request) {
        Map<String, Object> value = new LinkedHashMap<>();
        find(request.endpointId()).ifPresent(port -> {
            value.put("status", port.status());
            value.put("neutron.port.uuid", port.id().toString());
        });
        return Map.of("Value", value);
    }

    /** Makes the container's interface; the port is in force when this returns. */
    Protocol.Interface join(Request.Join request) {
        Port port = port(request.endpointId());
        Network network = neutron.networks().show(port.networkId());
        List<Subnet> subnets = port.fixedIps().stream()
                .map(Port.FixedIp::subnetId)
                .distinct()
                .map(id -> neutron.subnets().show(id))
                .toList();
        boolean internal = network.tags().contains(Labels.internal(request.networkId()));
        return Joins.answer(workloads.attach(port.id()), subnets, internal);
    }

    void leave(Request.Leave request) {
        find(request.endpointId()).ifPresent(port -> workloads.detach(port.id()));
    }

    /** Takes the port from its endpoint; it goes with its last address, which a swarm never gives back. */
    void delete(Request.DeleteEndpoint request) {
        find(request.endpointId()).ifPresent(port -> {
            workloads.detach(port.id());
            publisher.revoke(port);
            recent.mark(port.id().toString());
            if (neutron.networks().show(port.networkId()).tags().contains(Labels.SWARM)) {
                neutron.ports().delete(port.id());
            } else {
                neutron.ports().update(port.id(), Ports.withoutEndpoint(port));
            }
        });
    }

    void publish(Request.ProgramExternalConnectivity request) {
        if (!request.ports().isEmpty()) {
            publisher.publish(request.networkId(), port(request.endpointId()), request.ports());
        }
    }

    void revoke(Request.RevokeExternalConnectivity request) {
        find(request.endpointId()).ifPresent(publisher::revoke);
    }
}
