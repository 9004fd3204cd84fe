package io.weft.kubernetes.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kubernetes.translate.AttachmentDefinition;
import io.weft.kubernetes.translate.ClusterNode;
import io.weft.kubernetes.translate.Direction;
import io.weft.kubernetes.translate.GroupKey;
import io.weft.kubernetes.translate.GroupSpec;
import io.weft.kubernetes.translate.HostSpec;
import io.weft.kubernetes.translate.NamedPort;
import io.weft.kubernetes.translate.Namespace;
import io.weft.kubernetes.translate.PeerSet;
import io.weft.kubernetes.translate.Place;
import io.weft.kubernetes.translate.Pod;
import io.weft.kubernetes.translate.Policy;
import io.weft.kubernetes.translate.PolicyKind;
import io.weft.kubernetes.translate.PortSpec;
import io.weft.kubernetes.translate.Protocol;
import io.weft.kubernetes.translate.Selector;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import io.weft.model.Tier;
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

    private static final String ON_NODE = new GroupKey.OnNode("node1").id();

    private final DesiredState state = new DesiredState(false);

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
        return Policy.ofNamespace(
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
        assertThat(groupsOf("uid-x-a")).containsExactlyInAnyOrder(OPEN_OUT, "policy-uid-x-p", ON_NODE);
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

    private static Pod withNetworks(Pod pod, String networks) {
        return new Pod(
                pod.namespace(),
                pod.name(),
                pod.uid(),
                pod.deviceId(),
                pod.node(),
                pod.labels(),
                networks.isEmpty() ? Map.of() : Map.of("weft.io/networks", networks),
                false,
                false,
                pod.ports());
    }

    @Test
    void furtherInterfacesHavePortsInThePodsGroupsWhichComeBeforeItsOwn() {
        state.put(namespace("x", "x"));
        state.put(policy("x", "p", is("pod", "a"), from(in("x", "b"))));
        Pod pod = pod("x", "a", "a", 0);
        state.put(withNetworks(pod, "storage@san,backup"));
        assertThat(touchedPorts()).containsExactlyInAnyOrder("uid-x-a", "uid-x-a:san", "uid-x-a:net2");
        PortSpec own = state.port("uid-x-a").orElseThrow();
        assertThat(own.before()).containsExactly("uid-x-a:san", "uid-x-a:net2");
        PortSpec further = state.port("uid-x-a:san").orElseThrow();
        assertThat(further.place()).isEqualTo(new Place.Existing("storage", List.of()));
        assertThat(further.groups()).isEqualTo(own.groups()).contains("policy-uid-x-p");
        assertThat(further.device()).isEqualTo("uid-x-a:san");

        state.put(withNetworks(pod, "storage@san"));
        assertThat(touchedPorts()).contains("uid-x-a:net2");
        assertThat(state.port("uid-x-a:net2")).isEmpty();
        state.removePolicy("x/p");
        assertThat(touchedPorts()).containsExactlyInAnyOrder("uid-x-a", "uid-x-a:san");
        state.put(withNetworks(pod, "storage@eth0"));
        assertThat(state.port("uid-x-a:san")).isEmpty();
        assertThatThrownBy(() -> state.port("uid-x-a")).hasMessageContaining("eth0");
        state.put(withNetworks(pod, "storage@san"));
        touchedPorts();
        state.removePod("x/a");
        assertThat(touchedPorts()).containsExactlyInAnyOrder("uid-x-a", "uid-x-a:san");
        assertThat(state.devices()).isEmpty();
    }

    private static Pod withAttachments(Pod pod, String networks, String attachments) {
        Pod plain = withNetworks(pod, networks);
        Map<String, String> annotations = new HashMap<>(plain.annotations());
        annotations.put("k8s.v1.cni.cncf.io/networks", attachments);
        return new Pod(
                pod.namespace(),
                pod.name(),
                pod.uid(),
                pod.deviceId(),
                pod.node(),
                pod.labels(),
                annotations,
                false,
                false,
                pod.ports());
    }

    private static AttachmentDefinition definition(String name, String network) {
        return new AttachmentDefinition(
                "x/" + name,
                network.isEmpty() ? Optional.empty() : Optional.of(new Place.Existing(network, List.of())));
    }

    @Test
    void attachmentsHavePortsWhenTheClusterHasTheKindAndTheDefinitionIsOurs() {
        state.put(namespace("x", "x"));
        state.put(withAttachments(pod("x", "a", "a", 0), "backup@b0", "san,other@mac0,y/late"));
        assertThat(state.devices()).as("no such kind").containsExactlyInAnyOrder("uid-x-a", "uid-x-a:b0");
        touchedPorts();
        state.offerAttachments(true);
        state.put(definition("san", "storage"));
        state.put(definition("other", ""));
        assertThat(touchedPorts()).contains("uid-x-a", "uid-x-a:net1");
        assertThat(state.devices()).containsExactlyInAnyOrder("uid-x-a", "uid-x-a:b0", "uid-x-a:net1", "uid-x-a:net3");
        assertThat(state.port("uid-x-a").orElseThrow().before())
                .containsExactly("uid-x-a:b0", "uid-x-a:net1", "uid-x-a:net3");
        assertThat(state.port("uid-x-a:net1").orElseThrow().place())
                .isEqualTo(new Place.Existing("storage", List.of()));
        assertThat(state.port("uid-x-a:net3").orElseThrow().place())
                .isEqualTo(new Place.Unknown("y/late", "is not there"));
        state.removeAttachment("x/san");
        assertThat(state.port("uid-x-a:net1")).as("the port stays with its pod").isPresent();
        state.put(definition("san", ""));
        assertThat(touchedPorts()).contains("uid-x-a:net1");
        assertThat(state.port("uid-x-a:net1")).isEmpty();
        state.put(definition("san", "storage"));
        state.offerAttachments(false);
        assertThat(state.devices()).containsExactlyInAnyOrder("uid-x-a", "uid-x-a:b0");
    }

    @Test
    void bothAnnotationsTogetherNameAnInterfaceOnce() {
        state.offerAttachments(true);
        state.put(definition("san", "storage"));
        state.put(namespace("x", "x"));
        state.put(withAttachments(pod("x", "a", "a", 0), "backup", "san"));
        assertThatThrownBy(() -> state.port("uid-x-a")).hasMessageContaining("another interface 'net1'");
        state.put(withAttachments(pod("x", "a", "a", 0), "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p", "san@san0"));
        assertThatThrownBy(() -> state.port("uid-x-a")).hasMessageContaining("more than 16");
    }

    @Test
    void nodesMayHaveOtherNames() {
        state.put(namespace("x", "x"));
        state.put(pod("x", "a", "a", 0));
        assertThat(state.port("uid-x-a").orElseThrow().host()).isEqualTo("node1");
        touchedPorts();
        state.put(new ClusterNode("node1", "uid-of-node1", "rack1", Map.of(), List.of(), List.of(), Optional.empty()));
        assertThat(touchedPorts()).containsExactly("uid-x-a");
        assertThat(state.port("uid-x-a").orElseThrow().host()).isEqualTo("rack1");
    }

    private static ClusterNode node(String name, String... addresses) {
        return new ClusterNode(
                name,
                "uid-of-" + name,
                name,
                Map.of("zone", name),
                List.of(addresses).stream().map(IpAddress::parse).sorted().toList(),
                List.of(),
                Optional.empty());
    }

    private static ClusterNode withOutside(ClusterNode node, String zone, String outside) {
        return new ClusterNode(
                node.name(),
                node.uid(),
                node.host(),
                Map.of("zone", zone),
                node.addresses(),
                List.of(IpAddress.parse(outside)),
                Optional.empty());
    }

    private static Policy tiered(Tier tier, String name, PeerSet subject, Policy.Rule... rules) {
        return new Policy(
                PolicyKind.CLUSTER_NETWORK_POLICY,
                Optional.empty(),
                name,
                "uid-" + name,
                subject,
                new Precedence(tier, 7),
                Set.of(),
                List.of(rules));
    }

    private static Policy.Rule deny(Direction direction, Policy.Peer peer) {
        return new Policy.Rule(RuleAction.DENY, 0, direction, List.of(peer), List.of());
    }

    private static String key(String name) {
        return Policy.key(PolicyKind.CLUSTER_NETWORK_POLICY, name);
    }

    @Test
    void policiesOfTheClusterComeBeforeAndAfterThoseOfANamespace() {
        String probes = new GroupKey.Probes("node1").id();
        Policy.Peer b = new Policy.Peer.Pods(in("x", "b"));
        String peers = new GroupKey.Peers(in("x", "b")).id();
        state.put(namespace("x", "x"));
        state.put(pod("x", "a", "a", 0));
        state.put(pod("x", "b", "b", 0));
        state.put(tiered(Tier.ADMIN, "first", in("x", "a"), deny(Direction.EGRESS, b)));
        assertThat(groupsOf("uid-x-a")).containsExactlyInAnyOrder(OPEN_IN, OPEN_OUT, "admin-egress-uid-first");
        assertThat(groupsOf("uid-x-b")).containsExactlyInAnyOrder(OPEN_IN, OPEN_OUT, peers);
        state.put(tiered(Tier.BASELINE, "last", in("x", "a"), deny(Direction.INGRESS, b), deny(Direction.EGRESS, b)));
        assertThat(groupsOf("uid-x-a"))
                .containsExactlyInAnyOrder(
                        "admin-egress-uid-first",
                        "baseline-ingress-uid-last",
                        "baseline-egress-uid-last",
                        "unsaid-ingress",
                        "unsaid-egress",
                        probes);
        assertThat(state.group(probes).orElseThrow()).satisfies(group -> {
            assertThat(group.precedence()).isEqualTo(new Precedence(Tier.ADMIN, 0));
            assertThat(group.rules())
                    .hasSize(2)
                    .allMatch(rule -> rule.direction() == Direction.INGRESS)
                    .allMatch(
                            rule -> rule.remote().equals(new GroupSpec.Remote.Group(new GroupKey.Host("node1").id())));
        });
        assertThat(state.group(new GroupKey.Host("node1").id())).isPresent();
        // What isolates has the last word in its direction, and in no other.
        state.put(policy("x", "p", is("pod", "a"), from(in("x", "b"))));
        assertThat(groupsOf("uid-x-a"))
                .containsExactlyInAnyOrder(
                        "policy-uid-x-p",
                        ON_NODE,
                        "admin-egress-uid-first",
                        "baseline-egress-uid-last",
                        "unsaid-egress");
        state.removePolicy(key("first"));
        state.removePolicy(key("last"));
        state.removePolicy("x/p");
        assertThat(groupsOf("uid-x-a")).containsExactlyInAnyOrder(OPEN_IN, OPEN_OUT);
        assertThat(groupsOf("uid-x-b")).containsExactlyInAnyOrder(OPEN_IN, OPEN_OUT);
        assertThat(state.group("admin-egress-uid-first")).isEmpty();
        assertThat(state.group("unsaid-ingress")).isEmpty();
        assertThat(state.group(probes)).isEmpty();
    }

    @Test
    void aPolicyWhoseRulesChangeTouchesNoPod() {
        state.put(namespace("x", "x"));
        state.put(pod("x", "a", "a", 0));
        state.put(tiered(Tier.ADMIN, "p", in("x", "a"), deny(Direction.EGRESS, new Policy.Peer.Pods(in("x", "a")))));
        touchedPorts();
        state.takeGroups(_ -> {});
        Policy.Rule other = new Policy.Rule(
                RuleAction.PASS, 1, Direction.EGRESS, List.of(new Policy.Peer.Pods(in("x", "a"))), List.of());
        state.put(tiered(Tier.ADMIN, "p", in("x", "a"), other));
        Set<String> groups = new HashSet<>();
        state.takeGroups(groups::add);
        assertThat(groups).contains("admin-egress-uid-p");
        assertThat(touchedPorts()).isEmpty();
    }

    @Test
    void nodesThatRulesNameAreInAGroupOfTheirLabels() {
        Selector zone = is("zone", "node1");
        String group = new GroupKey.Nodes(zone).id();
        state.put(node("node1", "192.0.2.1"));
        state.put(node("node2", "192.0.2.2"));
        touchedHosts();
        state.put(tiered(Tier.ADMIN, "p", PeerSet.ALL, deny(Direction.EGRESS, new Policy.Peer.Nodes(zone))));
        assertThat(touchedHosts()).containsExactlyInAnyOrder("uid-of-node1", "uid-of-node2");
        assertThat(state.host("uid-of-node1").orElseThrow().groups()).contains(group);
        assertThat(state.host("uid-of-node2").orElseThrow().groups()).doesNotContain(group);
        assertThat(state.group(group).orElseThrow().rules()).isEmpty();
        state.takeGroups(_ -> {});
        state.put(withOutside(node("node2", "192.0.2.2"), "node1", "198.51.100.2"));
        assertThat(state.host("uid-of-node2").orElseThrow().groups()).contains(group);
        Set<String> touched = new HashSet<>();
        state.takeGroups(touched::add);
        assertThat(touched).contains("admin-egress-uid-p");
        assertThat(state.group("admin-egress-uid-p").orElseThrow().rules())
                .extracting(GroupSpec.Rule::remote)
                .contains(new GroupSpec.Remote.Prefix(IpPrefix.parse("198.51.100.2/32")));
        state.removePolicy(key("p"));
        assertThat(state.host("uid-of-node1").orElseThrow().groups()).doesNotContain(group);
        assertThat(state.group(group)).isEmpty();
    }

    @Test
    void aNodeThatIsAMachineOfTheNetworkIsItsAddressesToItsPods() {
        DesiredState nested = new DesiredState(true);
        nested.put(namespace("x", "x"));
        nested.put(pod("x", "a", "a", 0));
        nested.put(policy("x", "p", is("pod", "a"), from(in("x", "b"))));
        assertThat(nested.port("uid-x-a").orElseThrow().groups()).contains(ON_NODE);
        assertThat(nested.group(ON_NODE).orElseThrow().rules()).isEmpty();
        nested.takeGroups(_ -> {});
        nested.put(node("node1", "192.0.2.7", "2001:db8::7"));
        Set<String> touched = new HashSet<>();
        nested.takeGroups(touched::add);
        assertThat(touched).containsExactly(ON_NODE);
        assertThat(nested.group(ON_NODE).orElseThrow().rules())
                .extracting(rule -> rule.direction() + " " + rule.family() + " " + rule.remote())
                .containsExactlyInAnyOrder(
                        "INGRESS IPV4 Prefix[prefix=192.0.2.7/32]",
                        "EGRESS IPV4 Prefix[prefix=192.0.2.7/32]",
                        "INGRESS IPV6 Prefix[prefix=2001:db8::7/128]",
                        "EGRESS IPV6 Prefix[prefix=2001:db8::7/128]");
        assertThat(nested.group(new GroupKey.Host("node1").id())).isEmpty();
        assertThat(nested.host("uid-of-node1").orElseThrow().groups()).isEmpty();
        nested.removeNode("node1");
        assertThat(nested.group(ON_NODE).orElseThrow().rules()).isEmpty();
    }

    @Test
    void policiesOfTheClusterKnowMachinesByTheirAddresses() {
        DesiredState nested = new DesiredState(true);
        nested.put(namespace("x", "x"));
        nested.put(pod("x", "a", "a", 0));
        nested.put(tiered(
                Tier.BASELINE,
                "last",
                in("x", "a"),
                deny(Direction.INGRESS, new Policy.Peer.Pods(in("x", "b"))),
                deny(Direction.EGRESS, new Policy.Peer.Nodes(is("zone", "node1")))));
        nested.takeGroups(_ -> {});
        nested.put(node("node1", "192.0.2.7"));
        String probes = new GroupKey.Probes("node1").id();
        Set<String> touched = new HashSet<>();
        nested.takeGroups(touched::add);
        assertThat(touched).contains(probes, "baseline-egress-uid-last");
        GroupSpec.Remote machine = new GroupSpec.Remote.Prefix(IpPrefix.parse("192.0.2.7/32"));
        assertThat(nested.group(probes).orElseThrow().rules())
                .extracting(GroupSpec.Rule::remote)
                .containsExactly(machine);
        assertThat(nested.group("baseline-egress-uid-last").orElseThrow().rules())
                .extracting(GroupSpec.Rule::remote)
                .contains(machine);
    }

    private Set<String> touchedHosts() {
        Set<String> touched = new HashSet<>();
        state.takeHosts(touched::add);
        return touched;
    }

    private List<String> addressesOf(String node) {
        return state.host("uid-of-" + node).orElseThrow().addresses().stream()
                .map(IpAddress::toString)
                .toList();
    }

    @Test
    void aNodeHasAPortInTheGroupThatItsIsolatedPodsSpeakWith() {
        String host = new GroupKey.Host("node1").id();
        assertThat(state.group(host)).isEmpty();
        state.put(node("node1", "192.0.2.1"));
        assertThat(touchedHosts()).containsExactly("uid-of-node1");
        assertThat(state.host("uid-of-node1").orElseThrow().groups())
                .containsExactlyInAnyOrder(OPEN_IN, OPEN_OUT, host);
        assertThat(state.group(host).orElseThrow().rules()).isEmpty();
        assertThat(state.group(ON_NODE)).isEmpty();
        state.put(namespace("x", "x"));
        state.put(pod("x", "a", "a", 0));
        state.put(policy("x", "p", is("pod", "a"), from(in("x", "b"))));
        assertThat(state.group(ON_NODE).orElseThrow().rules())
                .hasSize(4)
                .allMatch(rule -> rule.remote().equals(new GroupSpec.Remote.Group(host)));
        state.removeNode("node1");
        assertThat(touchedHosts()).containsExactly("uid-of-node1");
        assertThat(state.host("uid-of-node1")).isEmpty();
        assertThat(state.group(host)).as("its pods are still there").isPresent();
        state.removePod("x/a");
        assertThat(state.group(host)).isEmpty();
    }

    @Test
    void ofNodesThatClaimAnAddressTheFirstByNameHasIt() {
        state.put(node("node2", "192.0.2.1", "192.0.2.2"));
        assertThat(addressesOf("node2")).containsExactly("192.0.2.1", "192.0.2.2");
        touchedHosts();
        state.put(node("node1", "192.0.2.1"));
        assertThat(touchedHosts()).containsExactlyInAnyOrder("uid-of-node1", "uid-of-node2");
        assertThat(addressesOf("node1")).containsExactly("192.0.2.1");
        assertThat(addressesOf("node2")).containsExactly("192.0.2.2");
        state.removeNode("node1");
        assertThat(touchedHosts()).contains("uid-of-node2");
        assertThat(addressesOf("node2")).containsExactly("192.0.2.1", "192.0.2.2");
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
        Map<String, ClusterNode> nodes = new TreeMap<>();
        Map<String, Optional<HostSpec>> hosts = new HashMap<>();
        Map<String, Optional<PortSpec>> ports = new HashMap<>();
        Map<String, Optional<GroupSpec>> groups = new HashMap<>();
        for (int step = 0; step < 200; step++) {
            change(random, namespaces, pods, policies);
            if (random.nextInt(5) == 0) {
                change(random, nodes);
            }
            if (random.nextInt(3) == 0) {
                changeTiers(random, policies);
            }
            DesiredState anew = new DesiredState(false);
            List<Object> all = new ArrayList<>(pods.values());
            all.addAll(policies.values());
            all.addAll(namespaces.values());
            all.addAll(nodes.values());
            Collections.shuffle(all, random);
            for (Object each : all) {
                switch (each) {
                    case Pod pod -> anew.put(pod);
                    case Policy policy -> anew.put(policy);
                    case Namespace namespace -> anew.put(namespace);
                    case ClusterNode node -> anew.put(node);
                    default -> throw new AssertionError(each);
                }
            }
            state.takePorts(device -> ports.put(device, state.port(device)));
            state.takeGroups(id -> groups.put(id, state.group(id)));
            state.takeHosts(node -> hosts.put(node, state.host(node)));
            Map<String, Optional<HostSpec>> expectedHosts = new HashMap<>();
            anew.takeHosts(node -> expectedHosts.put(node, anew.host(node)));
            assertThat(present(hosts))
                    .as("hosts at step %s of seed %s", step, seed)
                    .isEqualTo(present(expectedHosts));
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

    private void changeTiers(Random random, Map<String, Policy> policies) {
        String name = "t" + random.nextInt(3);
        if (random.nextInt(3) == 0) {
            policies.remove(key(name));
            state.removePolicy(key(name));
            return;
        }
        PeerSet set = in("l" + random.nextInt(3), "l" + random.nextInt(3));
        PeerSet subject = random.nextBoolean() ? PeerSet.ALL : in("l" + random.nextInt(3), "l" + random.nextInt(3));
        Policy put = tiered(
                random.nextBoolean() ? Tier.ADMIN : Tier.BASELINE,
                name,
                subject,
                switch (random.nextInt(5)) {
                    case 0 -> new Policy.Rule[] {named(Direction.INGRESS, set)};
                    case 1 -> new Policy.Rule[] {named(Direction.EGRESS, set), from(set)};
                    case 2 ->
                        new Policy.Rule[] {
                            deny(Direction.EGRESS, new Policy.Peer.Nodes(is("zone", "node" + random.nextInt(3))))
                        };
                    case 3 -> new Policy.Rule[0];
                    default ->
                        new Policy.Rule[] {
                            deny(Direction.INGRESS, new Policy.Peer.Pods(set)),
                            deny(Direction.EGRESS, new Policy.Peer.Pods(PeerSet.ALL))
                        };
                });
        policies.put(put.key(), put);
        state.put(put);
    }

    private void change(Random random, Map<String, ClusterNode> nodes) {
        String name = "node" + random.nextInt(3);
        if (random.nextInt(3) == 0) {
            nodes.remove(name);
            state.removeNode(name);
        } else {
            ClusterNode put = node(name, "192.0.2." + random.nextInt(3), "2001:db8::" + random.nextInt(3));
            if (random.nextBoolean()) {
                put = withOutside(put, "node" + random.nextInt(3), "198.51.100." + random.nextInt(3));
            }
            nodes.put(name, put);
            state.put(put);
        }
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
                Pod put = withNetworks(
                        pod(namespace, name, label, random.nextInt(3) * 1000),
                        List.of("", "a", "a,b", "c@net2").get(random.nextInt(4)));
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
