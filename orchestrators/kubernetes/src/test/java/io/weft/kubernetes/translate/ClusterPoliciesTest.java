package io.weft.kubernetes.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.weft.model.Precedence;
import io.weft.model.Tier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies of the cluster as security groups of tiers, by example. */
class ClusterPoliciesTest {
    private static final String SUBJECT = "subject: {namespaces: {matchLabels: {ns: x}}}, ";
    private static final Map<NamedPort, Integer> OWN = Map.of(new NamedPort("http", Protocol.TCP), 8443);
    private static final String ALL = new GroupKey.Peers(PeerSet.ALL).id();

    private static ClusterPolicies.Reading read(PolicyKind kind, String spec) {
        return ClusterPolicies.read(
                kind,
                Serialization.unmarshal(
                        """
                apiVersion: %s/%s
                kind: %s
                metadata: {name: p, uid: u1}
                spec: %s
                """.formatted(kind.group(), kind.version(), kind.text(), spec),
                        GenericKubernetesResource.class));
    }

    private static ClusterPolicies.Reading admin(String rules) {
        return read(PolicyKind.CLUSTER_NETWORK_POLICY, "{tier: Admin, priority: 5, " + SUBJECT + rules + "}");
    }

    /** The rules for IPv4 of all of a policy's groups, with their positions. */
    private static Set<String> rules(ClusterPolicies.Reading reading) {
        Set<String> all = new TreeSet<>();
        for (Policy.Part part : reading.policy().parts()) {
            Set<String> some = PoliciesTest.texts(reading.policy(), part, OWN);
            assertThat(some).allMatch(rule -> part.directions().stream().anyMatch(each -> rule.contains(each.text())));
            all.addAll(some);
        }
        return all;
    }

    private static String peers(PeerSet set) {
        return new GroupKey.Peers(set).id();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    CLUSTER_NETWORK_POLICY        | tier: Admin, priority: 0       | ADMIN    | 1
                    CLUSTER_NETWORK_POLICY        | tier: Admin, priority: 1000    | ADMIN    | 1001
                    CLUSTER_NETWORK_POLICY        | tier: Baseline, priority: 10   | BASELINE | 11
                    ADMIN_NETWORK_POLICY          | priority: 10                   | ADMIN    | 11
                    BASELINE_ADMIN_NETWORK_POLICY | ingress: []                    | BASELINE | 1002
                    """)
    void tiersAndPrioritiesAreThese(PolicyKind kind, String written, Tier tier, int priority) {
        ClusterPolicies.Reading reading = read(kind, "{" + SUBJECT + written + "}");
        assertThat(reading.policy().precedence()).isEqualTo(new Precedence(tier, priority));
        assertThat(reading.policy().isolated()).isEmpty();
        assertThat(reading.policy().parts()).isEmpty();
        assertThat(reading.faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    {namespaces: {}}                                                                  | ""    | ""
                    {namespaces: {matchExpressions: [{key: a.b/c, operator: Exists}]}}                | a.b/c | ""
                    {pods: {namespaceSelector: {matchLabels: {a.b/c: d}}, podSelector: {}}}           | a.b/c=d | ""
                    {pods: {podSelector: {matchExpressions: [{key: e, operator: In, values: [f, g]}]}}} | ""  | "e in [f, g]"
                    """)
    void subjectsAndPeersArePodsOfNamespaces(String which, String namespaces, String pods) {
        Policy policy = read(
                        PolicyKind.CLUSTER_NETWORK_POLICY,
                        "{tier: Admin, priority: 0, subject: " + which + ", ingress: [{action: Deny, from: [" + which
                                + "]}]}")
                .policy();
        assertThat(policy.subject()).hasToString("[" + namespaces + "]/[" + pods + "]");
        assertThat(policy.peers()).containsExactly(policy.subject());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    to: [{networks: [10.0.0.0/8]}]                                                  | any 10.0.0.0/8
                    to: [{networks: [10.0.0.0/8, "fd00::/8", 192.0.2.0/24]}]                        | any 10.0.0.0/8,any 192.0.2.0/24
                    to: [{networks: [0.0.0.0/0]}], protocols: [{tcp: {destinationPort: {number: 80}}}] | tcp:80 anyone
                    to: [{networks: ["::/0"]}]                                                      |
                    to: [{networks: [10.0.0.0/8]}], protocols: [{udp: {destinationPort: {range: {start: 7, end: 9}}}}] | udp:7-9 10.0.0.0/8
                    to: [{networks: [10.0.0.0/8]}], protocols: [{sctp: {}}, {tcp: {destinationPort: {number: 1}}}] | sctp 10.0.0.0/8,tcp:1 10.0.0.0/8
                    to: [{namespaces: {}}]                                                          | any ALL
                    to: [{nodes: {}}]                                                               | any 198.51.100.1/32,any NODES
                    name: n, to: [{namespaces: {}}], protocols: [{destinationNamedPort: http}]      | tcp:8080 ALL having 8080,tcp:9090 ALL having 9090
                    """)
    void rulesThatLeaveAreTheseForIpv4(String rule, String expected) {
        ClusterPolicies.Reading reading = admin("egress: [{action: Deny, " + rule + "}]");
        assertThat(reading.faults()).isEmpty();
        String text = String.join(",", rules(reading)).replace("0 deny egress ", "");
        NamedPort http = new NamedPort("http", Protocol.TCP);
        assertThat(text)
                .isEqualTo((expected == null ? "" : expected)
                        .replace("ALL having 8080", peers(PeerSet.ALL.having(http, 8080)))
                        .replace("ALL having 9090", peers(PeerSet.ALL.having(http, 9090)))
                        .replace("ALL", ALL)
                        .replace("NODES", new GroupKey.Nodes(Selector.EVERYTHING).id()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    portNumber: {port: 80}                         | tcp:80
                    portNumber: {protocol: UDP, port: 53}          | udp:53
                    portRange: {protocol: SCTP, start: 1, end: 9}  | sctp:1-9
                    namedPort: http                                | tcp:8443
                    namedPort: https                               |
                    """)
    void forerunnersNamePortsSo(String port, String expected) {
        for (PolicyKind kind : List.of(PolicyKind.ADMIN_NETWORK_POLICY, PolicyKind.BASELINE_ADMIN_NETWORK_POLICY)) {
            ClusterPolicies.Reading reading = read(
                    kind,
                    "{priority: 3, " + SUBJECT + "ingress: [{action: Deny, from: [{namespaces: {}}], ports: [{" + port
                            + "}]}]}");
            assertThat(reading.faults()).isEmpty();
            assertThat(rules(reading))
                    .isEqualTo(expected == null ? Set.of() : Set.of("0 deny ingress " + expected + " " + ALL));
        }
    }

