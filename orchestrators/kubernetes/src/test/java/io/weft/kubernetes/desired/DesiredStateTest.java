package io.weft.kubernetes.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kubernetes.translate.Direction;
import io.weft.kubernetes.translate.GroupKey;
import io.weft.kubernetes.translate.GroupSpec;
import io.weft.kubernetes.translate.NamedPort;
import io.weft.kubernetes.translate.Namespace;
import io.weft.kubernetes.translate.PeerSet;
import io.weft.kubernetes.translate.Pod;
import io.weft.kubernetes.translate.Policy;
import io.weft.kubernetes.translate.PortSpec;
import io.weft.kubernetes.translate.Protocol;
import io.weft.kubernetes.translate.Selector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What changes touch, and that the outcome is that of everything anew. */
class DesiredStateTest {
    private static final NamedPort WEB = new NamedPort("web", Protocol.TCP);
    private static final String OPEN_IN = new GroupKey.Open(Direction.INGRESS).id();
    private static final String OPEN_OUT = new GroupKey.Open(Direction.EGRESS).id();

    private final DesiredState state = new DesiredState();

    private static Namespace namespace(String name, String label) {
        return new Namespace(name, Map.of("ns", label), Map.of());
    }

    private static Pod pod(String namespace, String name, String label, int web) {
        return new Pod(
                namespace,
                name,
                "uid-" + namespace + "-" + name,
                "uid-" + namespace + "-" + name,
                Optional.of("node1"),
                Map.of("pod", label),
                Map.of(),
                false,
                false,
                web == 0 ? Map.of() : Map.of(WEB, web));
    }

    private static Selector is(String key, String value) {
        return new Selector(List.of(new Selector.Requirement(key, Selector.Operator.IN, List.of(value))));
    }

    private static Policy policy(String namespace, String name, Selector pods, Policy.Rule... rules) {
        return new Policy(
                namespace,
                name,
                "uid-" + namespace + "-" + name,
                pods,
                List.of(rules).stream().map(Policy.Rule::direction).collect(Collectors.toSet()),
                List.of(rules));
    }

    private static Policy.Rule from(PeerSet set) {
        return new Policy.Rule(Direction.INGRESS, List.of(new Policy.Peer.Pods(set)), List.of());
    }

    private static Policy.Rule named(Direction direction, PeerSet set) {
        return new Policy.Rule(direction, List.of(new Policy.Peer.Pods(set)), List.of(new Policy.Ports.Named(WEB)));
    }

    private static PeerSet in(String namespaceLabel, String podLabel) {
        return new PeerSet(new PeerSet.Scope.Matching(is("ns", namespaceLabel)), is("pod", podLabel));
    }

    private Set<String> touchedPorts() {
        Set<String> touched = new HashSet<>();
        state.takePorts(touched::add);
        return touched;
    }

    private Set<String> groupsOf(String device) {
        return state.port(device).map(PortSpec::groups).orElseThrow();
    }

    @Test
    void aPodIsOpenUntilAPolicySelectsItAndThenInTheGroupOfThePolicy() {
        state.put(namespace("x", "x"));
        state.put(pod("x", "a", "a", 0));
        state.put(pod("x", "b", "b", 0));
        assertThat(groupsOf("uid-x-a")).containsExactlyInAnyOrder(OPEN_IN, OPEN_OUT);
        PeerSet peers = in("x", "b");
        state.put(policy("x", "p", is("pod", "a"), from(peers)));
        assertThat(groupsOf("uid-x-a")).containsExactlyInAnyOrder(OPEN_OUT, "policy-uid-x-p");
        assertThat(groupsOf("uid-x-b")).containsExactlyInAnyOrder(OPEN_IN, OPEN_OUT, new GroupKey.Peers(peers).id());
        state.removePolicy("x/p");
        assertThat(groupsOf("uid-x-b")).containsExactlyInAnyOrder(OPEN_IN, OPEN_OUT);
        assertThat(state.group("policy-uid-x-p")).isEmpty();
        assertThat(state.group(new GroupKey.Peers(peers).id())).isEmpty();
    }

    @Test
    void aPodsChangeTouchesItsOwnPortAlone() {
        state.put(namespace("x", "x"));
        for (int i = 0; i < 100; i++) {
            state.put(pod("x", "p" + i, "a", 0));
        }
        state.put(policy("x", "p", Selector.EVERYTHING, from(in("x", "b"))));
        touchedPorts();
        state.put(pod("x", "p7", "b", 0));
        assertThat(touchedPorts()).containsExactly("uid-x-p7");
        state.put(pod("x", "p7", "b", 0));
        assertThat(touchedPorts()).isEmpty();
    }

    @Test
    void nothingIsSaidOfAPodWhoseNamespaceIsNotKnownYet() {
        state.put(pod("x", "a", "a", 0));
        assertThat(state.isUndecided("uid-x-a")).isTrue();
        assertThat(state.port("uid-x-a")).isEmpty();
        touchedPorts();
        state.put(namespace("x", "x"));
        assertThat(touchedPorts()).containsExactly("uid-x-a");
        assertThat(state.isUndecided("uid-x-a")).isFalse();
    }

    @Test
    void aPodOfTheSameNameIsAnotherPod() {
        state.put(namespace("x", "x"));
        state.put(pod("x", "a", "a", 0));
        touchedPorts();
        Pod again = pod("x", "a", "a", 0);
        state.put(
                new Pod("x", "a", "second", "second", again.node(), again.labels(), Map.of(), false, false, Map.of()));
        assertThat(touchedPorts()).containsExactlyInAnyOrder("uid-x-a", "second");
        assertThat(state.port("uid-x-a")).isEmpty();
        assertThat(state.port("second")).isPresent();
    }

