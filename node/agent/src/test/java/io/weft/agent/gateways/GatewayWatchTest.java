package io.weft.agent.gateways;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.tables.PhysicalDevice;
import io.weft.agent.tables.WatchedGateway;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.MacAddress;
import io.weft.responders.NeighbourFrames.Heard;
import io.weft.vrouter.MacKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Several nodes with their watches over an underlay and a segment outside, of which any direction can be cut; each node's
 * programs answer for the gateway for as long as its watch last said so, also while its agent is away.
 */
class GatewayWatchTest {
    private static final UUID ROUTER = new UUID('r', 0);
    private static final UUID GATEWAY = new UUID(7, 8);
    private static final MacAddress MAC = MacAddress.parse("fa:16:3e:ff:00:ee");
    private static final IpAddress ADDRESS = IpAddress.parse("203.0.113.2");
    private static final int NETWORK = 900;
    private static final int TRANSIT = 901;
    private static final int DEVICE = 7;

    /** More than any change takes. */
    private static final int SETTLED = 60;

    private static final class Node {
        Optional<GatewayWatch> watch = Optional.empty();
        boolean programs;
        Optional<String> sendsTo = Optional.empty();
        Optional<Set<IpFamily>> lost = Optional.empty();
        boolean carrier = true;
    }

    private static final class Cluster {
        final Map<String, Node> nodes = new LinkedHashMap<>();
        final List<String> gateways;
        final Set<List<String>> cutUnderlay = new HashSet<>();
        final Set<List<String>> cutOutside = new HashSet<>();
        Random order = new Random(1);
        int mostAnswering;

        Cluster(List<String> gateways, String... senders) {
            this.gateways = List.copyOf(gateways);
            List<String> all = new ArrayList<>(gateways);
            all.addAll(List.of(senders));
            all.forEach(name -> nodes.put(name, new Node()));
            all.forEach(this::start);
        }

        static IpAddress address(String name) {
            return IpAddress.ofIpv4(0xc0000200 + name.charAt(0));
        }

        Node node(String name) {
            return Optional.ofNullable(nodes.get(name)).orElseThrow();
        }

        void start(String name) {
            GatewayWatch watch =
                    new GatewayWatch(name, node(name).programs ? Set.of(new MacKey(NETWORK, MAC)) : Set.of());
            node(name).watch = Optional.of(watch);
            tell(name);
        }

        /** The records say so. */
        void tell(String name) {
            boolean listed = gateways.contains(name);
            Map<String, List<IpAddress>> peers = new HashMap<>();
            (listed ? nodes.keySet() : gateways).forEach(peer -> peers.put(peer, List.of(address(peer))));
            peers.remove(name);
            PhysicalDevice device = new PhysicalDevice(
                    DEVICE, 1500, new MacAddress(0x020000000000L + name.charAt(0)), node(name).carrier);
            node(name)
                    .watch
                    .orElseThrow()
                    .update(Map.of(
                            GATEWAY,
                            Optional.of(new WatchedGateway(
                                    ROUTER,
                                    GATEWAY,
                                    TRANSIT,
                                    gateways,
                                    peers,
                                    NETWORK,
                                    MAC,
                                    ADDRESS,
                                    listed ? Optional.of(device) : Optional.empty(),
                                    List.of()))));
            decide(name);
        }

        void die(String name) {
            node(name).watch = Optional.empty();
            node(name).programs = false;
        }

        void decide(String name) {
            Node node = node(name);
            node.watch.orElseThrow().takeDecisions().forEach((_, decision) -> {
                node.sendsTo = decision.host();
                node.lost = decision.lost();
                node.programs = decision.host().equals(Optional.of(name));
            });
        }

        /** All tick once, in any order. */
        void tick() {
            List<String> names = new ArrayList<>(nodes.keySet());
            Collections.shuffle(names, order);
            for (String name : names) {
                node(name).watch.ifPresent(watch -> turn(name, watch));
                mostAnswering = Math.max(mostAnswering, answering().size());
            }
        }

        private void turn(String name, GatewayWatch watch) {
            GatewayWatch.Turn turn = watch.tick();
            decide(name);
            for (GatewayWatch.Letter letter : turn.letters()) {
                nodes.forEach((other, node) -> {
                    if (address(other).equals(letter.to()) && !cutUnderlay.contains(List.of(name, other))) {
                        node.watch.ifPresent(receiver -> receiver.received(address(name), letter.message()));
                    }
                });
            }
            for (GatewayWatch.Question question : turn.questions()) {
                ask(name, question);
            }
        }

        private void ask(String name, GatewayWatch.Question question) {
            for (String other : gateways) {
                Node node = node(other);
                if (other.equals(name) || isCutOutside(name, other)) {
                    continue;
                }
                boolean answers = node.programs && !isCutOutside(other, name);
                node.watch.ifPresent(watch -> {
                    watch.heard(
                            DEVICE,
                            new Heard.Asked(
                                    ADDRESS,
                                    question.asker(),
                                    question.standing().toMac()));
                    decide(other);
                });
                if (answers) {
                    node(name).watch.ifPresent(watch -> watch.heard(DEVICE, new Heard.Held(ADDRESS, MAC)));
                    decide(name);
                }
            }
        }

