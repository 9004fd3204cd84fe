package io.weft.agent.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.policy.PolicyLimits;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.protocol.Fact;
import io.weft.protocol.Peer;
import io.weft.protocol.ProtocolException;
import io.weft.protocol.Subscription;
import io.weft.protocol.Topic;
import io.weft.vrouter.NodeAddress;
import io.weft.vrouter.Underlay;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FoldTest {
    private static final Limits LIMITS = new Limits(64, 64, 64, 64, new PolicyLimits(64, 64, 10_000, 10_000));

    private static Fold fold() {
        Fold fold = new Fold(RandomRecords.HOST, LIMITS, Remembered.nothing());
        fold.underlay(
                Optional.of(new Underlay(7, 8, 1500, IpAddress.parse("192.0.2.10"), IpAddress.parse("2001:db8:f::"))));
        fold.physical(Map.of("uplink1", new PhysicalDevice(9, 1500, MacAddress.parse("02:00:00:00:00:09"), true)));
        return fold;
    }

    /** A fold that sees the present records and devices only, in any order. */
    private static Fold fromNothing(
            Subscription subscription,
            Map<UUID, Device> devices,
            Map<UUID, String> holders,
            Map<UUID, Set<IpFamily>> lost,
            Random random) {
        Fold fold = fold();
        UUID unknown = new UUID(0, 0);
        holders.forEach((gateway, host) -> fold.holder(unknown, gateway, Optional.of(host), Optional.empty()));
        lost.forEach((gateway, families) ->
                fold.holder(unknown, gateway, Optional.ofNullable(holders.get(gateway)), Optional.of(families)));
        List<Subscription.Difference> changes = new ArrayList<>();
        for (Topic topic : subscription.topics()) {
            for (Map.Entry<String, Fact> fact : subscription.records(topic).entrySet()) {
                changes.add(new Subscription.Difference(
                        topic, fact.getKey(), Optional.empty(), Optional.of(fact.getValue())));
            }
        }
        Collections.shuffle(changes, random);
        boolean early = random.nextBoolean();
        if (early) {
            devices.forEach((port, device) -> fold.device(port, Optional.of(device)));
        }
        fold.apply(changes);
        if (!early) {
            fold.flush();
            devices.forEach((port, device) -> fold.device(port, Optional.of(device)));
        }
        fold.flush();
        return fold;
    }

    @Test
    void anyHistoryLeadsToWhatThePresentRecordsAloneLeadTo() throws ProtocolException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        for (int world = 0; world < 15; world++) {
            Random random = new Random(seed + world);
            RandomRecords records = new RandomRecords(random);
            Subscription subscription = new Subscription();
            Map<UUID, Device> devices = new HashMap<>();
            Map<UUID, String> holders = new HashMap<>();
            Map<UUID, Set<IpFamily>> lost = new HashMap<>();
            Map<UUID, WatchedGateway> watched = new HashMap<>();
            Fold fold = fold();
            for (int step = 0; step < 80; step++) {
                fold.apply(subscription.apply(records.batch(subscription.topics())));
                if (random.nextBoolean()) {
                    UUID port = records.anyPort();
                    Optional<Device> device = records.anyDevice(port);
                    device.ifPresentOrElse(d -> devices.put(port, d), () -> devices.remove(port));
                    fold.device(port, device);
                }
                if (random.nextBoolean()) {
                    UUID router = records.anyRouter();
                    UUID gateway = records.anyGateway(router);
                    Optional<String> holder = records.anyHolder();
                    holder.ifPresentOrElse(host -> holders.put(gateway, host), () -> holders.remove(gateway));
                    Optional<Set<IpFamily>> said = records.anyLost();
                    said.ifPresent(families -> lost.put(gateway, families));
                    fold.holder(router, gateway, holder, said);
                }
                if (random.nextInt(3) > 0) {
                    fold.flush();
                    Fold other = fromNothing(subscription, devices, holders, lost, random);
                    assertThat(Symbolic.of(fold))
                            .as("seed %s step %s", seed + world, step)
                            .isEqualTo(Symbolic.of(other));
                    follow(fold, watched);
                    Map<UUID, WatchedGateway> present = new HashMap<>();
                    follow(other, present);
                    assertThat(watched)
                            .as("seed %s step %s, gateways", seed + world, step)
                            .isEqualTo(present);
                }
                if (random.nextInt(5) == 0) {
                    fold.takeFreedPorts().forEach(fold::releasePort);
                    fold.settled(true);
                }
            }
        }
    }

    private static void follow(Fold fold, Map<UUID, WatchedGateway> watched) {
        fold.takeGatewayNews().forEach((id, gateway) -> {
            watched.remove(id);
            gateway.ifPresent(now -> watched.put(id, now));
        });
    }

    @Test
    void listenersHearOfExactlyWhatIsDifferent() throws ProtocolException {
        Random random = new Random(7);
        RandomRecords records = new RandomRecords(random);
        Subscription subscription = new Subscription();
        Fold fold = fold();
        Map<String, Object> mirror = new HashMap<>();
        fold.tables().all().forEach(table -> mirror(table, mirror));
        for (int step = 0; step < 300; step++) {
            fold.apply(subscription.apply(records.batch(subscription.topics())));
            UUID port = records.anyPort();
            fold.device(port, records.anyDevice(port));
            fold.flush();
        }
        Map<String, Object> whole = new HashMap<>();
        fold.tables()
                .all()
                .forEach(table -> table.keys().forEach(key -> whole.put(table.name() + key, value(table, key))));
        assertThat(mirror).isEqualTo(whole).isNotEmpty();
    }

    private static <K, V> void mirror(DesiredTable<K, V> table, Map<String, Object> mirror) {
        table.onChange(key -> {
            Optional<V> value = table.get(key);
            Object before = value.<Object>map(v -> v)
                    .map(v -> mirror.put(table.name() + key, v))
                    .orElse(null);
            if (value.isEmpty()) {
                assertThat(mirror.remove(table.name() + key)).isNotNull();
            } else {
                assertThat(before).isNotEqualTo(value.get());
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static <K, V> Object value(DesiredTable<K, V> table, Object key) {
        return table.get((K) key).orElseThrow();
    }

    @Test
    void nodesOnTheLinkAreTheirOwnNextHop() {
        Fold fold = fold();
        for (String last : List.of("1", "2")) {
            String host = "host-" + last;
            Topic topic = Topic.peer(host);
            Peer peer = new Peer(host, List.of(IpAddress.parse("192.0.2." + last)));
            fold.apply(List.of(new Subscription.Difference(topic, peer.key(), Optional.empty(), Optional.of(peer))));
        }
        fold.neighbourhood(
                new Neighbourhood(Set.of(IpPrefix.parse("192.0.2.0/24")), Set.of(IpPrefix.parse("192.0.2.2/32"))));
        fold.flush();
        IpAddress near = IpAddress.parse("192.0.2.1");
        assertThat(nodes(fold))
                .containsExactlyInAnyOrder(
                        new NodeAddress(near, near, 0), new NodeAddress(IpAddress.parse("192.0.2.2")));
        fold.neighbourhood(Neighbourhood.NONE);
        fold.flush();
        assertThat(nodes(fold)).contains(new NodeAddress(near));
    }

    private static List<NodeAddress> nodes(Fold fold) {
        DesiredTable<Integer, NodeAddress> nodes = fold.tables().nodes();
        return nodes.keys().stream().map(nodes::get).flatMap(Optional::stream).toList();
    }
}
