package io.weft.kubernetes.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.RuleAction;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NetworkPolicies as security groups, by example. */
class PoliciesTest {
    private static final NamedPort HTTP = new NamedPort("http", Protocol.TCP);

    static Policy policy(String spec) {
        return Policies.read(Serialization.unmarshal("""
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {namespace: x, name: p, uid: u1}
                spec: %s
                """.formatted(spec), NetworkPolicy.class));
    }

    /** The rules of the policy's group for IPv4, sorted, in short: direction, protocol and ports, other end. */
    private static Set<String> rules(String spec, Map<NamedPort, Integer> own) {
        Policy policy = policy(spec);
        return texts(policy, policy.parts().iterator().next(), own);
    }

    /** Those of a part: nodes have the address 198.51.100.1 besides their own. */
    static Set<String> texts(Policy policy, Policy.Part part, Map<NamedPort, Integer> own) {
        Groups.Meanings meanings = new Groups.Meanings() {
            @Override
            public Set<Integer> numbers(Policy.NamedPeers named) {
                return named.port().protocol() == Protocol.TCP ? Set.of(8080, 9090) : Set.of();
            }

            @Override
            public List<IpAddress> outside(Selector nodes) {
                return List.of(IpAddress.parse("198.51.100.1"));
            }
        };
        return Groups.rules(new GroupKey.Rules(policy.uid(), part, own), policy, meanings).rules().stream()
                .filter(rule -> rule.family() == IpFamily.IPV4)
                .map(PoliciesTest::text)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static String text(GroupSpec.Rule rule) {
        String ports = rule.ports()
                .map(range -> ":" + range.first() + (range.first() == range.last() ? "" : "-" + range.last()))
                .orElse("");
        return (rule.action() == RuleAction.ALLOW && rule.position() == 0
                        ? ""
                        : rule.position() + " " + rule.action().text() + " ")
                + rule.direction().text() + " "
                + rule.protocol().map(Protocol::text).orElse("any") + ports + " "
                + switch (rule.remote()) {
                    case GroupSpec.Remote.Anyone _ -> "anyone";
                    case GroupSpec.Remote.Prefix prefix -> prefix.prefix().toString();
                    case GroupSpec.Remote.Group group -> group.id();
                };
    }

    private static String peers(PeerSet set) {
        return new GroupKey.Peers(set).id();
    }

    private static Selector selector(String key, String value) {
        return new Selector(List.of(new Selector.Requirement(key, Selector.Operator.IN, List.of(value))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    {podSelector: {}}                                            | INGRESS
                    {podSelector: {}, ingress: [{}]}                             | INGRESS
                    {podSelector: {}, egress: [{}]}                              | INGRESS,EGRESS
                    {podSelector: {}, policyTypes: [Ingress]}                    | INGRESS
                    {podSelector: {}, policyTypes: [Egress]}                     | EGRESS
                    {podSelector: {}, policyTypes: [Ingress, Egress]}            | INGRESS,EGRESS
                    """)
    void directionsAreClosedAsPolicyTypesSay(String spec, String closed) {
        assertThat(policy(spec).isolated().stream().map(Direction::name)).containsExactlyInAnyOrder(closed.split(","));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    {ingress: []}                                                               |
                    {ingress: [{}]}                                                             | ingress any anyone
                    {egress: [{}], policyTypes: [Ingress]}                                      |
                    {ingress: [{ports: [{port: 80}]}]}                                          | ingress tcp:80 anyone
                    {ingress: [{ports: [{protocol: UDP, port: 53}, {protocol: SCTP, port: 7}]}]} | ingress sctp:7 anyone,ingress udp:53 anyone
                    {ingress: [{ports: [{port: 8000, endPort: 8010}]}]}                         | ingress tcp:8000-8010 anyone
                    {ingress: [{ports: [{protocol: UDP}]}]}                                     | ingress udp anyone
                    {ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}                         | ingress any anyone
                    {ingress: [{from: [{ipBlock: {cidr: 10.0.0.7/8}}]}]}                        | ingress any 10.0.0.0/8
                    {ingress: [{from: [{ipBlock: {cidr: "fd00::/8"}}]}]}                        |
                    {egress: [{to: [{ipBlock: {cidr: 10.0.0.0/30, except: [10.0.0.1/32]}}]}]}   | egress any 10.0.0.0/32,egress any 10.0.0.2/31
                    {egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}]}]}     |
                    {ingress: [{ports: [{port: 80}, {port: 80}]}, {ports: [{port: 80}]}]}       | ingress tcp:80 anyone
                    {ingress: [{ports: [{port: http}]}]}                                        | ingress tcp:8443 anyone
                    {ingress: [{ports: [{port: https}]}]}                                       |
                    {ingress: [{ports: [{port: http, protocol: UDP}]}]}                         |
                    """)
    void rulesAreTheseForIpv4(String spec, String expected) {
        assertThat(String.join(",", rules(spec, Map.of(HTTP, 8443)))).isEqualTo(expected == null ? "" : expected);
    }

    @Test
    void podsAreNamedByTheGroupOfTheirSelectors() {
        String here = peers(new PeerSet(new PeerSet.Scope.One("x"), selector("pod", "b")));
        String there = peers(new PeerSet(new PeerSet.Scope.Matching(selector("ns", "y")), Selector.EVERYTHING));
        String both = peers(new PeerSet(new PeerSet.Scope.Matching(selector("ns", "y")), selector("pod", "b")));
        assertThat(rules("{ingress: [{from: [{podSelector: {matchLabels: {pod: b}}}]}]}", Map.of()))
                .containsExactly("ingress any " + here);
        assertThat(rules("{ingress: [{from: [{namespaceSelector: {matchLabels: {ns: y}}}]}]}", Map.of()))
                .containsExactly("ingress any " + there);
        assertThat(rules(
                        "{ingress: [{from: [{namespaceSelector: {matchLabels: {ns: y}}, "
                                + "podSelector: {matchExpressions: [{key: pod, operator: In, values: [b]}]}}]}]}",
                        Map.of()))
                .containsExactly("ingress any " + both);
    }

    @Test
    void namesOfOtherPodsPortsMeanWhatTheyMeanThere() {
        PeerSet set = new PeerSet(new PeerSet.Scope.One("x"), selector("pod", "b"));
        String spec = "{egress: [{to: [{podSelector: {matchLabels: {pod: b}}}, {ipBlock: {cidr: 192.0.2.0/24}}], "
                + "ports: [{port: http}]}]}";
        assertThat(rules(spec, Map.of(HTTP, 1)))
                .containsExactlyInAnyOrder(
                        "egress tcp:8080 " + peers(set.having(HTTP, 8080)),
                        "egress tcp:9090 " + peers(set.having(HTTP, 9090)));
        assertThat(policy(spec).namedPeers()).containsExactly(new Policy.NamedPeers(set, HTTP));
        assertThat(policy(spec).peers()).isEmpty();
        assertThat(policy("{egress: [{ports: [{port: http}]}]}").namedPeers())
                .containsExactly(new Policy.NamedPeers(PeerSet.ALL, HTTP));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    {policyTypes: [Sideways]}                                   | neither Ingress nor Egress
                    {ingress: [{from: [{}]}]}                                   | neither podSelector
                    {ingress: [{from: [{ipBlock: {cidr: everywhere}}]}]}        | not a valid IP prefix
                    {ingress: [{ports: [{port: http, endPort: 90}]}]}           | by number
                    {ingress: [{ports: [{endPort: 90}]}]}                       | needs port
                    {ingress: [{ports: [{port: 90, endPort: 80}]}]}             | no range
                    {ingress: [{ports: [{protocol: ICMP, port: 8}]}]}           | neither TCP, UDP nor SCTP
                    {podSelector: {matchExpressions: [{key: a, operator: Is}]}} | not known
                    """)
    void whatMakesNoSenseIsRefusedByName(String spec, String message) {
        assertThatThrownBy(() -> policy(spec))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    {}                                                            | true  | true
                    {matchLabels: {pod: a}}                                       | true  | false
                    {matchExpressions: [{key: pod, operator: NotIn, values: [a]}]} | false | true
                    {matchExpressions: [{key: pod, operator: Exists}]}            | true  | false
                    {matchExpressions: [{key: pod, operator: DoesNotExist}]}      | false | true
                    {matchLabels: {pod: a, tier: web}}                            | false | false
                    """)
    void selectorsMatchAsInKubernetes(String selector, boolean labelled, boolean bare) {
        Selector read = policy("{podSelector: " + selector + "}").subject().pods();
        assertThat(read.matches(Map.of("pod", "a"))).isEqualTo(labelled);
        assertThat(read.matches(Map.of())).isEqualTo(bare);
    }

    @Test
    void theDifferenceOfPrefixesHasEachAddressOnceAndNoOther() {
        IpPrefix whole = IpPrefix.parse("192.0.2.0/24");
        List<IpPrefix> excepted =
                List.of(IpPrefix.parse("192.0.2.64/26"), IpPrefix.parse("192.0.2.9/32"), IpPrefix.parse("10.0.0.0/8"));
        List<IpPrefix> left = PrefixDifference.of(whole, excepted);
        for (int last = 0; last < 256; last++) {
            IpPrefix one = IpPrefix.parse("192.0.2." + last + "/32");
            boolean out = excepted.stream().anyMatch(prefix -> prefix.contains(one));
            assertThat(left.stream().filter(prefix -> prefix.contains(one)).count())
                    .isEqualTo(out ? 0 : 1);
        }
        assertThat(PrefixDifference.of(IpPrefix.parse("::/0"), List.of(IpPrefix.parse("::1/128"))))
                .hasSize(128);
        assertThat(PrefixDifference.of(IpPrefix.parse("0.0.0.0/0"), List.of(IpPrefix.parse("10.0.0.0/8"))))
                .hasSize(8);
    }
}