    @Test
    void rulesAreAskedInTheirOrderAndEachActionHasItsPositions() {
        String peer = "from: [{namespaces: {}}], protocols: [{destinationNamedPort: http}]}";
        ClusterPolicies.Reading reading = admin("ingress: [{action: Pass, " + peer + ", {action: Accept, " + peer
                + ", {action: Deny, " + peer + "], egress: [{action: Accept, to: [{networks: [10.0.0.0/8]}]}]");
        assertThat(rules(reading))
                .containsExactlyInAnyOrder(
                        "1 pass ingress tcp:8443 " + ALL,
                        "5 allow ingress tcp:8443 " + ALL,
                        "6 deny ingress tcp:8443 " + ALL,
                        "2 allow egress any 10.0.0.0/8");
        assertThat(reading.policy().parts())
                .containsExactlyInAnyOrder(
                        new Policy.Part(Tier.ADMIN, Set.of(Direction.INGRESS)),
                        new Policy.Part(Tier.ADMIN, Set.of(Direction.EGRESS)));
    }

    @Test
    void afterTheTierBaselinePodsReachEachOther() {
        ClusterPolicies.Reading reading = read(
                PolicyKind.CLUSTER_NETWORK_POLICY,
                "{tier: Baseline, priority: 0, " + SUBJECT + "ingress: [{action: Pass, from: [{namespaces: {}}]}]}");
        assertThat(rules(reading)).containsExactly("2 allow ingress any " + ALL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    to: [{domainNames: [example.org]}]                          | egress[0].to[0].domainNames: not served
                    to: [{networks: [10.0.0.0/8]}, {serviceAccounts: {}}]       | egress[0].to[1].serviceAccounts: is not known
                    to: [{}]                                                    | egress[0].to[0]: must have exactly one field, has none
                    to: [{namespaces: {}, nodes: {}}]                           | egress[0].to[0]: must have exactly one field, has [namespaces, nodes]
                    to: [{networks: [10.0.0.0/33]}]                             | egress[0].to[0].networks[0]:
                    to: []                                                      | egress[0].to: must have an element
                    protocols: [{tcp: {}}]                                      | egress[0].to: must have an element
                    to: 7                                                       | egress[0].to: must be a list
                    to: [{namespaces: {}}], from: []                            | egress[0].from: is not known
                    to: [{namespaces: {}}], protocols: []                       | egress[0].protocols: must have an element
                    to: [{namespaces: {}}], protocols: [{icmp: {}}]             | egress[0].protocols[0].icmp: is not known
                    to: [{namespaces: {}}], protocols: [{tcp: {sourcePort: 1}}] | egress[0].protocols[0].tcp.sourcePort: is not known
                    to: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 0}}}] | egress[0].protocols[0].tcp.destinationPort.number: must be a number from 1 to 65535
                    to: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {range: {start: 9, end: 8}}}}] | egress[0].protocols[0].tcp.destinationPort.range.end: must be a number from 9 to 65535
                    to: [{networks: [10.0.0.0/8]}], protocols: [{destinationNamedPort: http}] | egress[0]: the names of ports are those of pods
                    to: [{namespaces: {matchExpressions: [{key: a, operator: Is}]}}] | egress[0].to[0].namespaces.matchExpressions[0].operator: operator 'Is'
                    to: [{namespaces: {labels: {}}}]                            | egress[0].to[0].namespaces.labels: is not known
                    to: [{pods: {namespaceSelector: {}}}]                       | egress[0].to[0].pods.podSelector: must be there
                    to: [{namespaces: {}}], ports: [{portNumber: {protocol: GRE, port: 1}}] | egress[0].ports[0].portNumber: protocol 'GRE'
                    """)
    void aRuleThatCannotBeReadFailsClosed(String rule, String fault) {
        ClusterPolicies.Reading accepts = admin("egress: [{action: Accept, " + rule + "}]");
        assertThat(accepts.faults())
                .singleElement()
                .asString()
                .startsWith(fault)
                .endsWith("; the rule accepts nothing");
        assertThat(accepts.policy().rules()).isEmpty();
        for (String action : List.of("Deny", "Pass")) {
            ClusterPolicies.Reading denies = admin("egress: [{action: " + action + ", " + rule + "}]");
            assertThat(denies.faults()).singleElement().asString().endsWith("; the rule denies everything");
            assertThat(rules(denies)).containsExactly("0 deny egress any anyone");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    ingress: [{action: Reject, from: [{namespaces: {}}]}]   | ingress[0].action: must be Accept, Deny or Pass
                    ingress: [{from: [{namespaces: {}}]}]                   | ingress[0].action: must be a text
                    ingress: [{action: Deny, from: [{networks: [10.0.0.0/8]}]}] | ingress[0].from[0].networks: is not known
                    ingress: [{action: Deny, from: [{nodes: {}}]}]          | ingress[0].from[0].nodes: is not known
                    ingress: [7]                                            | ingress[0]: must be an object
                    ingress: 7                                              | ingress: must be a list
                    """)
    void whatShallNotComeInIsAllWhereItCannotBeRead(String written, String fault) {
        ClusterPolicies.Reading reading = admin(written);
        assertThat(reading.faults()).singleElement().asString().startsWith(fault);
        assertThat(rules(reading)).containsExactly("0 deny ingress any anyone");
    }

    @Test
    void whatIsSaidBesideTheRulesAndIsNotKnownIsTold() {
        assertThat(admin("logging: {}").faults()).containsExactly("logging: is not known; it has no effect");
    }

    @Test
    void theOtherRulesOfSuchAPolicyAreInForce() {
        ClusterPolicies.Reading reading = admin("egress: [{action: Accept, to: [{domainNames: [a.example]}]}, "
                + "{action: Deny, to: [{networks: [10.0.0.0/8]}]}]");
        assertThat(rules(reading)).containsExactly("3 deny egress any 10.0.0.0/8");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    7                                                     | spec: must be an object
                    {priority: 1, subject: {namespaces: {}}}              | tier: must be a text
                    {tier: Normal, priority: 1, subject: {namespaces: {}}} | tier: must be Admin or Baseline
                    {tier: Admin, subject: {namespaces: {}}}              | priority: must be a number from 0 to 1000
                    {tier: Admin, priority: 1001, subject: {namespaces: {}}} | priority: must be a number
                    {tier: Admin, priority: x, subject: {namespaces: {}}} | priority: must be a number
                    {tier: Admin, priority: 1}                            | subject: must be there
                    {tier: Admin, priority: 1, subject: {}}               | subject: must have exactly one field, has none
                    {tier: Admin, priority: 1, subject: {nodes: {}}}      | subject.nodes: is not known
                    {tier: Admin, priority: 1, subject: {namespaces: {matchLabels: {a: 1}}}} | subject.namespaces.matchLabels: must be a text
                    """)
    void aPolicyOfNobodyKnowsWhomIsRefused(String spec, String message) {
        assertThatThrownBy(() -> read(PolicyKind.CLUSTER_NETWORK_POLICY, spec))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith(message);
    }
}