        private boolean isCutOutside(String from, String to) {
            return cutOutside.contains(List.of(from, to)) || !node(from).carrier || !node(to).carrier;
        }

        /** Those that answer for the address to someone outside. */
        List<String> answering() {
            return gateways.stream()
                    .filter(name -> node(name).programs && node(name).carrier)
                    .toList();
        }

        void settle() {
            for (int i = 0; i < SETTLED; i++) {
                tick();
            }
        }

        /** Ticks until the gateway is there. */
        int ticksUntil(String holder) {
            for (int ticks = 0; ticks < SETTLED; ticks++) {
                if (answering().equals(List.of(holder))) {
                    return ticks;
                }
                tick();
            }
            throw new AssertionError("answering: " + answering());
        }

        void cut(String from, String to) {
            cutUnderlay.add(List.of(from, to));
        }

        void isolate(String name) {
            for (String other : nodes.keySet()) {
                cut(name, other);
                cut(other, name);
            }
        }
    }

    private static Cluster settled(List<String> gateways, String... senders) {
        Cluster cluster = new Cluster(gateways, senders);
        assertThat(cluster.ticksUntil(gateways.getFirst())).isLessThanOrEqualTo(5);
        cluster.settle();
        assertThat(cluster.answering()).containsExactly(gateways.getFirst());
        cluster.nodes.values().forEach(node -> assertThat(node.sendsTo).contains(gateways.getFirst()));
        return cluster;
    }

    @Test
    void theFirstTakesItAndWhenItDiesTheNextOneDoesAndKeepsIt() {
        Cluster cluster = settled(List.of("a", "b", "c"), "s");
        cluster.die("a");
        // 250 ms each: two seconds.
        assertThat(cluster.ticksUntil("b")).isLessThanOrEqualTo(8);
        cluster.tick();
        cluster.tick();
        assertThat(cluster.node("s").sendsTo).contains("b");
        assertThat(cluster.node("c").sendsTo).contains("b");
        cluster.start("a");
        cluster.settle();
        assertThat(cluster.answering()).containsExactly("b");
        assertThat(cluster.node("a").sendsTo).contains("b");
        cluster.die("b");
        cluster.die("a");
        assertThat(cluster.ticksUntil("c")).isLessThanOrEqualTo(24);
        assertThat(cluster.mostAnswering).isEqualTo(1);
    }

    @Test
    void anAgentThatIsAwayLosesNothing() {
        Cluster cluster = settled(List.of("a", "b"), "s");
        cluster.node("a").watch = Optional.empty();
        cluster.settle();
        assertThat(cluster.answering()).containsExactly("a");
        assertThat(cluster.node("s").sendsTo).contains("a");
        cluster.start("a");
        for (int i = 0; i < SETTLED; i++) {
            assertThat(cluster.answering()).containsExactly("a");
            cluster.tick();
        }
        // The node goes with its agent away: the questions find out.
        cluster.node("a").watch = Optional.empty();
        cluster.settle();
        cluster.die("a");
        cluster.ticksUntil("b");
    }

    @Test
    void twoThatOnlyLostEachOtherLeaveItWhereItIs() {
        Cluster cluster = settled(List.of("a", "b"));
        cluster.isolate("a");
        cluster.settle();
        assertThat(cluster.answering()).containsExactly("a");
        Cluster oneWay = settled(List.of("a", "b"));
        oneWay.cut("a", "b");
        oneWay.settle();
        assertThat(oneWay.answering()).containsExactly("a");
        assertThat(Math.max(cluster.mostAnswering, oneWay.mostAnswering)).isEqualTo(1);
    }

    @Test
    void aHolderThatIsCutOffFromAllYieldsToOneThatIsNot() {
        for (int way = 0; way < 3; way++) {
            Cluster cluster = settled(List.of("a", "b", "c"), "s");
            for (String other : List.of("b", "c", "s")) {
                if (way != 1) {
                    cluster.cut("a", other);
                }
                if (way != 2) {
                    cluster.cut(other, "a");
                }
            }
            assertThat(cluster.ticksUntil("b")).as("way %s", way).isLessThanOrEqualTo(20);
            cluster.settle();
            assertThat(cluster.answering()).containsExactly("b");
            assertThat(cluster.node("s").sendsTo).contains("b");
            cluster.cutUnderlay.clear();
            cluster.settle();
            assertThat(cluster.answering()).containsExactly("b");
            cluster.nodes.values().forEach(node -> assertThat(node.sendsTo).contains("b"));
            assertThat(cluster.mostAnswering).isEqualTo(1);
        }
    }

