package io.weft.kubernetes.translate;

import io.weft.model.IpPrefix;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import io.weft.model.Tier;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A NetworkPolicy (https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/), or a policy of
 * the whole cluster (https://network-policy-api.sigs.k8s.io/).
 *
 * @param namespace empty for one of the cluster
 * @param subject which pods it selects
 * @param precedence when its rules are asked; the rules of NetworkPolicies have no order
 * @param isolated the directions in which these pods are closed but for what rules allow
 */
public record Policy(
        PolicyKind kind,
        Optional<String> namespace,
        String name,
        String uid,
        PeerSet subject,
        Precedence precedence,
        Set<Direction> isolated,
        List<Rule> rules) {
    public Policy {
        isolated = Set.copyOf(isolated);
        rules = List.copyOf(rules);
    }

    /** A NetworkPolicy that selects pods of its namespace. */
    public static Policy ofNamespace(
            String namespace, String name, String uid, Selector pods, Set<Direction> isolated, List<Rule> rules) {
        return new Policy(
                PolicyKind.NETWORK_POLICY,
                Optional.of(namespace),
                name,
                uid,
                new PeerSet(new PeerSet.Scope.One(namespace), pods),
                Precedence.NORMAL,
                isolated,
                rules);
    }

    /**
     * What becomes of connections with each of the peers to each of the ports.
     *
     * @param position when it is asked among the policy's rules of the direction
     * @param peers empty for everyone
     * @param ports empty for all
     */
    public record Rule(RuleAction action, int position, Direction direction, List<Peer> peers, List<Ports> ports) {
        public Rule {
            peers = List.copyOf(peers);
            ports = List.copyOf(ports);
        }

        /** One that lets connections through, without an order. */
        public Rule(Direction direction, List<Peer> peers, List<Ports> ports) {
            this(RuleAction.ALLOW, 0, direction, peers, ports);
        }
    }

    /** The other end. */
    public sealed interface Peer {
        /** Pods, wherever their addresses are. */
        record Pods(PeerSet set) implements Peer {}

        /** Addresses. */
        record Block(List<IpPrefix> prefixes) implements Peer {
            public Block {
                prefixes = List.copyOf(prefixes);
            }
        }

        /** Nodes with such labels. */
        record Nodes(Selector labels) implements Peer {}
    }

    /** To which ports a connection goes. */
    public sealed interface Ports {
        /** @param range empty for all ports of the protocol */
        record Numbers(Protocol protocol, Optional<PortRange> range) implements Ports {}

        /** The port that the receiving pod calls so. */
        record Named(NamedPort port) implements Ports {}
    }

    /** The rules of a policy that one group has. */
    public record Part(Tier tier, Set<Direction> directions) {
        public Part {
            directions = Set.copyOf(directions);
        }
    }

    /** {@code NAMESPACE/NAME} of a NetworkPolicy, {@code KIND/NAME} of others; no namespace is called like a kind. */
    public String key() {
        return namespace.orElse(kind.text()) + "/" + name;
    }

    /** The key of a policy of the cluster. */
    public static String key(PolicyKind kind, String name) {
        return kind.text() + "/" + name;
    }

    /** What its rules are split into: where rules have an order, pods may need those of one direction alone. */
    public Set<Part> parts() {
        return precedence.tier() == Tier.NORMAL
                ? Set.of(new Part(Tier.NORMAL, EnumSet.allOf(Direction.class)))
                : rules.stream()
                        .map(rule -> new Part(precedence.tier(), Set.of(rule.direction())))
                        .collect(Collectors.toSet());
    }

    /** The names that stand for ports of the pods that it selects, in rules of one of these directions. */
    public Set<NamedPort> ownNames(Set<Direction> directions) {
        return rules.stream()
                .filter(rule -> rule.direction() == Direction.INGRESS && directions.contains(rule.direction()))
                .flatMap(Policy::names)
                .collect(Collectors.toSet());
    }

    /** The pods that its rules name, whatever their ports are called. */
    public Set<PeerSet> peers() {
        return rules.stream()
                .filter(rule -> rule.direction() == Direction.INGRESS
                        || rule.ports().isEmpty()
                        || rule.ports().stream().anyMatch(Ports.Numbers.class::isInstance))
                .flatMap(rule -> rule.peers().stream())
                .filter(Peer.Pods.class::isInstance)
                .map(peer -> ((Peer.Pods) peer).set())
                .collect(Collectors.toSet());
    }

    /** The nodes that its rules name. */
    public Set<Selector> nodes() {
        return rules.stream()
                .flatMap(rule -> rule.peers().stream())
                .filter(Peer.Nodes.class::isInstance)
                .map(peer -> ((Peer.Nodes) peer).labels())
                .collect(Collectors.toSet());
    }

    /** The pods whose own names of ports its rules use. */
    public Set<NamedPeers> namedPeers() {
        return rules.stream()
                .filter(rule -> rule.direction() == Direction.EGRESS)
                .flatMap(rule -> names(rule).flatMap(name -> receivers(rule).map(set -> new NamedPeers(set, name))))
                .collect(Collectors.toSet());
    }

    /** Whose ports a rule to named ports may mean: a block of addresses has no names. */
    static Stream<PeerSet> receivers(Rule rule) {
        return rule.peers().isEmpty()
                ? Stream.of(PeerSet.ALL)
                : rule.peers().stream().filter(Peer.Pods.class::isInstance).map(peer -> ((Peer.Pods) peer).set());
    }

    private static Stream<NamedPort> names(Rule rule) {
        return rule.ports().stream().filter(Ports.Named.class::isInstance).map(ports -> ((Ports.Named) ports).port());
    }

    /** Pods, by what they call a port. */
    public record NamedPeers(PeerSet set, NamedPort port) {}
}
