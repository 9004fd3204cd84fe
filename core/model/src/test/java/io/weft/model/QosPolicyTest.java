package io.weft.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class QosPolicyTest {
    private static final UUID POLICY = new UUID(1, 1);
    private static final UUID OTHER = new UUID(1, 2);
    private static final UUID NETWORK = new UUID(2, 1);
    private static final QosRule OUT = new QosRule.BandwidthLimit(new UUID(3, 1), Direction.EGRESS, 1000, 0);
    private static final QosRule IN = new QosRule.BandwidthLimit(new UUID(3, 2), Direction.INGRESS, 2000, 0);

    private static Meta meta(UUID id) {
        return Meta.create(id, "p", "", "", Instant.EPOCH);
    }

    private static QosPolicy policy(UUID id, QosRule... rules) {
        return new QosPolicy(meta(id), false, false, List.of(rules));
    }

    private static Network network(Optional<UUID> policy) {
        return new Network(meta(NETWORK), true, false, 100, 1450, true, "", false, Optional.empty(), policy);
    }

    private static Port port(int number, String owner, Optional<UUID> policy) {
        return new Port(
                meta(new UUID(4, number)),
                NETWORK,
                true,
                new MacAddress(2 + 2L * number),
                List.of(),
                "",
                owner,
                List.of(),
                false,
                Optional.empty(),
                List.of(),
                Binding.NONE,
                PortDns.NONE,
                policy);
    }

    @Test
    void aPolicyHasOneRuleOfATypeForEachDirection() {
        assertThat(policy(POLICY, OUT, IN).rules()).containsExactly(IN, OUT);
        QosRule rival = new QosRule.BandwidthLimit(new UUID(3, 3), Direction.EGRESS, 3000, 0);
        assertThatThrownBy(() -> policy(POLICY, OUT, rival)).isInstanceOf(InvalidException.class);
        assertThat(policy(POLICY, OUT, IN).rival(rival)).contains(OUT);
        assertThat(policy(POLICY, OUT, IN).rival(OUT)).isEmpty();
    }

    @Test
    void aRuleReplacesTheOneOfItsId() {
        QosRule faster = new QosRule.BandwidthLimit(OUT.id(), Direction.EGRESS, 9000, 0);
        assertThat(policy(POLICY, OUT, IN).with(faster).rules()).containsExactly(IN, faster);
        assertThat(policy(POLICY, OUT, IN).without(IN.id()).rules()).containsExactly(OUT);
    }

    @Test
    void aPortsOwnPolicyCountsInsteadOfItsNetworksWhichIsNotForTheNetworksOwnPorts() {
        World world = World.empty()
                .with(policy(POLICY))
                .with(policy(OTHER))
                .with(network(Optional.of(POLICY)))
                .with(port(1, "", Optional.empty()))
                .with(port(2, "", Optional.of(OTHER)))
                .with(port(3, "network:dhcp", Optional.empty()));
        assertThat(world.port(new UUID(4, 1)).flatMap(world::qosPolicyOf)).contains(POLICY);
        assertThat(world.port(new UUID(4, 2)).flatMap(world::qosPolicyOf)).contains(OTHER);
        assertThat(world.port(new UUID(4, 3)).flatMap(world::qosPolicyOf)).isEmpty();
    }

    @Test
    void theWorldKnowsWhoUsesAPolicyAndWhoseARuleIs() {
        World world = World.empty()
                .with(policy(POLICY, OUT))
                .with(network(Optional.of(POLICY)))
                .with(port(1, "", Optional.of(POLICY)));
        assertThat(world.networksOfQosPolicy(POLICY)).hasSize(1);
        assertThat(world.portsOfQosPolicy(POLICY)).hasSize(1);
        assertThat(world.qosPolicyOfRule(OUT.id()).map(QosPolicy::id)).contains(POLICY);

        World later =
                world.with(policy(POLICY, IN)).with(network(Optional.empty())).with(port(1, "", Optional.of(OTHER)));
        assertThat(later.networksOfQosPolicy(POLICY)).isEmpty();
        assertThat(later.portsOfQosPolicy(POLICY)).isEmpty();
        assertThat(later.portsOfQosPolicy(OTHER)).hasSize(1);
        assertThat(later.qosPolicyOfRule(OUT.id())).isEmpty();
        assertThat(later.without(Resource.Kind.PORT, new UUID(4, 1)).portsOfQosPolicy(OTHER))
                .isEmpty();
        assertThat(later.without(Resource.Kind.QOS_POLICY, POLICY).qosPolicyOfRule(IN.id()))
                .isEmpty();
    }

    @Test
    void theWorldKnowsTheFloatingIpsAndRoutersOfAPolicy() {
        FloatingIp free = new FloatingIp(
                meta(new UUID(5, 1)),
                NETWORK,
                new UUID(4, 1),
                IpAddress.parse("203.0.113.5"),
                Optional.empty(),
                Optional.empty(),
                List.of());
        ExternalGateway gateway = new ExternalGateway(NETWORK, new UUID(4, 2), true, 200, List.of());
        Router router = new Router(meta(new UUID(6, 1)), true, List.of(), List.of(), false, false);
        World world = World.empty()
                .with(free.withQosPolicy(Optional.of(POLICY)))
                .with(router.withGateways(List.of(
                        gateway.withQosPolicy(Optional.of(POLICY)), gateway.withQosPolicy(Optional.of(OTHER)))));
        assertThat(world.floatingIpsOfQosPolicy(POLICY)).hasSize(1);
        assertThat(world.routersOfQosPolicy(POLICY)).hasSize(1);
        assertThat(world.routersOfQosPolicy(OTHER)).hasSize(1);

        World later = world.with(free).with(router.withGateways(List.of(gateway.withQosPolicy(Optional.of(OTHER)))));
        assertThat(later.floatingIpsOfQosPolicy(POLICY)).isEmpty();
        assertThat(later.routersOfQosPolicy(POLICY)).isEmpty();
        assertThat(later.routersOfQosPolicy(OTHER)).hasSize(1);
        assertThat(later.without(Resource.Kind.ROUTER, router.id()).routersOfQosPolicy(OTHER))
                .isEmpty();
        assertThat(world.without(Resource.Kind.FLOATING_IP, free.id()).floatingIpsOfQosPolicy(POLICY))
                .isEmpty();
    }

    @Test
    void numbersOutsideTheirRangeAreRefused() {
        UUID id = new UUID(3, 9);
        assertThatThrownBy(() -> new QosRule.BandwidthLimit(id, Direction.EGRESS, 0, 0))
                .isInstanceOfSatisfying(
                        InvalidException.class, e -> assertThat(e.field()).isEqualTo("max_kbps"));
        assertThatThrownBy(() -> new QosRule.PacketRateLimit(id, Direction.EGRESS, 1, -1))
                .isInstanceOfSatisfying(
                        InvalidException.class, e -> assertThat(e.field()).isEqualTo("max_burst_kpps"));
        assertThatThrownBy(() -> new QosRule.DscpMarking(id, 64)).isInstanceOf(InvalidException.class);
    }
}
