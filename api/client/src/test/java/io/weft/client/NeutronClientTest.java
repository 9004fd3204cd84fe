package io.weft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against Weft's own API. */
class NeutronClientTest {
    @TempDir
    private static Path directory;

    private static Cloud cloud;
    private static NeutronClient alice;
    private static NeutronClient admin;

    @BeforeAll
    static void start() {
        cloud = new Cloud(directory);
        alice = cloud.as("alice-token");
        admin = cloud.as("admin-token");
    }

    @AfterAll
    static void stop() {
        alice.close();
        admin.close();
        cloud.close();
    }

    private static Network network(String name) {
        return alice.networks().create(NetworkAttributes.NONE.name(name));
    }

    private static Subnet subnet(Network network, String cidr) {
        IpPrefix prefix = IpPrefix.parse(cidr);
        return alice.subnets()
                .create(SubnetAttributes.of(
                                network.id(), prefix.address().family().bits() == 32 ? 4 : 6)
                        .cidr(prefix));
    }

    @Test
    void aPortOfTwoFamiliesComesBackAsItWasAskedFor() {
        Network network = network("dual");
        Subnet four = subnet(network, "10.1.0.0/24");
        Subnet six = subnet(network, "fd00:1::/64");
        SecurityGroup group = alice.securityGroups().create(SecurityGroupAttributes.named("web"));
        Port port = alice.ports()
                .create(PortAttributes.on(network.id())
                        .name("p")
                        .macAddress(MacAddress.parse("02:00:00:00:00:07"))
                        .fixedIps(List.of(
                                new AddressWish(Optional.of(four.id()), Optional.of(IpAddress.parse("10.1.0.7"))),
                                AddressWish.from(six.id())))
                        .deviceId("c1")
                        .securityGroups(List.of(group.id())));
        assertThat(alice.ports().show(port.id())).isEqualTo(port);
        assertThat(port.projectId()).isEqualTo("alpha");
        assertThat(port.macAddress()).hasToString("02:00:00:00:00:07");
        assertThat(port.fixedIps()).extracting(Port.FixedIp::subnetId).containsExactlyInAnyOrder(four.id(), six.id());
        assertThat(port.fixedIps()).extracting(ip -> ip.ipAddress().toString()).contains("10.1.0.7");
        assertThat(port.securityGroups()).containsExactly(group.id());
        assertThat(port.qosPolicyId()).isEmpty();
        assertThat(port.host()).isEmpty();
        assertThat(four.gatewayIp()).contains(IpAddress.parse("10.1.0.1"));
        assertThat(alice.ports().list(Query.where("device_id", "c1"))).containsExactly(port);
        assertThat(alice.ports().list(Query.ALL.onSubnet(six.id()))).contains(port);
        assertThat(alice.networks().show(network.id()).subnets()).containsExactlyInAnyOrder(four.id(), six.id());
    }

    @Test
    void aListLongerThanAPageIsReadWhole() {
        Network network = network("long");
        List<PortAttributes> wishes = IntStream.range(0, 40)
                .mapToObj(i -> PortAttributes.on(network.id()).name("of-" + i))
                .toList();
        List<Port> made = alice.ports().create(wishes);
        assertThat(alice.ports().list(Query.where("network_id", network.id()), 7))
                .containsExactlyInAnyOrderElementsOf(made);
        assertThat(alice.ports().list(Query.where("network_id", network.id()), 10))
                .hasSize(40);
    }

    @Test
    void anObjectIsFoundByIdOrByANameThatIsItsAlone() {
        Network one = network("one of a kind");
        assertThat(alice.networks().named("one of a kind")).isEqualTo(one);
        assertThat(alice.networks().named(one.id().toString())).isEqualTo(one);
        network("twin");
        network("twin");
        assertThatThrownBy(() -> alice.networks().named("twin")).hasMessageContaining("2 have the name 'twin'");
        assertThatThrownBy(() -> alice.networks().named("nobody")).isInstanceOfSatisfying(NeutronException.class, e -> {
            assertThat(e.notFound()).isTrue();
            assertThat(e).hasMessage("there is no network 'nobody'");
        });
    }