    @Test
    void aNodeWithoutCarrierGivesUpAtOnce() {
        Cluster cluster = settled(List.of("a", "b"), "s");
        cluster.node("a").carrier = false;
        cluster.tell("a");
        assertThat(cluster.answering()).isEmpty();
        assertThat(cluster.ticksUntil("b")).isLessThanOrEqualTo(6);
        cluster.node("a").carrier = true;
        cluster.tell("a");
        cluster.settle();
        assertThat(cluster.answering()).containsExactly("b");
        assertThat(cluster.mostAnswering).isEqualTo(1);
    }

    @Test
    void aSegmentThatWasInTwoPartsIsLeftWithOne() {
        Cluster cluster = settled(List.of("a", "b"), "s");
        cluster.isolate("a");
        cluster.cutOutside.addAll(Set.of(List.of("a", "b"), List.of("b", "a")));
        cluster.settle();
        assertThat(cluster.answering()).containsExactly("a", "b");
        cluster.cutOutside.clear();
        cluster.settle();
        assertThat(cluster.answering()).hasSize(1);
        cluster.cutUnderlay.clear();
        cluster.settle();
        assertThat(cluster.answering()).hasSize(1);
    }

    @Test
    void strangersWithTheAddressKeepNobodyFromIt() {
        Cluster cluster = new Cluster(List.of("a"));
        for (int i = 0; i < 10; i++) {
            cluster.node("a")
                    .watch
                    .orElseThrow()
                    .heard(DEVICE, new Heard.Held(ADDRESS, MacAddress.parse("02:00:00:00:00:66")));
            cluster.tick();
        }
        assertThat(cluster.answering()).containsExactly("a");
    }

    /** As long as the segment itself is whole, whatever becomes of the underlay, of nodes and of agents. */
    @Test
    void neverDoTwoAnswerOnOneSegment() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        for (int world = 0; world < 300; world++) {
            Random random = new Random(seed + world);
            Cluster cluster = new Cluster(List.of("a", "b", "c"), "s");
            cluster.order = random;
            List<String> names = List.copyOf(cluster.nodes.keySet());
            for (int step = 0; step < 60; step++) {
                String one = names.get(random.nextInt(names.size()));
                String other = names.get(random.nextInt(names.size()));
                switch (random.nextInt(7)) {
                    case 0, 1 -> cluster.cut(one, other);
                    case 2 -> cluster.cutUnderlay.clear();
                    case 3 -> cluster.isolate(one);
                    case 4 -> cluster.die(one);
                    case 5 -> {
                        if (cluster.node(one).watch.isEmpty()) {
                            cluster.start(one);
                        }
                    }
                    default -> cluster.node(one).watch = Optional.empty();
                }
                for (int ticks = random.nextInt(20); ticks > 0; ticks--) {
                    cluster.tick();
                    assertThat(cluster.mostAnswering)
                            .as("seed %s step %s", seed + world, step)
                            .isLessThanOrEqualTo(1);
                }
            }
            cluster.cutUnderlay.clear();
            names.stream().filter(name -> cluster.node(name).watch.isEmpty()).forEach(cluster::start);
            cluster.settle();
            assertThat(cluster.answering()).as("seed %s", seed + world).hasSize(1);
            String holder = cluster.answering().getFirst();
            cluster.nodes.values().forEach(node -> assertThat(node.sendsTo).contains(holder));
            assertThat(cluster.mostAnswering).isEqualTo(1);
        }
    }

    /** What each node knows of the next hops. */
    private static List<Optional<Set<IpFamily>>> lost(Cluster cluster) {
        return cluster.nodes.values().stream().map(node -> node.lost).toList();
    }

    private static void find(Cluster cluster, String name, Set<IpFamily> lost) {
        cluster.node(name).watch.orElseThrow().found(GATEWAY, Optional.of(lost));
        cluster.decide(name);
    }

    @Test
    void whatTheHolderFindsOfItsNextHopsAllKnowAndTheNextHolderGoesOnWithIt() {
        Cluster cluster = new Cluster(List.of("a", "b"), "c");
        cluster.settle();
        assertThat(lost(cluster)).containsOnly(Optional.empty());
        // Who does not hold the gateway finds nothing.
        find(cluster, "b", Set.of(IpFamily.IPV6));
        find(cluster, "a", Set.of(IpFamily.IPV4));
        cluster.settle();
        assertThat(lost(cluster)).containsOnly(Optional.of(Set.of(IpFamily.IPV4)));
        cluster.die("a");
        cluster.settle();
        assertThat(cluster.answering()).containsExactly("b");
        assertThat(cluster.node("b").lost).contains(Set.of(IpFamily.IPV4));
        assertThat(cluster.node("c").lost).contains(Set.of(IpFamily.IPV4));
        find(cluster, "b", Set.of());
        cluster.settle();
        assertThat(cluster.node("c").lost).contains(Set.of());
    }
}
