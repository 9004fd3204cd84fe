package io.weft.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WorldTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Port port(UUID id, String project, UUID network, String device, String host, List<FixedIp> ips) {
        return new Port(
                Meta.create(id, project, "", "", NOW),
                network,
                true,
                new MacAddress(0xfa163e000001L),
                ips,
                device,
                "",
                List.of(),
                true,
                List.of(),
                new Binding(host, "normal", Map.of()));
    }

    @Test
    void indexesAgreeWithAScanAfterRandomChanges() {
        Random random = new Random(42);
        List<UUID> networks = List.of(new UUID(1, 1), new UUID(1, 2));
        List<UUID> subnets = List.of(new UUID(2, 1), new UUID(2, 2), new UUID(2, 3));
        Map<UUID, Port> expected = new HashMap<>();
        World world = World.empty();
        for (int step = 0; step < 3_000; step++) {
            UUID id = new UUID(3, random.nextInt(50));
            if (random.nextInt(3) == 0) {
                expected.remove(id);
                world = world.without(Resource.Kind.PORT, id);
            } else {
                List<FixedIp> ips = new ArrayList<>();
                for (int i = random.nextInt(3); i > 0; i--) {
                    ips.add(new FixedIp(subnets.get(random.nextInt(3)), IpAddress.ofIpv4(random.nextInt())));
                }
                Port port = port(
                        id,
                        "p" + random.nextInt(3),
                        networks.get(random.nextInt(2)),
                        random.nextBoolean() ? "" : "d" + random.nextInt(3),
                        random.nextBoolean() ? "" : "h" + random.nextInt(3),
                        ips);
                expected.put(id, port);
                world = world.with(port);
            }
            assertThat(world.ports()).hasSameElementsAs(expected.values());
            UUID network = networks.get(random.nextInt(2));
            assertThat(world.portsOf(network))
                    .containsExactlyInAnyOrderElementsOf(expected.values().stream()
                            .filter(p -> p.networkId().equals(network))
                            .toList());
            UUID subnet = subnets.get(random.nextInt(3));
            assertThat(world.portsOfSubnet(subnet))
                    .containsExactlyInAnyOrderElementsOf(expected.values().stream()
                            .filter(p -> p.fixedIps().stream()
                                    .anyMatch(ip -> ip.subnetId().equals(subnet)))
                            .toList());
            assertThat(world.portsOnHost("h1"))
                    .containsExactlyInAnyOrderElementsOf(expected.values().stream()
                            .filter(p -> p.binding().host().equals("h1"))
                            .toList());
            assertThat(world.portsOfDevice("d1"))
                    .containsExactlyInAnyOrderElementsOf(expected.values().stream()
                            .filter(p -> p.deviceId().equals("d1"))
                            .toList());
            assertThat(world.portsOfProject("p1"))
                    .containsExactlyInAnyOrderElementsOf(expected.values().stream()
                            .filter(p -> p.project().equals("p1"))
                            .toList());
        }
    }

    @Test
    void anEarlierWorldDoesNotSeeLaterChanges() {
        Network network = new Network(Meta.create(new UUID(1, 1), "p", "", "", NOW), true, false, 100, 1450, true);
        World before = World.empty().with(network);
        World after = before.without(Resource.Kind.NETWORK, network.id()).at(7);

        assertThat(before.network(network.id())).contains(network);
        assertThat(before.networksOfProject("p")).containsExactly(network);
        assertThat(after.network(network.id())).isEmpty();
        assertThat(after.networksOfProject("p")).isEmpty();
        assertThat(after.revision()).isEqualTo(7);
    }

    @Test
    void groupIndexesAgreeWithAScanAfterRandomChanges() {
        Random random = new Random(43);
        World world = World.empty();
        for (int step = 0; step < 3_000; step++) {
            UUID id = new UUID(4, random.nextInt(20));
            UUID group = new UUID(5, random.nextInt(4));
            world = switch (random.nextInt(7)) {
                case 0 -> world.without(Resource.Kind.PORT, id);
                case 1 -> world.without(Resource.Kind.SECURITY_GROUP_RULE, id);
                case 2 -> world.without(Resource.Kind.SECURITY_GROUP, group);
                case 3 ->
                    world.with(new SecurityGroup(
                            Meta.create(group, "p" + group.getLeastSignificantBits(), "", "", NOW),
                            group.getLeastSignificantBits() < 2,
                            true));
                case 4 -> world.with(rule(id, group, random));
                default -> world.with(portIn(id, random));
            };
            World now = world;
            assertThat(now.portsOfGroup(group))
                    .containsExactlyInAnyOrderElementsOf(now.ports().stream()
                            .filter(port -> port.groups().contains(group))
                            .toList());
            assertThat(now.portCountOfGroup(group))
                    .isEqualTo(now.portsOfGroup(group).size());
            assertThat(now.rulesOf(group))
                    .containsExactlyInAnyOrderElementsOf(now.securityGroupRules().stream()
                            .filter(rule -> rule.groupId().equals(group))
                            .toList());
            assertThat(now.rulesWithRemote(group))
                    .containsExactlyInAnyOrderElementsOf(now.securityGroupRules().stream()
                            .filter(rule -> rule.remoteGroup().equals(Optional.of(group)))
                            .toList());
            assertThat(now.isRemote(group))
                    .isEqualTo(!now.rulesWithRemote(group).isEmpty());
            String project = "p" + group.getLeastSignificantBits();
            assertThat(now.defaultGroup(project))
                    .isEqualTo(now.securityGroup(group).filter(SecurityGroup::isDefault));
            assertThat(now.securityGroupsOfProject(project))
                    .hasSize(now.securityGroup(group).isPresent() ? 1 : 0);
        }
    }

    private static SecurityGroupRule rule(UUID id, UUID group, Random random) {
        UUID other = new UUID(5, random.nextInt(4));
        RuleRemote remote = switch (random.nextInt(3)) {
            case 0 -> new RuleRemote.Anyone();
            case 1 -> new RuleRemote.Group(other);
            default -> new RuleRemote.Addresses(other);
        };
        return new SecurityGroupRule(
                Meta.create(id, "p", "", "", NOW), group, RuleMatch.all(Direction.EGRESS, IpFamily.IPV6, remote));
    }

    private static Port portIn(UUID id, Random random) {
        List<UUID> groups = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            groups.add(new UUID(5, random.nextInt(4)));
        }
        return new Port(
                Meta.create(id, "p", "", "", NOW),
                new UUID(1, 1),
                true,
                new MacAddress(0xfa163e000001L),
                List.of(),
                "",
                "",
                List.of(),
                true,
                random.nextInt(4) == 0 ? Optional.empty() : Optional.of(groups),
                List.of(),
                Binding.NONE);
    }

    @Test
    void indexesOfWhatLeadsOutAgreeWithAScanAfterRandomChanges() {
        Random random = new Random(44);
        World world = World.empty();
        for (int step = 0; step < 3_000; step++) {
            UUID floating = new UUID(6, random.nextInt(20));
            UUID router = new UUID(7, random.nextInt(6));
            UUID network = new UUID(1, random.nextInt(4));
            world = switch (random.nextInt(6)) {
                case 0 -> world.without(Resource.Kind.FLOATING_IP, floating);
                case 1 -> world.without(Resource.Kind.ROUTER, router);
                case 2 -> world.without(Resource.Kind.NETWORK, network);
                case 3 ->
                    world.with(new Network(
                            meta(network),
                            true,
                            false,
                            100,
                            1450,
                            true,
                            "",
                            random.nextBoolean(),
                            Optional.empty(),
                            Optional.empty()));
                case 4 -> world.with(router(random, router));
                default -> world.with(floating(random, floating));
            };
            World now = world;
            UUID port = new UUID(3, random.nextInt(4));
            UUID node = new UUID(8, random.nextInt(3));
            assertThat(now.floatingIpsOfPort(port))
                    .containsExactlyInAnyOrderElementsOf(now.floatingIps().stream()
                            .filter(f -> f.insidePorts().contains(port))
                            .toList());
            assertThat(now.floatingIpsOfRouter(router))
                    .containsExactlyInAnyOrderElementsOf(now.floatingIps().stream()
                            .filter(f -> f.routerId().equals(Optional.of(router)))
                            .toList());
            assertThat(now.routersOut(network))
                    .containsExactlyInAnyOrderElementsOf(now.routers().stream()
                            .filter(r -> r.gateway()
                                    .filter(g -> g.networkId().equals(network))
                                    .isPresent())
                            .toList());
            assertThat(now.routersOfGatewayNode(node))
                    .hasSize(now.routerCountOfGatewayNode(node))
                    .containsExactlyInAnyOrderElementsOf(now.routers().stream()
                            .filter(r -> r.gateway()
                                    .filter(g -> g.nodes().contains(node))
                                    .isPresent())
                            .toList());
            assertThat(now.externalNetworks())
                    .containsExactlyInAnyOrderElementsOf(
                            now.networks().stream().filter(Network::external).toList());
        }
    }

    private static Meta meta(UUID id) {
        return Meta.create(id, "p", "", "", NOW);
    }

    private static Router router(Random random, UUID id) {
        List<UUID> nodes = new ArrayList<>();
        for (int node = 0; node < 3; node++) {
            if (random.nextBoolean()) {
                nodes.add(new UUID(8, node));
            }
        }
        return new Router(
                meta(id),
                true,
                List.of(),
                random.nextInt(4) == 0
                        ? Optional.empty()
                        : Optional.of(
                                new ExternalGateway(new UUID(1, random.nextInt(4)), new UUID(3, 9), true, 200, nodes)));
    }

    private static FloatingIp floating(Random random, UUID id) {
        FloatingIp free = new FloatingIp(
                meta(id),
                new UUID(1, 0),
                new UUID(3, 10),
                IpAddress.parse("203.0.113.9"),
                Optional.empty(),
                Optional.empty(),
                List.of());
        UUID router = new UUID(7, random.nextInt(6));
        IpAddress inside = IpAddress.parse("10.0.0.5");
        return switch (random.nextInt(3)) {
            case 0 -> free;
            case 1 -> free.withFixed(router, new FloatingIp.Fixed(new UUID(3, random.nextInt(4)), inside));
            default -> {
                List<PortForwarding> forwardings = new ArrayList<>();
                for (int n = 0; n <= random.nextInt(3); n++) {
                    PortRange one = new PortRange(80 + n, 80 + n);
                    forwardings.add(new PortForwarding(
                            new UUID(9, n),
                            "",
                            IpProtocol.parse("tcp"),
                            one,
                            new UUID(3, random.nextInt(4)),
                            inside,
                            one));
                }
                yield free.withForwardings(router, forwardings);
            }
        };
    }
}