    @Test
    void aPortComesBehindATagOfATrunkOnceAndIsTakenFromItAnyNumberOfTimes() {
        Network network = network("trunked");
        UUID parent = alice.ports().create(PortAttributes.on(network.id())).id();
        UUID one = alice.ports().create(PortAttributes.on(network.id())).id();
        UUID two = alice.ports().create(PortAttributes.on(network.id())).id();
        Trunk trunk = alice.trunks().create(TrunkAttributes.of(parent).name("vm"));
        assertThat(trunk.subPorts()).isEmpty();
        assertThat(alice.trunks().list(Query.where("port_id", parent))).containsExactly(trunk);
        Trunk with = alice.trunks().addSubport(trunk.id(), one, 4094);
        assertThat(with.subPorts()).containsExactly(new Trunk.SubPort(one, "vlan", 4094));
        assertThat(with.vlan(one)).contains(4094);
        assertThat(alice.ports().show(one).deviceId()).isEqualTo(trunk.id().toString());
        assertThatThrownBy(() -> alice.trunks().addSubport(trunk.id(), two, 4094))
                .isInstanceOfSatisfying(
                        NeutronException.class, e -> assertThat(e.type()).isEqualTo(Trunks.DUPLICATE_SUBPORT));
        alice.trunks().removeSubport(trunk.id(), one);
        alice.trunks().removeSubport(trunk.id(), one);
        assertThat(alice.trunks().show(trunk.id()).vlan(one)).isEmpty();
        alice.trunks().delete(trunk.id());
        alice.trunks().removeSubport(trunk.id(), one);
    }

    @Test
    void aLoadBalancerIsMadeWithAllThatItHasChangedAndTakenAway() {
        Subnet subnet = subnet(network("served"), "10.8.0.0/24");
        LoadBalancer owner = alice.loadBalancers()
                .create(LoadBalancerAttributes.on(subnet.id())
                        .name("web")
                        .vipAddress(IpAddress.parse("10.8.0.80"))
                        .tags(List.of("k8s")));
        assertThat(owner.vipAddress()).hasToString("10.8.0.80");
        assertThat(alice.loadBalancers().list(Query.tagged("k8s"))).containsExactly(owner);
        assertThat(alice.ports().show(owner.vipPortId()).fixedIps())
                .extracting(Port.FixedIp::ipAddress)
                .containsExactly(owner.vipAddress());
        Listener listener = alice.listeners().create(ListenerAttributes.of(owner.id(), "TCP", 80));
        Pool pool = alice.pools()
                .create(PoolAttributes.ofListener(listener.id(), "TCP").sourceAffinity(600));
        assertThat(pool.sessionPersistence()).contains(new Pool.SessionPersistence("SOURCE_IP", 600));
        assertThat(alice.listeners().show(listener.id()).defaultPoolId()).contains(pool.id());
        Members members = alice.members(pool.id());
        Member one = members.create(MemberAttributes.at(IpAddress.parse("10.8.0.5"), 8080));
        members.replaceAll(List.of(
                MemberAttributes.at(one.address(), 8080).weight(0),
                MemberAttributes.at(IpAddress.parse("10.8.0.6"), 8080).subnet(subnet.id())));
        assertThat(members.show(one.id()).weight()).isZero();
        assertThat(members.list(Query.ALL)).hasSize(2);
        members.replaceAll(List.of());
        assertThat(members.list(Query.ALL)).isEmpty();
        assertThat(alice.pools()
                        .update(pool.id(), PoolAttributes.NONE.noAffinity())
                        .sessionPersistence())
                .isEmpty();
        assertThat(pool.memberLocality()).isEqualTo("any");
        assertThat(alice.pools()
                        .update(pool.id(), PoolAttributes.NONE.memberLocality("local"))
                        .memberLocality())
                .isEqualTo("local");
        assertThatThrownBy(() -> alice.listeners().create(ListenerAttributes.of(owner.id(), "TCP", 80)))
                .isInstanceOfSatisfying(NeutronException.class, e -> {
                    assertThat(e.conflict()).isTrue();
                    assertThat(e).hasMessageContaining("already using protocol TCP");
                });
        assertThatThrownBy(() -> alice.loadBalancers().delete(owner.id())).hasMessageContaining("has children");
        assertThat(alice.loadBalancers().deleteWhole(owner.id())).isTrue();
        assertThat(alice.loadBalancers().deleteWhole(owner.id())).isFalse();
        assertThat(alice.listeners().find(listener.id())).isEmpty();
    }

