package io.weft.domain;

import static io.weft.domain.PortsTest.assertProblem;
import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.BOB;
import static io.weft.domain.Servers.apart;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.model.Binding;
import io.weft.model.Direction;
import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpProtocol;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.PortForwarding;
import io.weft.model.PortRange;
import io.weft.model.QosPolicy;
import io.weft.model.QosRule;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.store.MinWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FloatingIpsTest {
    private Servers servers;
    private Domain domain;
    private Network outside;
    private Network inside;
    private Subnet subnet;
    private Router router;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Settings.DEFAULTS.withExternalNetworks(true));
        domain = servers.first();
        outside = domain.networks()
                .create(ADMIN, NewNetwork.of("admin", "outside").withExternal("physnet1"));
        domain.subnets().create(ADMIN, apart(NewSubnet.of("admin", outside.id(), "203.0.113.0/24")));
        inside = servers.network();
        subnet = servers.subnet(inside, "10.0.0.0/24");
        router = domain.routers().create(ALICE, NewRouter.of("alice", "r").withGateway(GatewayInfo.on(outside.id())));
        domain.routers().addInterfaceBySubnet(ALICE, router.id(), subnet.id());
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private NewFloatingIp wanted() {
        return NewFloatingIp.of("alice", outside.id());
    }

    private Port port() {
        return domain.ports().create(ALICE, NewPort.of("alice", inside.id()));
    }

    private static IpAddress address(Port port) {
        return port.fixedIps().getFirst().address();
    }

    private FloatingIp current(FloatingIp floatingIp) {
        return servers.second().floatingIps().show(ALICE, floatingIp.id());
    }

    @Test
    void aFloatingIpIsAnAddressOfAPortOfNobodys() {
        FloatingIp made = domain.floatingIps().create(ALICE, wanted());
        assertThat(made.fixed()).isEmpty();
        assertThat(made.routerId()).isEmpty();
        Port holder = domain.ports().show(ADMIN, made.portId());
        assertThat(holder.project()).isEmpty();
        assertThat(holder.deviceOwner()).isEqualTo(Port.FLOATING_IP);
        assertThat(holder.deviceId()).isEqualTo(made.id().toString());
        assertThat(holder.fixedIps()).extracting(FixedIp::address).containsExactly(made.address());
        assertProblem(Problem.PORT_NOT_FOUND, () -> domain.ports().show(ALICE, holder.id()));
        assertProblem(Problem.PORT_OWNED, () -> domain.ports().delete(ADMIN, holder.id()));
        assertProblem(
                Problem.INVALID_INPUT,
                () -> domain.ports().bind(ADMIN, holder.id(), new Binding("host-1", "normal", Map.of())));
        assertProblem(Problem.FLOATING_IP_NOT_FOUND, () -> domain.floatingIps().show(BOB, made.id()));
        assertThat(domain.floatingIps().list(BOB)).isEmpty();
        assertThat(domain.floatingIps().list(ALICE)).containsExactly(made);
        assertThat(domain.quotas().usage("alice")).containsEntry(QuotaResource.FLOATING_IP, 1);

        domain.floatingIps().delete(ALICE, made.id());
        assertProblem(Problem.PORT_NOT_FOUND, () -> domain.ports().show(ADMIN, holder.id()));
        assertThat(domain.quotas().usage("alice")).containsEntry(QuotaResource.FLOATING_IP, 0);
    }

    @Test
    void aPolicyIsUsedByFloatingIpsAndGatewaysAndStaysWithThem() {
        QosPolicy policy = domain.qosPolicies().create(ADMIN, new NewQosPolicy("admin", "p", "", true, false));
        QosPolicy foreign = domain.qosPolicies().create(ADMIN, NewQosPolicy.of("bob", "p"));
        Optional<UUID> chosen = Optional.of(policy.id());
        assertProblem(
                Problem.QOS_POLICY_NOT_FOUND,
                () -> domain.floatingIps().create(ALICE, wanted().withQosPolicy(foreign.id())));
        FloatingIp made = domain.floatingIps().create(ALICE, wanted().withQosPolicy(policy.id()));
        assertThat(made.qosPolicy()).isEqualTo(chosen);
        assertThat(MinWriter.required(servers.store())).isEqualTo(WriterFormat.QOS_OUTSIDE);
        assertThat(domain.floatingIps()
                        .update(ALICE, made.id(), FloatingIpUpdate.NONE.withPort(port().id()))
                        .qosPolicy())
                .as("it stays when nothing is said of it")
                .isEqualTo(chosen);
        assertProblem(Problem.QOS_POLICY_IN_USE, () -> domain.qosPolicies().delete(ADMIN, policy.id()));
        assertProblem(
                Problem.RBAC_POLICY_IN_USE,
                () -> domain.qosPolicies().update(ADMIN, policy.id(), QosPolicyUpdate.NONE.withShared(false)));
        QosRule minimum = new QosRule.MinimumBandwidth(policy.id(), Direction.EGRESS, 1000);
        assertProblem(Problem.QOS_RULE_NOT_SUPPORTED, () -> domain.qosPolicies().addRule(ADMIN, policy.id(), minimum));
        domain.floatingIps().update(ALICE, made.id(), FloatingIpUpdate.NONE.withQosPolicy(Optional.empty()));
        QosRule added = domain.qosPolicies().addRule(ADMIN, policy.id(), minimum);
        assertProblem(
                Problem.QOS_RULE_NOT_SUPPORTED,
                () -> domain.floatingIps().update(ALICE, made.id(), FloatingIpUpdate.NONE.withQosPolicy(chosen)));
        domain.qosPolicies().deleteRule(ADMIN, Optional.empty(), added.type(), added.id());

        GatewayInfo.On on = (GatewayInfo.On) GatewayInfo.on(outside.id());
        domain.routers().update(ALICE, router.id(), RouterUpdate.NONE.withGateway(on.withQosPolicy(chosen)));
        assertProblem(Problem.QOS_POLICY_IN_USE, () -> domain.qosPolicies().delete(ADMIN, policy.id()));
        Router kept = domain.routers().update(ALICE, router.id(), RouterUpdate.NONE.withGateway(on));
        assertThat(kept.gateway().flatMap(ExternalGateway::qosPolicy)).isEqualTo(chosen);
        Router none = domain.routers()
                .update(ALICE, router.id(), RouterUpdate.NONE.withGateway(on.withQosPolicy(Optional.empty())));
        assertThat(none.gateway().flatMap(ExternalGateway::qosPolicy)).isEmpty();
        domain.qosPolicies().delete(ADMIN, policy.id());
    }

    @Test
    void itLeadsToAPortAndAwayAgain() {
        Port port = port();
        FloatingIp made = domain.floatingIps().create(ALICE, wanted().withPort(port.id()));
        assertThat(made.fixed()).contains(new FloatingIp.Fixed(port.id(), address(port)));
        assertThat(made.routerId()).contains(router.id());

        FloatingIp free = domain.floatingIps().update(ALICE, made.id(), FloatingIpUpdate.NONE.withNothing());
        assertThat(free.fixed()).isEmpty();
        assertThat(free.routerId()).isEmpty();
        assertThat(free.meta().revision()).isEqualTo(made.meta().revision() + 1);
        FloatingIp again = domain.floatingIps().update(ALICE, made.id(), FloatingIpUpdate.NONE.withPort(port.id()));
        assertThat(again.fixed()).isEqualTo(made.fixed());
        assertThat(domain.floatingIps().update(ALICE, made.id(), FloatingIpUpdate.NONE.withPort(port.id())))
                .isEqualTo(again);
    }

    @Test
    void itLeadsNowhereWhenItsPortGoesOrLosesTheAddress() {
        Port first = port();
        FloatingIp one = domain.floatingIps().create(ALICE, wanted().withPort(first.id()));
        domain.ports().delete(ALICE, first.id());
        assertThat(current(one).fixed()).isEmpty();
        assertThat(current(one).routerId()).isEmpty();

        Port second = port();
        FloatingIp two = domain.floatingIps().update(ALICE, one.id(), FloatingIpUpdate.NONE.withPort(second.id()));
        IpAddress elsewhere = IpAddress.parse("10.0.0.99");
        domain.ports()
                .update(
                        ALICE,
                        second.id(),
                        PortUpdate.NONE.withFixedIps(new FixedIpRequest(Optional.empty(), Optional.of(elsewhere))));
        assertThat(current(two).fixed()).isEmpty();
        // And what names nothing of it stays.
        domain.floatingIps().update(ALICE, one.id(), FloatingIpUpdate.NONE.withPort(second.id()));
        domain.ports().update(ALICE, second.id(), PortUpdate.NONE.withName("renamed"));
        assertThat(current(one).fixed()).contains(new FloatingIp.Fixed(second.id(), elsewhere));
    }

    @Test
    void whatItLeadsOverStays() {
        Port port = port();
        FloatingIp made = domain.floatingIps().create(ALICE, wanted().withPort(port.id()));
        assertProblem(
                Problem.ROUTER_INTERFACE_IN_USE_BY_FLOATING_IP,
                () -> domain.routers().removeInterface(ALICE, router.id(), Optional.empty(), Optional.of(subnet.id())));
        assertProblem(
                Problem.ROUTER_GATEWAY_IN_USE_BY_FLOATING_IP,
                () -> domain.routers()
                        .update(ALICE, router.id(), RouterUpdate.NONE.withGateway(new GatewayInfo.None())));
        assertProblem(Problem.NETWORK_IN_USE, () -> domain.networks().delete(ADMIN, outside.id()));
        domain.floatingIps().delete(ALICE, made.id());
        domain.routers().removeInterface(ALICE, router.id(), Optional.empty(), Optional.of(subnet.id()));
        domain.routers().delete(ALICE, router.id());
        domain.networks().delete(ADMIN, outside.id());
    }

    @Test
    void whatCannotBeReachedIsRefusedAsNeutronDoes() {
        Network lonely = servers.network();
        servers.subnet(lonely, "10.9.0.0/24");
        Port far = domain.ports().create(ALICE, NewPort.of("alice", lonely.id()));
        assertProblem(
                Problem.EXTERNAL_GATEWAY_FOR_FLOATING_IP_NOT_FOUND,
                () -> domain.floatingIps().create(ALICE, wanted().withPort(far.id())));
        Port port = port();
        FloatingIp first = domain.floatingIps().create(ALICE, wanted().withPort(port.id()));
        assertProblem(
                Problem.FLOATING_IP_PORT_ALREADY_ASSOCIATED,
                () -> domain.floatingIps().create(ALICE, wanted().withPort(port.id())));
        assertProblem(
                Problem.PORT_NOT_FOUND, () -> domain.floatingIps().create(ALICE, wanted().withPort(UUID.randomUUID())));
        assertProblem(
                Problem.BAD_REQUEST, () -> domain.floatingIps().create(ALICE, NewFloatingIp.of("alice", inside.id())));
        assertProblem(
                Problem.IP_ADDRESS_ALREADY_ALLOCATED,
                () -> domain.floatingIps().create(ADMIN, wanted().withAddress(first.address())));
        assertThat(domain.floatingIps()
                        .create(ADMIN, wanted().withAddress(IpAddress.parse("203.0.113.50")))
                        .address())
                .isEqualTo(IpAddress.parse("203.0.113.50"));
        Port face = domain.view().world().interfacesOf(router.id()).getFirst();
        assertProblem(Problem.BAD_REQUEST, () -> domain.floatingIps().create(ADMIN, wanted().withPort(face.id())));
    }

    @Test
    void aPortWithTwoAddressesIsAskedWhich() {
        Port port = domain.ports()
                .create(
                        ALICE,
                        NewPort.of("alice", inside.id())
                                .withFixedIps(
                                        new FixedIpRequest(Optional.of(subnet.id()), Optional.empty()),
                                        new FixedIpRequest(Optional.of(subnet.id()), Optional.empty())));
        assertProblem(Problem.BAD_REQUEST, () -> domain.floatingIps().create(ALICE, wanted().withPort(port.id())));
        IpAddress second = port.fixedIps().getLast().address();
        FloatingIp made = domain.floatingIps()
                .create(
                        ALICE,
                        new NewFloatingIp(
                                "alice",
                                outside.id(),
                                "",
                                List.of(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(port.id()),
                                Optional.of(second),
                                Optional.empty()));
        assertThat(made.fixed()).contains(new FloatingIp.Fixed(port.id(), second));
    }

    @Test
    void partsOfAnAddressLeadToPartsOfPorts() {
        Port port = port();
        FloatingIp floatingIp = domain.floatingIps().create(ALICE, wanted());
        NewPortForwarding wish = new NewPortForwarding(
                "web",
                IpProtocol.parse("tcp"),
                new PortRange(8080, 8080),
                port.id(),
                address(port),
                new PortRange(80, 80));
        PortForwarding made = domain.portForwardings().create(ALICE, floatingIp.id(), wish);
        assertThat(current(floatingIp).forwardings()).containsExactly(made);
        assertThat(current(floatingIp).routerId()).contains(router.id());
        assertProblem(Problem.BAD_REQUEST, () -> domain.portForwardings().create(ALICE, floatingIp.id(), wish));
        assertProblem(
                Problem.FLOATING_IP_IN_USE_BY_PORT_FORWARDING,
                () -> domain.floatingIps().update(ALICE, floatingIp.id(), FloatingIpUpdate.NONE.withPort(port().id())));
        assertProblem(
                Problem.PORT_HAS_PORT_FORWARDING,
                () -> domain.floatingIps().create(ALICE, wanted().withPort(port.id())));
        PortForwarding changed = domain.portForwardings()
                .update(
                        ALICE,
                        floatingIp.id(),
                        made.id(),
                        new PortForwardingUpdate(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(new PortRange(8081, 8081)),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()));
        assertThat(changed.external()).isEqualTo(new PortRange(8081, 8081));
        assertProblem(
                Problem.ROUTER_INTERFACE_IN_USE_BY_FLOATING_IP,
                () -> domain.routers().removeInterface(ALICE, router.id(), Optional.empty(), Optional.of(subnet.id())));
        domain.portForwardings().delete(ALICE, floatingIp.id(), made.id());
        assertThat(current(floatingIp).routerId()).isEmpty();
        assertProblem(
                Problem.PORT_FORWARDING_NOT_FOUND,
                () -> domain.portForwardings().show(ALICE, floatingIp.id(), made.id()));

        domain.portForwardings().create(ALICE, floatingIp.id(), wish);
        domain.ports().delete(ALICE, port.id());
        assertThat(current(floatingIp).forwardings()).isEmpty();
        Port whole = port();
        domain.floatingIps().update(ALICE, floatingIp.id(), FloatingIpUpdate.NONE.withPort(whole.id()));
        assertProblem(
                Problem.FLOATING_IP_PORT_ALREADY_ASSOCIATED,
                () -> domain.portForwardings()
                        .create(
                                ALICE,
                                floatingIp.id(),
                                new NewPortForwarding(
                                        "",
                                        wish.protocol(),
                                        wish.external(),
                                        whole.id(),
                                        address(whole),
                                        wish.internal())));
    }
}
