package io.weft.kubernetes.translate;

import io.weft.kubernetes.translate.GroupSpec.Remote;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What policies mean as security groups. */
public final class Groups {
    private static final List<Remote> ANYONE = List.of(new Remote.Anyone());

    private Groups() {}

    /** The group of pods that no policy isolates in a direction. */
    public static GroupSpec open(GroupKey.Open key) {
        Set<GroupSpec.Rule> rules = new HashSet<>();
        for (IpFamily family : IpFamily.values()) {
            rules.add(new GroupSpec.Rule(
                    key.direction(), family, Optional.empty(), Optional.empty(), new Remote.Anyone()));
        }
        return new GroupSpec(key.id(), "no policy isolates " + key.direction().text(), rules);
    }

    /** The group of those whom rules name. */
    public static GroupSpec peers(GroupKey.Peers key) {
        return new GroupSpec(key.id(), key.set().toString(), Set.of());
    }

    /** The group of a node's own port. */
    public static GroupSpec host(GroupKey.Host key) {
        return new GroupSpec(key.id(), "the node " + key.node() + " itself", Set.of());
    }

    /** The group of pods that speak with the node on which they run whatever policies say. */
    public static GroupSpec onNode(GroupKey.OnNode key) {
        Set<GroupSpec.Rule> rules = new HashSet<>();
        for (Direction direction : Direction.values()) {
            add(
                    rules,
                    direction,
                    Optional.empty(),
                    Optional.empty(),
                    List.of(new Remote.Group(new GroupKey.Host(key.node()).id())));
        }
        return new GroupSpec(key.id(), "pods with the node " + key.node(), rules);
    }

    /**
     * The group with a policy's rules.
     *
     * @param numbers what a name of a port stands for among pods
     */
    public static GroupSpec rules(
            GroupKey.Rules key, Policy policy, Function<Policy.NamedPeers, Set<Integer>> numbers) {
        Set<GroupSpec.Rule> rules = new HashSet<>();
        for (Policy.Rule rule : policy.rules()) {
            if (rule.ports().isEmpty()) {
                add(rules, rule.direction(), Optional.empty(), Optional.empty(), remotes(rule));
            }
            for (Policy.Ports ports : rule.ports()) {
                switch (ports) {
                    case Policy.Ports.Numbers wanted ->
                        add(rules, rule.direction(), Optional.of(wanted.protocol()), wanted.range(), remotes(rule));
                    case Policy.Ports.Named named -> {
                        if (rule.direction() == Direction.INGRESS) {
                            addOwn(rules, rule, named.port(), key.names());
                        } else {
                            addOthers(rules, rule, named.port(), numbers);
                        }
                    }
                }
            }
        }
        return new GroupSpec(key.id(), policy.key(), rules);
    }

    /** The selected pod is the receiver: its own name counts. */
    private static void addOwn(
            Set<GroupSpec.Rule> rules, Policy.Rule rule, NamedPort name, Map<NamedPort, Integer> own) {
        Optional.ofNullable(own.get(name))
                .ifPresent(number -> add(
                        rules,
                        rule.direction(),
                        Optional.of(name.protocol()),
                        Optional.of(PortRange.of(number)),
                        remotes(rule)));
    }

    /** The peers are the receivers: each number that they have for the name is another group of them. */
    private static void addOthers(
            Set<GroupSpec.Rule> rules,
            Policy.Rule rule,
            NamedPort name,
            Function<Policy.NamedPeers, Set<Integer>> numbers) {
        Policy.receivers(rule)
                .forEach(set -> numbers.apply(new Policy.NamedPeers(set, name))
                        .forEach(number -> add(
                                rules,
                                rule.direction(),
                                Optional.of(name.protocol()),
                                Optional.of(PortRange.of(number)),
                                List.of(group(set.having(name, number))))));
    }

    private static List<Remote> remotes(Policy.Rule rule) {
        if (rule.peers().isEmpty()) {
            return ANYONE;
        }
        return rule.peers().stream()
                .flatMap(peer -> switch (peer) {
                    case Policy.Peer.Pods pods -> List.of(group(pods.set())).stream();
                    case Policy.Peer.Block block -> block.prefixes().stream().<Remote>map(Remote.Prefix::new);
                })
                .toList();
    }

    private static Remote group(PeerSet set) {
        return new Remote.Group(new GroupKey.Peers(set).id());
    }

    private static void add(
            Set<GroupSpec.Rule> rules,
            Direction direction,
            Optional<Protocol> protocol,
            Optional<PortRange> ports,
            List<Remote> remotes) {
        for (Remote remote : remotes) {
            if (remote instanceof Remote.Prefix(IpPrefix prefix)) {
                Remote one = prefix.length() == 0 ? new Remote.Anyone() : remote;
                rules.add(new GroupSpec.Rule(direction, prefix.family(), protocol, ports, one));
            } else {
                for (IpFamily family : IpFamily.values()) {
                    rules.add(new GroupSpec.Rule(direction, family, protocol, ports, remote));
                }
            }
        }
    }
}
