package io.weft.domain;

import static io.weft.domain.PortsTest.assertProblem;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.domain.error.Problem;
import io.weft.model.FixedIp;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.IpRange;
import io.weft.model.Ipv6Mode;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Router;
import io.weft.model.Subnet;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubnetsTest {
    private Servers servers;
    private Subnets subnets;
    private Network network;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Settings.DEFAULTS);
        subnets = servers.first().subnets();
        network = servers.network();
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private NewSubnet wanted(String cidr) {
        return NewSubnet.of("alice", network.id(), cidr);
    }

    @Test
    void theGatewayIsTheFirstHostAndThePoolTheRest() {
        Subnet subnet = subnets.create(ALICE, wanted("10.0.0.0/24"));
        assertThat(subnet.gateway()).contains(IpAddress.parse("10.0.0.1"));
        assertThat(subnet.allocationPools())
                .containsExactly(new IpRange(IpAddress.parse("10.0.0.2"), IpAddress.parse("10.0.0.254")));
        Subnet bare = subnets.create(ALICE, wanted("10.0.1.0/24").withGateway(new GatewayChoice.None()));
        assertThat(bare.gateway()).isEmpty();
    }

    @Test
    void subnetsOfServicesGiveAddressesToTheirDeviceOwnersFirst() {
        subnets.create(ALICE, wanted("10.0.0.0/24"));
        Subnet served = subnets.create(ALICE, wanted("10.0.1.0/24").withServiceTypes("compute:nova", "test:a"));
        assertThat(addressOf("compute:nova")).isEqualTo(served.id());
        assertThat(addressOf("test:a")).isEqualTo(served.id());
        assertThat(addressOf("compute:other")).isNotEqualTo(served.id());
        assertThat(addressOf(Port.DHCP)).isEqualTo(served.id());
        assertProblem(
                Problem.INVALID_INPUT,
                () -> ports().create(
                                ALICE,
                                NewPort.of("alice", network.id())
                                        .withFixedIps(new FixedIpRequest(Optional.of(served.id()), Optional.empty()))));
        assertProblem(
                Problem.INVALID_IP_FOR_NETWORK,
                () -> ports().create(
                                ALICE,
                                NewPort.of("alice", network.id())
                                        .withFixedIps(new FixedIpRequest(
                                                Optional.empty(), Optional.of(IpAddress.parse("10.0.1.9"))))));
        subnets.update(ALICE, served.id(), SubnetUpdate.NONE.withServiceTypes(List.of()));
        assertThat(ports().create(
                                ALICE,
                                NewPort.of("alice", network.id())
                                        .withFixedIps(new FixedIpRequest(Optional.of(served.id()), Optional.empty())))
                        .fixedIps())
                .hasSize(1);
    }

    @Test
    void aPortThatNoSubnetServesHasNoAddressAndAChangedOneKeepsItsOwn() {
        Subnet served = subnets.create(ALICE, wanted("10.0.0.0/24").withServiceTypes("compute:nova"));
        Subnet automatic = subnets.create(
                ALICE, wanted("2001:db8::/64").withMode(Ipv6Mode.SLAAC).withServiceTypes("compute:nova"));
        assertProblem(
                Problem.IP_ADDRESS_GENERATION_FAILURE_NO_MATCHING_SUBNET,
                () -> ports().create(ALICE, NewPort.of("alice", network.id())));
        Port bare = ports().create(ALICE, NewPort.of("alice", network.id()).withFixedIps());
        assertThat(bare.fixedIps()).isEmpty();
        Port port = ports().create(ALICE, NewPort.of("alice", network.id()).withDevice("vm", "compute:nova"));
        assertThat(port.fixedIps())
                .extracting(FixedIp::subnetId)
                .containsExactlyInAnyOrder(served.id(), automatic.id());
        subnets.update(ALICE, served.id(), SubnetUpdate.NONE.withServiceTypes(List.of("compute:other")));
        Port renamed = ports().update(ALICE, port.id(), PortUpdate.NONE.withName("n"));
        assertThat(renamed.fixedIps()).isEqualTo(port.fixedIps());
        Subnet later = subnets.create(
                ALICE, wanted("2001:db8:1::/64").withMode(Ipv6Mode.SLAAC).withServiceTypes("compute:other"));
        assertThat(ports().show(ALICE, port.id()).fixedIps())
                .extracting(FixedIp::subnetId)
                .doesNotContain(later.id());
    }

    @Test
    void aRouterHasInterfacesOnSubnetsThatServeThemAlone() {
        Routers routers = servers.first().routers();
        Router router = routers.create(ALICE, NewRouter.of("alice", "r"));
        Subnet served = subnets.create(ALICE, wanted("10.0.0.0/24").withServiceTypes("compute:nova"));
        assertProblem(
                Problem.IP_ADDRESS_GENERATION_FAILURE_NO_MATCHING_SUBNET,
                () -> routers.addInterfaceBySubnet(ALICE, router.id(), served.id()));
        subnets.update(
                ALICE, served.id(), SubnetUpdate.NONE.withServiceTypes(List.of("compute:nova", Port.ROUTER_INTERFACE)));
        assertThat(routers.addInterfaceBySubnet(ALICE, router.id(), served.id()).subnetIds())
                .containsExactly(served.id());
    }

    @Test
    void serviceTypesAreDeviceOwners() {
        assertProblem(
                Problem.INVALID_SUBNET_SERVICE_TYPE,
                () -> subnets.create(ALICE, wanted("10.0.0.0/24").withServiceTypes("network:dhcp", "storage")));
        Subnet subnet = subnets.create(ALICE, wanted("10.0.0.0/24").withServiceTypes("neutron:x"));
        assertProblem(
                Problem.INVALID_SUBNET_SERVICE_TYPE,
                () -> subnets.update(ALICE, subnet.id(), SubnetUpdate.NONE.withServiceTypes(List.of("net"))));
        assertThat(subnets.show(ALICE, subnet.id()).serviceTypes()).containsExactly("neutron:x");
        String[] many = IntStream.range(0, 17).mapToObj(i -> "compute:" + i).toArray(String[]::new);
        assertThatThrownBy(() -> subnets.create(ALICE, wanted("10.0.1.0/24").withServiceTypes(many)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("at most 16");
    }

    private Ports ports() {
        return servers.first().ports();
    }

    /** The subnet of the address that a new port of this device owner gets. */
    private UUID addressOf(String deviceOwner) {
        Port port = ports().create(ALICE, NewPort.of("alice", network.id()).withDevice("d", deviceOwner));
        assertThat(port.fixedIps()).hasSize(1);
        return port.fixedIps().getFirst().subnetId();
    }

    @Test
    void subnetsOfOneNetworkDoNotOverlap() {
        subnets.create(ALICE, wanted("10.0.0.0/24"));
        assertProblem(Problem.INVALID_INPUT, () -> subnets.create(ALICE, wanted("10.0.0.128/25")));
        assertProblem(
                Problem.INVALID_INPUT,
                () -> subnets.create(ALICE, List.of(wanted("10.2.0.0/24"), wanted("10.2.0.0/16"))));
        Network other = servers.network();
        subnets.create(ALICE, NewSubnet.of("alice", other.id(), "10.0.0.0/24"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0.0.0.0/0", "224.0.0.0/24", "127.0.0.0/8", "10.0.0.0/31", "::/0", "ff02::/64", "2001:db8::/127"
            })
    void someBlocksAreNoSubnets(String cidr) {
        assertProblem(Problem.INVALID_INPUT, () -> subnets.create(ALICE, wanted(cidr)));
    }

    @Test
    void modesMustFitEachOtherAndTheBlock() {
        assertProblem(
                Problem.INVALID_INPUT,
                () -> subnets.create(ALICE, wanted("10.0.0.0/24").withMode(Ipv6Mode.SLAAC)));
        assertProblem(
                Problem.INVALID_INPUT,
                () -> subnets.create(ALICE, wanted("2001:db8::/72").withMode(Ipv6Mode.SLAAC)));
    }

    @Test
    void strangersSeeSubnetsOfSharedNetworksAlone() {
        NewSubnet bobs = NewSubnet.of("bob", network.id(), "10.0.0.0/24");
        assertProblem(Problem.NETWORK_NOT_FOUND, () -> subnets.create(BOB, bobs));
        servers.first().networks().update(Servers.ADMIN, network.id(), NetworkUpdate.NONE.withShared(true));
        Subnet subnet = subnets.create(ALICE, wanted("10.0.0.0/24"));
        assertThat(subnets.list(BOB)).containsExactly(subnet);
    }

    @Test
    void aSubnetInUseStays() {
        Subnet subnet = subnets.create(ALICE, wanted("10.0.0.0/24"));
        var port = servers.first().ports().create(ALICE, NewPort.of("alice", network.id()));
        assertProblem(Problem.SUBNET_IN_USE, () -> subnets.delete(ALICE, subnet.id()));
        servers.second().ports().delete(ALICE, port.id());
        subnets.delete(ALICE, subnet.id());
        assertProblem(Problem.SUBNET_NOT_FOUND, () -> servers.second().subnets().show(ALICE, subnet.id()));
    }

    @Test
    void theGatewayStaysWhileARouterHasIt() {
        Subnet subnet = subnets.create(ALICE, wanted("10.0.0.0/24"));
        var router = servers.first().routers().create(ALICE, NewRouter.of("alice", "r"));
        servers.first().routers().addInterfaceBySubnet(ALICE, router.id(), subnet.id());
        SubnetUpdate none = SubnetUpdate.NONE.withGateway(new GatewayChoice.None());
        assertProblem(Problem.GATEWAY_IP_IN_USE, () -> subnets.update(ALICE, subnet.id(), none));
        servers.first().routers().removeInterface(ALICE, router.id(), Optional.empty(), Optional.of(subnet.id()));
        assertThat(subnets.update(ALICE, subnet.id(), none).gateway()).isEmpty();
        assertProblem(
                Problem.GATEWAY_CONFLICT_WITH_POOLS,
                () -> subnets.update(
                        ALICE,
                        subnet.id(),
                        SubnetUpdate.NONE.withGateway(new GatewayChoice.At(IpAddress.parse("10.0.0.9")))));
    }

    @Test
    void newPoolsHoldForNewPorts() {
        Subnet subnet = subnets.create(ALICE, wanted("10.0.0.0/24"));
        subnets.update(
                ALICE,
                subnet.id(),
                SubnetUpdate.NONE.withPools(
                        List.of(new IpRange(IpAddress.parse("10.0.0.200"), IpAddress.parse("10.0.0.200")))));
        var port = servers.second().ports().create(ALICE, NewPort.of("alice", network.id()));
        assertThat(port.fixedIps().getFirst().address()).isEqualTo(IpAddress.parse("10.0.0.200"));
    }
}
