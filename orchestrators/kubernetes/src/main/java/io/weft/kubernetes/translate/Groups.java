package io.weft.kubernetes.translate;

import io.weft.kubernetes.translate.GroupSpec.Remote;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Precedence;
import io.weft.model.Tier;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What policies mean as security groups. */
public final class Groups {
    private static final List<Remote> ANYONE = List.of(new Remote.Anyone());

    private Groups() {}

    /** The group of pods that no policy isolates in a direction. */
    public static GroupSpec open(GroupKey.Open key) {
        return new GroupSpec(
                key.id(), "no policy isolates " + key.direction().text(), everything(key.direction(), ANYONE));
    }

    /** The group of pods about whose direction policies of the tier Baseline have the last word, and leave something open. */
    public static GroupSpec unsaid(GroupKey.Unsaid key) {
        return new GroupSpec(
                key.id(),
                "what no policy says of " + key.direction().text(),
                new Precedence(Tier.BASELINE, Precedence.LAST),
                everything(key.direction(), ANYONE));
    }

    /**
     * The group of pods that their own node reaches whatever policies of the cluster say.
     *
     * @param node as rules name it: {@link #port} or {@link #addresses}
     */
    public static GroupSpec probes(GroupKey.Probes key, List<Remote> node) {
        return new GroupSpec(
                key.id(),
                "from the node " + key.node(),
                new Precedence(Tier.ADMIN, 0),
                everything(Direction.INGRESS, node));
    }

    private static Set<GroupSpec.Rule> everything(Direction direction, List<Remote> remotes) {
        Set<GroupSpec.Rule> rules = new HashSet<>();
        add(rules, new Policy.Rule(direction, List.of(), List.of()), Optional.empty(), Optional.empty(), remotes);
        return rules;
    }

    /** A node that has a port of the cluster's. */
    public static List<Remote> port(String node) {
        return List.of(new Remote.Group(new GroupKey.Host(node).id()));
    }

    /** A node that has none, by the addresses with which it speaks. */
    public static List<Remote> addresses(List<IpAddress> addresses) {
        return addresses.stream().map(Groups::alone).toList();
    }

    /** The group of nodes that rules name by their labels. */
    public static GroupSpec nodes(GroupKey.Nodes key) {
        return new GroupSpec(key.id(), "nodes [" + key.labels() + "]", Set.of());
    }

    /** The group of those whom rules name. */
    public static GroupSpec peers(GroupKey.Peers key) {
        return new GroupSpec(key.id(), key.set().toString(), Set.of());
    }

    /** The group of a node's own port. */
    public static GroupSpec host(GroupKey.Host key) {
        return new GroupSpec(key.id(), "the node " + key.node() + " itself", Set.of());
    }

    /**
     * The group of pods that speak with the node on which they run whatever policies say.
     *
     * @param node as rules name it: {@link #port} or {@link #addresses}
     */
    public static GroupSpec onNode(GroupKey.OnNode key, List<Remote> node) {
        Set<GroupSpec.Rule> rules = new HashSet<>();
        for (Direction direction : Direction.values()) {
            rules.addAll(everything(direction, node));
        }
        return new GroupSpec(key.id(), "pods with the node " + key.node(), rules);
    }

    /** What rules stand for among the cluster's pods and nodes. */
    public interface Meanings {
        /** The numbers that these pods have for the name of a port. */
        Set<Integer> numbers(Policy.NamedPeers named);

        /** The addresses of these nodes besides those that their own ports have. */
        List<IpAddress> outside(Selector nodes);
    }

    /** The group with a policy's rules, or a part of them. */
    public static GroupSpec rules(GroupKey.Rules key, Policy policy, Meanings meanings) {
        Set<GroupSpec.Rule> rules = new HashSet<>();
        for (Policy.Rule rule : policy.rules()) {
            if (!key.part().directions().contains(rule.direction())) {
                continue;
            }
            if (rule.ports().isEmpty()) {
                add(rules, rule, Optional.empty(), Optional.empty(), remotes(rule, meanings));
            }
            for (Policy.Ports ports : rule.ports()) {
                switch (ports) {
                    case Policy.Ports.Numbers wanted ->
                        add(rules, rule, Optional.of(wanted.protocol()), wanted.range(), remotes(rule, meanings));
                    case Policy.Ports.Named named -> {
                        if (rule.direction() == Direction.INGRESS) {
                            addOwn(rules, rule, named.port(), key.names(), meanings);
                        } else {
                            addOthers(rules, rule, named.port(), meanings);
                        }
                    }
                }
            }
        }
        return new GroupSpec(key.id(), policy.key(), policy.precedence(), rules);
    }

    /** The selected pod is the receiver: its own name counts. */
    private static void addOwn(
            Set<GroupSpec.Rule> rules,
            Policy.Rule rule,
            NamedPort name,
            Map<NamedPort, Integer> own,
            Meanings meanings) {
        Optional.ofNullable(own.get(name))
                .ifPresent(number -> add(
                        rules,
                        rule,
                        Optional.of(name.protocol()),
                        Optional.of(PortRange.of(number)),
                        remotes(rule, meanings)));
    }

    /** The peers are the receivers: each number that they have for the name is another group of them. */
    private static void addOthers(Set<GroupSpec.Rule> rules, Policy.Rule rule, NamedPort name, Meanings meanings) {
        Policy.receivers(rule)
                .forEach(set -> meanings.numbers(new Policy.NamedPeers(set, name))
                        .forEach(number -> add(
                                rules,
                                rule,
                                Optional.of(name.protocol()),
                                Optional.of(PortRange.of(number)),
                                List.of(group(set.having(name, number))))));
    }

    private static List<Remote> remotes(Policy.Rule rule, Meanings meanings) {
        if (rule.peers().isEmpty()) {
            return ANYONE;
        }
        return rule.peers().stream()
                .flatMap(peer -> switch (peer) {
                    case Policy.Peer.Pods pods -> List.of(group(pods.set())).stream();
                    case Policy.Peer.Block block -> block.prefixes().stream().<Remote>map(Remote.Prefix::new);
                    case Policy.Peer.Nodes nodes ->
                        Stream.concat(
                                Stream.<Remote>of(new Remote.Group(new GroupKey.Nodes(nodes.labels()).id())),
                                meanings.outside(nodes.labels()).stream().map(Groups::alone));
                })
                .toList();
    }

    private static Remote group(PeerSet set) {
        return new Remote.Group(new GroupKey.Peers(set).id());
    }

    private static Remote alone(IpAddress address) {
        return new Remote.Prefix(new IpPrefix(address, address.family().bits()));
    }

    private static void add(
            Set<GroupSpec.Rule> rules,
            Policy.Rule rule,
            Optional<Protocol> protocol,
            Optional<PortRange> ports,
            List<Remote> remotes) {
        for (Remote remote : remotes) {
            if (remote instanceof Remote.Prefix(IpPrefix prefix)) {
                Remote one = prefix.length() == 0 ? new Remote.Anyone() : remote;
                rules.add(made(rule, prefix.family(), protocol, ports, one));
            } else {
                for (IpFamily family : IpFamily.values()) {
                    rules.add(made(rule, family, protocol, ports, remote));
                }
            }
        }
    }

    private static GroupSpec.Rule made(
            Policy.Rule rule, IpFamily family, Optional<Protocol> protocol, Optional<PortRange> ports, Remote remote) {
        return new GroupSpec.Rule(rule.action(), rule.position(), rule.direction(), family, protocol, ports, remote);
    }
}