    @Test
    void anErrorSaysWhatNeutronSays() {
        assertThatThrownBy(() -> alice.ports().show(new UUID(0, 1)))
                .isInstanceOfSatisfying(NeutronException.class, e -> {
                    assertThat(e.status()).isEqualTo(404);
                    assertThat(e.type()).isEqualTo("PortNotFound");
                    assertThat(e.uncertain()).isFalse();
                });
        Network network = network("used");
        Subnet subnet = subnet(network, "10.2.0.0/24");
        alice.ports().create(PortAttributes.on(network.id()));
        assertThatThrownBy(() -> alice.networks().delete(network.id()))
                .isInstanceOfSatisfying(
                        NeutronException.class, e -> assertThat(e.conflict()).isTrue());
        assertThat(alice.subnets().find(subnet.id())).isPresent();
        assertThat(alice.ports().delete(new UUID(0, 1))).isFalse();
    }

    @Test
    void aChangeIsWorkedOutAgainWhenSomebodyElseWasFirst() {
        Network network = network("before");
        int[] readings = {0};
        Network after = alice.networks()
                .change(
                        network.id(),
                        seen -> {
                            if (readings[0]++ == 0) {
                                alice.networks().update(network.id(), NetworkAttributes.NONE.name("between"));
                            }
                            return NetworkAttributes.NONE.description("was " + seen.name());
                        },
                        Network::revisionNumber);
        assertThat(after.description()).isEqualTo("was between");
        assertThat(readings[0]).isEqualTo(2);
    }

    @Test
    void tagsAreSetAndFoundAndTakenAway() {
        Network network = network("tagged");
        alice.networks().replaceTags(network.id(), List.of("weft:a b", "x"));
        alice.networks().addTag(network.id(), "docker:ü");
        assertThat(alice.networks().list(Query.tagged("weft:a b", "docker:ü")))
                .extracting(Network::id)
                .containsExactly(network.id());
        alice.networks().removeTag(network.id(), "x");
        alice.networks().removeTag(network.id(), "x");
        assertThat(alice.networks().show(network.id()).tags()).containsExactlyInAnyOrder("weft:a b", "docker:ü");
    }

    @Test
    void routersGetAndLoseInterfaces() {
        Network network = network("routed");
        Subnet subnet = subnet(network, "10.3.0.0/24");
        Router router = alice.routers().create(RouterAttributes.NONE.name("r"));
        UUID port = alice.routers().addSubnet(router.id(), subnet.id());
        assertThat(alice.ports().show(port).deviceId()).isEqualTo(router.id().toString());
        alice.routers().removeSubnet(router.id(), subnet.id());
        assertThat(alice.ports().find(port)).isEmpty();
        Port own = alice.ports().create(PortAttributes.on(network.id()));
        assertThat(alice.routers().addPort(router.id(), own.id())).isEqualTo(own.id());
        alice.routers().removePort(router.id(), own.id());
        assertThat(alice.routers().delete(router.id())).isTrue();
    }