    @Test
    void nodesMayHaveOtherNames() {
        state.put(namespace("x", "x"));
        state.put(pod("x", "a", "a", 0));
        assertThat(state.port("uid-x-a").orElseThrow().host()).isEqualTo("node1");
        touchedPorts();
        state.putNode("node1", Optional.of("rack1"));
        assertThat(touchedPorts()).containsExactly("uid-x-a");
        assertThat(state.port("uid-x-a").orElseThrow().host()).isEqualTo("rack1");
    }

    @Test
    void eachMeaningOfANameIsAGroupWhileAPodHasIt() {
        state.put(namespace("x", "x"));
        state.put(pod("x", "a", "a", 8080));
        state.put(pod("x", "b", "a", 9090));
        PeerSet set = in("x", "a");
        state.put(policy("x", "in", is("pod", "a"), named(Direction.INGRESS, set)));
        state.put(policy("x", "out", is("pod", "c"), named(Direction.EGRESS, set)));
        assertThat(groupsOf("uid-x-a")).isNotEqualTo(groupsOf("uid-x-b"));
        assertThat(ports("policy-uid-x-out")).containsExactlyInAnyOrder(8080, 9090);
        Set<String> touched = new HashSet<>();
        state.takeGroups(touched::add);
        state.removePod("x/b");
        state.takeGroups(touched::add);
        assertThat(touched).contains("policy-uid-x-out", new GroupKey.Peers(set.having(WEB, 9090)).id());
        assertThat(ports("policy-uid-x-out")).containsExactly(8080);
    }

    private Set<Integer> ports(String group) {
        return state.group(group).orElseThrow().rules().stream()
                .map(rule -> rule.ports().orElseThrow().first())
                .collect(Collectors.toSet());
    }

    /** Random changes; after each, ports and groups are those of a state that was told everything at once. */
    @Test
    void theOutcomeIsThatOfEverythingAnewAndWhatChangedWasTouched() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<String, Namespace> namespaces = new TreeMap<>();
        Map<String, Pod> pods = new TreeMap<>();
        Map<String, Policy> policies = new TreeMap<>();
        Map<String, Optional<PortSpec>> ports = new HashMap<>();
        Map<String, Optional<GroupSpec>> groups = new HashMap<>();
        for (int step = 0; step < 200; step++) {
            change(random, namespaces, pods, policies);
            DesiredState anew = new DesiredState();
            List<Object> all = new ArrayList<>(pods.values());
            all.addAll(policies.values());
            all.addAll(namespaces.values());
            Collections.shuffle(all, random);
            for (Object each : all) {
                switch (each) {
                    case Pod pod -> anew.put(pod);
                    case Policy policy -> anew.put(policy);
                    case Namespace namespace -> anew.put(namespace);
                    default -> throw new AssertionError(each);
                }
            }
            state.takePorts(device -> ports.put(device, state.port(device)));
            state.takeGroups(id -> groups.put(id, state.group(id)));
            Map<String, Optional<PortSpec>> expectedPorts = new HashMap<>();
            Map<String, Optional<GroupSpec>> expectedGroups = new HashMap<>();
            anew.takePorts(device -> expectedPorts.put(device, anew.port(device)));
            anew.takeGroups(id -> expectedGroups.put(id, anew.group(id)));
            assertThat(present(ports))
                    .as("ports at step %s of seed %s", step, seed)
                    .isEqualTo(present(expectedPorts));
            assertThat(present(groups))
                    .as("groups at step %s of seed %s", step, seed)
                    .isEqualTo(present(expectedGroups));
            assertThat(ports.values().stream().flatMap(Optional::stream).flatMap(port -> port.groups().stream()))
                    .allMatch(id -> groups.getOrDefault(id, Optional.empty()).isPresent());
        }
    }

    private static <T> Map<String, T> present(Map<String, Optional<T>> all) {
        Map<String, T> there = new TreeMap<>();
        all.forEach((key, value) -> value.ifPresent(each -> there.put(key, each)));
        return there;
    }

    private void change(
            Random random, Map<String, Namespace> namespaces, Map<String, Pod> pods, Map<String, Policy> policies) {
        String namespace = "n" + random.nextInt(3);
        String label = "l" + random.nextInt(3);
        String name = "o" + random.nextInt(4);
        String key = namespace + "/" + name;
        if (!namespaces.containsKey(namespace) || random.nextInt(10) == 0) {
            Namespace put = namespace(namespace, label);
            namespaces.put(namespace, put);
            state.put(put);
        }
        switch (random.nextInt(6)) {
            case 0 -> {
                pods.remove(key);
                state.removePod(key);
            }
            case 1 -> {
                policies.remove(key);
                state.removePolicy(key);
            }
            case 2, 3 -> {
                Pod put = pod(namespace, name, label, random.nextInt(3) * 1000);
                pods.put(key, put);
                state.put(put);
            }
            default -> {
                PeerSet set = random.nextBoolean()
                        ? in("l" + random.nextInt(3), "l" + random.nextInt(3))
                        : new PeerSet(new PeerSet.Scope.One(namespace), is("pod", "l" + random.nextInt(3)));
                Policy put = switch (random.nextInt(4)) {
                    case 0 -> policy(namespace, name, is("pod", label), named(Direction.INGRESS, set));
                    case 1 -> policy(namespace, name, is("pod", label), named(Direction.EGRESS, set));
                    case 2 -> policy(namespace, name, Selector.EVERYTHING, from(set));
                    default -> policy(namespace, name, is("pod", label), from(set), named(Direction.EGRESS, set));
                };
                policies.put(key, put);
                state.put(put);
            }
        }
    }
}
