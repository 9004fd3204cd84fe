package io.weft.kubernetes.translate;

import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A NetworkPolicy (https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/).
 *
 * @param pods which pods of its namespace it selects
 * @param isolated the directions in which these pods are closed but for what rules allow
 */
public record Policy(
        String namespace, String name, String uid, Selector pods, Set<Direction> isolated, List<Rule> rules) {
    public Policy {
        isolated = Set.copyOf(isolated);
        rules = List.copyOf(rules);
    }

    /**
     * What one rule lets through: from each of the peers to each of the ports.
     *
     * @param peers empty for everyone
     * @param ports empty for all
     */
    public record Rule(Direction direction, List<Peer> peers, List<Ports> ports) {
        public Rule {
            peers = List.copyOf(peers);
            ports = List.copyOf(ports);
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
    }

    /** To which ports a connection goes. */
    public sealed interface Ports {
        /** @param range empty for all ports of the protocol */
        record Numbers(Protocol protocol, Optional<PortRange> range) implements Ports {}

        /** The port that the receiving pod calls so. */
        record Named(NamedPort port) implements Ports {}
    }

    /** {@code NAMESPACE/NAME}. */
    public String key() {
        return namespace + "/" + name;
    }

    /** The names that stand for ports of the pods that it selects. */
    public Set<NamedPort> ownNames() {
        return rules.stream()
                .filter(rule -> rule.direction() == Direction.INGRESS)
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
