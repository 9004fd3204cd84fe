package io.weft.domain;

import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.model.AddressPair;
import io.weft.model.Binding;
import io.weft.model.FixedIp;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.IpRange;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.PortDns;
import io.weft.model.PortExtras;
import io.weft.model.Router;
import io.weft.model.Subnet;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {
    private Servers servers;
    private Ports ports;
    private Network network;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Settings.DEFAULTS);
        ports = servers.first().ports();
        network = servers.network();
    }

    @AfterEach
    void close() {
        servers.close();
    }

    static void assertProblem(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DomainException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    private NewPort wanted() {
        return NewPort.of("alice", network.id());
    }

    private Port create() {
        return ports.create(ALICE, wanted());
    }

    private Subnet slaac(String cidr) {
        return servers.first()
                .subnets()
                .create(ALICE, NewSubnet.of("alice", network.id(), cidr).withMode(Ipv6Mode.SLAAC));
    }

    private static List<String> addresses(Port port) {
        return port.fixedIps().stream().map(ip -> ip.address().toString()).toList();
    }

    @Test
    void aPortIsCalledAsItIsAskedWithinTheOperatorsDomain() {
        Port port = ports.create(ALICE, wanted().withDns(new PortDns("www", "example.org.")));
        assertThat(port.dns()).isEqualTo(new PortDns("www", "example.org."));
        Port complete = ports.update(ALICE, port.id(), PortUpdate.NONE.withDnsName("db.openstacklocal."));
        assertThat(complete.dns()).isEqualTo(new PortDns("db.openstacklocal.", "example.org."));
        assertThat(ports.update(ALICE, port.id(), PortUpdate.NONE.withDnsDomain(""))
                        .dns())
                .isEqualTo(new PortDns("db.openstacklocal.", ""));
        assertThatThrownBy(() -> ports.update(ALICE, port.id(), PortUpdate.NONE.withDnsName("db.example.org.")))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("must be equal to the domain 'openstacklocal.'");
        assertThatThrownBy(() -> ports.create(ALICE, wanted().withDns(new PortDns("www.example.org.", ""))))
                .isInstanceOf(InvalidException.class);
        // Two may have one name, as in Neutron: it then means both.
        ports.create(ALICE, wanted().withDns(new PortDns("db", "")));
    }

    @Test
    void aPortKeepsItsNameWhenItBecomesARoutersInterface() {
        servers.subnet(network, "10.0.0.0/24");
        Port port = ports.create(ALICE, wanted().withDns(new PortDns("gateway", "")));
        Router router = servers.first().routers().create(ALICE, NewRouter.of("alice", "r"));
        servers.first().routers().addInterfaceByPort(ALICE, router.id(), port.id());
        assertThat(ports.show(ALICE, port.id()).dns().name()).isEqualTo("gateway");
    }

    @Test
    void aPortGetsAnAddressOfEachFamilyAndAMac() {
        Subnet v4 = servers.subnet(network, "10.0.0.0/24");
        Subnet v6 = servers.subnet(network, "2001:db8::/64");

        Port port = create();

        assertThat(port.fixedIps()).extracting(FixedIp::subnetId).containsExactly(v4.id(), v6.id());
        assertThat(port.mac().toString()).startsWith("fa:16:3e:");
        assertThat(port.portSecurityEnabled()).isTrue();
        assertThat(port.meta().createdAt()).isEqualTo(Servers.NOW);
        assertThat(servers.second().ports().show(ALICE, port.id())).isEqualTo(port);
    }

    @Test
    void theMacsThatAreChosenInALargeNetworkDoNotMeet() {
        servers.subnet(network, "10.0.0.0/16");
        servers.first().quotas().update("alice", Map.of(QuotaResource.PORT, -1));

        for (int i = 0; i < 100; i++) {
            ports.create(ALICE, Collections.nCopies(200, wanted()));
        }

        // Of so many random ones, twelve would.
        assertThat(servers.first().attempts().retries()).isZero();
        assertThat(servers.first().view().world().portsOf(network.id()))
                .extracting(Port::mac)
                .hasSize(20_000)
                .doesNotHaveDuplicates();
    }

    @Test
    void aPortGetsAnotherMacWhenAnAddressComesBackWhoseMacIsStillInUse() {
        IpRange one = new IpRange(IpAddress.parse("10.0.0.5"), IpAddress.parse("10.0.0.5"));
        servers.first()
                .subnets()
                .create(
                        ALICE,
                        NewSubnet.of("alice", network.id(), "10.0.0.0/24").withPools(one));
        Port moved = create();
        ports.update(ALICE, moved.id(), PortUpdate.NONE.withFixedIps(FixedIpRequest.of("10.0.0.77")));

        Port second = create();

        assertThat(addresses(second)).containsExactly("10.0.0.5");
        assertThat(second.mac()).isNotEqualTo(moved.mac());
    }

    @Test
    void theNextSubnetServesWhenTheFirstIsFull() {
        servers.first()
                .subnets()
                .create(
                        ALICE,
                        NewSubnet.of("alice", network.id(), "10.0.0.0/24")
                                .withPools(new IpRange(IpAddress.parse("10.0.0.5"), IpAddress.parse("10.0.0.5"))));
        servers.first()
                .subnets()
                .create(
                        ALICE,
                        NewSubnet.of("alice", network.id(), "10.0.1.0/24")
                                .withPools(new IpRange(IpAddress.parse("10.0.1.7"), IpAddress.parse("10.0.1.7"))));
        assertThat(List.of(addresses(create()), addresses(create())))
                .containsExactlyInAnyOrder(List.of("10.0.0.5"), List.of("10.0.1.7"));
        assertProblem(Problem.IP_ADDRESS_GENERATION_FAILURE, this::create);
    }

    @Test
    void addressesFollowFromTheMacWhereTheSubnetSaysSo() {
        Port earlier = create();
        slaac("2001:db8::/64");
        servers.subnet(network, "10.0.0.0/24");
        MacAddress mac = MacAddress.parse("fa:16:3e:11:22:33");
        Port later = ports.create(ALICE, wanted().withMac(mac));

        assertThat(addresses(later)).hasSize(2).contains("2001:db8::f816:3eff:fe11:2233");
        Port given = ports.show(ALICE, earlier.id());
        assertThat(given.fixedIps().getFirst().address())
                .isEqualTo(earlier.mac().eui64Address(IpPrefix.parse("2001:db8::/64")));
        assertThat(given.meta().revision()).isEqualTo(2);

        Port moved = ports.update(ALICE, later.id(), PortUpdate.NONE.withMac(MacAddress.parse("fa:16:3e:44:55:66")));
        assertThat(addresses(moved)).hasSize(2).contains("2001:db8::f816:3eff:fe44:5566");
        Port without = ports.update(ALICE, later.id(), PortUpdate.NONE.withFixedIps());
        assertThat(addresses(without)).containsExactly("2001:db8::f816:3eff:fe44:5566");
        assertProblem(
                Problem.ALLOCATION_ON_AUTO_ADDRESS_SUBNET,
                () -> ports.create(ALICE, wanted().withFixedIps(FixedIpRequest.of("2001:db8::5"))));
    }

    @Test
    void aSubnetOfAutomaticAddressesGoesWithThem() {
        Subnet subnet = slaac("2001:db8::/64");
        servers.subnet(network, "10.0.0.0/24");
        Port port = create();
        servers.second().subnets().delete(ALICE, subnet.id());
        assertThat(addresses(ports.show(ALICE, port.id())))
                .singleElement()
                .asString()
                .startsWith("10.0.0.");
    }

    @Test
    void manyPortsGetAndLoseTheirAutomaticAddresses() {
        servers.first().quotas().update("alice", Map.of(QuotaResource.PORT, -1));
        ports.create(ALICE, Collections.nCopies(600, wanted()));
        Subnet subnet = slaac("2001:db8::/64");
        assertThat(servers.first().view().world().portsOfSubnet(subnet.id())).hasSize(600);
        servers.first().subnets().delete(ALICE, subnet.id());
        assertThat(servers.first().view().world().portsOf(network.id()))
                .allSatisfy(port -> assertThat(port.fixedIps()).isEmpty());
    }

    @Test
    void addressesMayBeAskedForBySubnetOrAddressOrBoth() {
        Subnet a = servers.subnet(network, "10.0.0.0/24");
        Subnet b = servers.subnet(network, "10.0.1.0/24");
        Port port = ports.create(
                ALICE,
                wanted().withFixedIps(
                                FixedIpRequest.on(b.id()),
                                FixedIpRequest.of("10.0.0.77"),
                                new FixedIpRequest(Optional.of(a.id()), Optional.of(IpAddress.parse("10.0.0.1")))));
        assertThat(addresses(port)).hasSize(3).contains("10.0.0.77", "10.0.0.1");
        assertThat(port.fixedIps()).extracting(FixedIp::subnetId).contains(b.id());

        assertProblem(
                Problem.IP_ADDRESS_ALREADY_ALLOCATED,
                () -> ports.create(ALICE, wanted().withFixedIps(FixedIpRequest.of("10.0.0.77"))));
        assertProblem(
                Problem.IP_ADDRESS_ALREADY_ALLOCATED,
                () -> ports.create(
                        ALICE, wanted().withFixedIps(FixedIpRequest.of("10.0.0.78"), FixedIpRequest.of("10.0.0.78"))));
        assertProblem(
                Problem.INVALID_IP_FOR_NETWORK,
                () -> ports.create(ALICE, wanted().withFixedIps(FixedIpRequest.of("10.9.0.1"))));
        for (String reserved : List.of("10.0.0.0", "10.0.0.255")) {
            assertProblem(
                    Problem.INVALID_IP_FOR_SUBNET,
                    () -> ports.create(ALICE, wanted().withFixedIps(FixedIpRequest.of(reserved))));
        }
        assertProblem(
                Problem.SUBNET_NOT_FOUND,
                () -> ports.create(ALICE, wanted().withFixedIps(FixedIpRequest.on(new UUID(1, 1)))));
    }

    @Test
    void anUpdateKeepsWhatIsAskedForAgainAndReleasesTheRest() {
        Subnet subnet = servers.subnet(network, "10.0.0.0/24");
        Port port = ports.create(
                ALICE, wanted().withFixedIps(FixedIpRequest.of("10.0.0.10"), FixedIpRequest.of("10.0.0.11")));

        Port changed = ports.update(
                ALICE,
                port.id(),
                PortUpdate.NONE.withFixedIps(FixedIpRequest.of("10.0.0.11"), FixedIpRequest.of("10.0.0.12")));
        assertThat(addresses(changed)).containsExactly("10.0.0.11", "10.0.0.12");
        Port kept = ports.update(ALICE, port.id(), PortUpdate.NONE.withFixedIps(FixedIpRequest.on(subnet.id())));
        assertThat(addresses(kept)).containsExactly("10.0.0.11");
        assertThat(addresses(ports.create(
                        ALICE, wanted().withFixedIps(FixedIpRequest.of("10.0.0.10"), FixedIpRequest.of("10.0.0.12")))))
                .hasSize(2);
    }

    @Test
    void anUpdateThatChangesNothingIsNoChange() {
        Port port = create();
        assertThat(ports.update(ALICE, port.id(), PortUpdate.NONE.withName(""))).isEqualTo(port);
        assertThat(ports.update(ALICE, port.id(), PortUpdate.NONE.withName("x"))
                        .meta()
                        .revision())
                .isEqualTo(2);
    }

    @Test
    void theMacOfABoundPortStays() {
        Port port = create();
        ports.bind(ADMIN, port.id(), new Binding("host", "normal", Map.of()));
        assertProblem(
                Problem.PORT_BOUND,
                () -> ports.update(ADMIN, port.id(), PortUpdate.NONE.withMac(new MacAddress(0x020000000001L))));
        ports.bind(ADMIN, port.id(), Binding.NONE);
        ports.update(ALICE, port.id(), PortUpdate.NONE.withMac(new MacAddress(0x020000000001L)));
        assertThat(ports.create(ALICE, wanted().withMac(port.mac())).mac())
                .describedAs("the old MAC is free again")
                .isEqualTo(port.mac());
    }

    @Test
    void strangersSeeNeitherPortsNorNetworksUnlessShared() {
        Port port = create();
        assertProblem(Problem.PORT_NOT_FOUND, () -> ports.show(BOB, port.id()));
        assertProblem(Problem.PORT_NOT_FOUND, () -> ports.delete(BOB, port.id()));
        assertProblem(Problem.NETWORK_NOT_FOUND, () -> ports.create(BOB, NewPort.of("bob", network.id())));

        servers.second().networks().update(ADMIN, network.id(), NetworkUpdate.NONE.withShared(true));
        Port strangers = ports.create(BOB, NewPort.of("bob", network.id()));
        assertThat(ports.list(BOB)).containsExactly(strangers);
        assertThat(ports.list(ALICE))
                .describedAs("the network's owner sees all ports on it")
                .containsExactlyInAnyOrder(port, strangers);
        assertThat(servers.first().networks().list(BOB)).hasSize(1);
    }

    @Test
    void addressPairsGetThePortsMacAndNeedPortSecurity() {
        AddressPairRequest request = new AddressPairRequest(IpPrefix.parse("10.8.0.0/16"), Optional.empty());
        NewPort paired = new NewPort(
                "alice",
                network.id(),
                "",
                "",
                List.of(),
                true,
                Optional.empty(),
                Optional.empty(),
                "",
                "",
                List.of(request),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Binding.NONE,
                PortDns.NONE,
                Optional.empty(),
                PortExtras.NONE);
        Port port = ports.create(ALICE, paired);
        assertThat(port.allowedAddressPairs()).containsExactly(new AddressPair(request.prefix(), port.mac()));

        PortUpdate insecure = PortUpdate.NONE.withPortSecurity(false);
        assertProblem(Problem.ADDRESS_PAIRS_NEED_PORT_SECURITY, () -> ports.update(ALICE, port.id(), insecure));
    }

    @Test
    void oneBadPortSpoilsTheWholeBulk() {
        servers.subnet(network, "10.0.0.0/24");
        NewPort bad = wanted().withFixedIps(FixedIpRequest.of("10.9.9.9"));
        assertProblem(Problem.INVALID_IP_FOR_NETWORK, () -> ports.create(ALICE, List.of(wanted(), wanted(), bad)));
        assertThat(servers.first().view().world().ports()).isEmpty();
        assertThat(servers.first().quotas().usage("alice")).containsEntry(QuotaResource.PORT, 0);
    }

    @Test
    void hundredsOfPortsFitInABulkAndTooManyAreRefused() {
        servers.first().quotas().update("alice", Map.of(QuotaResource.PORT, -1));
        servers.subnet(network, "10.0.0.0/16");
        servers.subnet(network, "2001:db8::/64");
        assertThat(ports.create(ALICE, Collections.nCopies(800, wanted()))).hasSize(800);
        assertProblem(Problem.INVALID_INPUT, () -> ports.create(ALICE, Collections.nCopies(5_000, wanted())));
    }

    @Test
    void aPortKeepsWhatFewPortsHaveWhateverElseChanges() {
        servers.subnet(network, "10.0.0.0/24");
        Port plain = ports.create(ALICE, wanted().withFixedIps(FixedIpRequest.of("10.0.0.8")));
        assertThat(plain.extras()).isSameAs(PortExtras.NONE);
        PortExtras extras = new PortExtras(false, "required", "gpu", List.of());
        Port port = ports.create(ALICE, wanted().withExtras(extras).withFixedIps());
        assertThat(port.extras()).isEqualTo(extras.withUnaddressed(true));
        Port addressed = ports.update(ALICE, port.id(), PortUpdate.NONE.withFixedIps(FixedIpRequest.of("10.0.0.9")));
        assertThat(addressed.extras()).isEqualTo(port.extras());
        Port changed = ports.update(ALICE, port.id(), PortUpdate.NONE.withNumaAffinityPolicy(""));
        assertThat(changed.extras()).isEqualTo(new PortExtras(true, "", "gpu", List.of()));
        assertThat(servers.second().ports().show(ALICE, port.id())).isEqualTo(changed);
        Port bare = ports.update(ALICE, plain.id(), PortUpdate.NONE.withNumaAffinityPolicy("socket"));
        assertThat(ports.update(ALICE, bare.id(), PortUpdate.NONE.withNumaAffinityPolicy(""))
                        .extras())
                .isSameAs(PortExtras.NONE);
    }

    @Test
    void aRoutersInterfaceIsMadeThroughTheRouter() {
        assertProblem(
                Problem.INVALID_INPUT, () -> ports.create(ALICE, wanted().withDevice("x", Port.ROUTER_INTERFACE)));
    }

    @Test
    void onlyWhatIsOverTheQuotaIsNamed() {
        servers.first().quotas().update("alice", Map.of(QuotaResource.PORT, 1));
        create();
        assertThatThrownBy(this::create).hasMessage("Quota exceeded for resources: ['port'].");
    }
}