    @Test
    void aFloatingIpIsTiedAndLoosed() {
        Network outside = admin.networks()
                .create(NetworkAttributes.NONE
                        .name("outside")
                        .external(true)
                        .with("provider:network_type", "flat")
                        .with("provider:physical_network", "physnet1"));
        Subnet pool = admin.subnets()
                .create(SubnetAttributes.of(outside.id(), 4)
                        .cidr(IpPrefix.parse("203.0.113.0/24"))
                        .enableDhcp(false));
        Network inside = network("inside");
        Subnet subnet = subnet(inside, "10.4.0.0/24");
        Router router = alice.routers().create(RouterAttributes.NONE.externalGateway(outside.id()));
        alice.routers().addSubnet(router.id(), subnet.id());
        Port port = alice.ports().create(PortAttributes.on(inside.id()));
        FloatingIp free = alice.floatingIps().create(FloatingIpAttributes.of(outside.id()));
        assertThat(pool.cidr().contains(free.floatingIpAddress())).isTrue();
        FloatingIp tied = alice.floatingIps().update(free.id(), FloatingIpAttributes.NONE.port(port.id()));
        assertThat(tied.portId()).contains(port.id());
        assertThat(tied.routerId()).contains(router.id());
        assertThat(alice.floatingIps()
                        .update(free.id(), FloatingIpAttributes.NONE.noPort())
                        .portId())
                .isEmpty();
        assertThat(alice.routers()
                        .show(router.id())
                        .externalGatewayInfo()
                        .orElseThrow()
                        .networkId())
                .isEqualTo(outside.id());
    }

    @Test
    void rulesAndPoliciesAndPoolsAreRead() {
        SecurityGroup group = alice.securityGroups().create(SecurityGroupAttributes.named("g"));
        SecurityGroupRule rule = alice.securityGroupRules()
                .create(SecurityGroupRuleAttributes.of(group.id(), "ingress", "IPv4")
                        .protocol("tcp")
                        .portRange(80, 81)
                        .remoteIpPrefix(IpPrefix.parse("10.0.0.0/8")));
        assertThat(rule.portRangeMax()).contains(81);
        assertThat(rule.remoteIpPrefix()).contains(IpPrefix.parse("10.0.0.0/8"));
        assertThat(rule.remoteGroupId()).isEmpty();
        assertThat(alice.securityGroups().show(group.id()).securityGroupRules()).contains(rule);
        QosPolicy policy =
                admin.qosPolicies().create(QosPolicyAttributes.NONE.name("gold").shared(true));
        assertThat(alice.qosPolicies().named("gold")).isEqualTo(policy);
        Network network = network("of a pool");
        SubnetPool pool = alice.subnetPools()
                .create(SubnetPoolAttributes.of("pool", List.of(IpPrefix.parse("10.64.0.0/16")))
                        .defaultPrefixLength(26));
        Subnet given =
                alice.subnets().create(SubnetAttributes.of(network.id(), 4).subnetPool(pool.id()));
        assertThat(given.cidr().length()).isEqualTo(26);
        assertThat(given.subnetPoolId()).contains(pool.id());
        Port port = alice.ports().create(PortAttributes.on(network.id()).qosPolicy(policy.id()));
        assertThat(port.qosPolicyId()).contains(policy.id());
        assertThat(alice.ports()
                        .update(port.id(), PortAttributes.NONE.noQosPolicy())
                        .qosPolicyId())
                .isEmpty();
    }

    @Test
    void theServerSaysWhatItCanDo() {
        assertThat(alice.hasExtension("security-group")).isTrue();
        assertThat(alice.hasExtension("time-travel")).isFalse();
    }

    @Test
    void aStrangerIsRefused() {
        try (NeutronClient stranger = cloud.as("no-token")) {
            assertThatThrownBy(() -> stranger.networks().list(Query.ALL))
                    .isInstanceOfSatisfying(
                            NeutronException.class, e -> assertThat(e.status()).isEqualTo(401));
        }
    }
}
