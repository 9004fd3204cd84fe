package io.weft.agent.container;

import io.weft.agent.attach.Ports;
import io.weft.client.Network;
import io.weft.client.NeutronClient;
import io.weft.client.Port;
import io.weft.client.Subnet;
import io.weft.model.Ipv6Mode;
import io.weft.model.Route;
import io.weft.protocol.LocalPort;
import io.weft.protocol.SubnetFact;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What interfaces need, from the API: as much of a port's and its subnets' records as concerns an interface. Networks and
 * subnets are asked for once for many containers.
 */
final class ApiWirings {
    private final NeutronClient api;
    private final Recent<UUID, Network> networks = new Recent<>();
    private final Recent<UUID, Subnet> subnets = new Recent<>();

    ApiWirings(NeutronClient api) {
        this.api = api;
    }

    Ports.Wiring of(Port port) {
        List<LocalPort.LocalAddress> addresses = port.fixedIps().stream()
                .map(each -> new LocalPort.LocalAddress(each.subnetId(), each.ipAddress()))
                .toList();
        LocalPort local = new LocalPort(
                port.id(),
                port.networkId(),
                port.adminStateUp(),
                port.macAddress(),
                addresses,
                List.of(),
                port.portSecurityEnabled(),
                Optional.of(port.securityGroups()),
                port.dnsName(),
                List.of(),
                port.deviceId(),
                port.deviceOwner(),
                port.projectId());
        Network network = networks.get(port.networkId(), api.networks()::show);
        return new Ports.Wiring(
                local,
                network.mtu(),
                addresses.stream()
                        .map(LocalPort.LocalAddress::subnetId)
                        .distinct()
                        .map(id -> fact(subnets.get(id, api.subnets()::show)))
                        .toList());
    }

    private static SubnetFact fact(Subnet subnet) {
        return new SubnetFact(
                subnet.id(),
                subnet.networkId(),
                subnet.cidr(),
                subnet.gatewayIp(),
                subnet.enableDhcp(),
                Ipv6Mode.NONE,
                subnet.ipv6AddressMode()
                        .map(mode -> Ipv6Mode.parse("ipv6_address_mode", mode))
                        .orElse(Ipv6Mode.NONE),
                subnet.dnsNameservers(),
                subnet.hostRoutes().stream()
                        .map(route -> new Route(route.destination(), route.nexthop()))
                        .toList());
    }
}
