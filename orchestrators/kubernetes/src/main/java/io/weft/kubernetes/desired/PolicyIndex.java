package io.weft.kubernetes.desired;

import io.weft.kubernetes.translate.ClusterNode;
import io.weft.kubernetes.translate.GroupKey;
import io.weft.kubernetes.translate.NamedPort;
import io.weft.kubernetes.translate.Namespace;
import io.weft.kubernetes.translate.PeerSet;
import io.weft.kubernetes.translate.Pod;
import io.weft.kubernetes.translate.Policy;
import io.weft.kubernetes.translate.Selector;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The policies of a cluster, and whom they name. Owned by the thread of its {@link DesiredState}. */
final class PolicyIndex {
    private final Map<String, Policy> policies = new HashMap<>();
    /** Of those that select pods of one namespace. */
    private final Map<String, Set<String>> policiesOf = new HashMap<>();
    /** Of the others. */
    private final Set<String> policiesOfAll = new LinkedHashSet<>();

    private final Map<String, Policy> byUid = new HashMap<>();
    private final Map<String, GroupKey> groups = new HashMap<>();
    private final References<PeerSet> peers = new References<>();
    private final References<Policy.NamedPeers> namedPeers = new References<>();
    private final References<Selector> nodes = new References<>();

    /**
     * What a policy's change means to pods that it does not select.
     *
     * @param namespaces of the pods that came to be named or ceased to; empty for any
     * @param nodes whether nodes did
     */
    record Named(Optional<Set<String>> namespaces, boolean nodes) {}

    Optional<Policy> get(String key) {
        return Optional.ofNullable(policies.get(key));
    }

    Optional<Policy> withUid(String uid) {
        return Optional.ofNullable(byUid.get(uid));
    }

    /** Those that select the pod. */
    List<Policy> selecting(Pod pod, Namespace namespace) {
        return Stream.concat(policiesOf.getOrDefault(pod.namespace(), Set.of()).stream(), policiesOfAll.stream())
                .flatMap(key -> get(key).stream())
                .filter(policy -> policy.subject().contains(pod, namespace))
                .toList();
    }

    /** The policy with this key is this one now, or gone. */
    Named replace(String key, Optional<Policy> after) {
        Optional<Policy> before = get(key);
        Set<PeerSet> changed = new HashSet<>();
        Set<Policy.NamedPeers> changedNames = new HashSet<>();
        Set<Selector> changedNodes = new HashSet<>();
        before.ifPresent(policy -> {
            policies.remove(key);
            byUid.remove(policy.uid());
            policiesOfAll.remove(key);
            policy.namespace()
                    .ifPresent(namespace -> policiesOf.computeIfPresent(namespace, (_, keys) -> {
                        keys.remove(key);
                        return keys.isEmpty() ? null : keys;
                    }));
            policy.peers().stream().filter(set -> peers.remove(set, key)).forEach(set -> {
                toggle(changed, set);
                groups.remove(new GroupKey.Peers(set).id());
            });
            policy.namedPeers().stream()
                    .filter(named -> namedPeers.remove(named, key))
                    .forEach(named -> toggle(changedNames, named));
            policy.nodes().stream().filter(labels -> nodes.remove(labels, key)).forEach(labels -> {
                toggle(changedNodes, labels);
                groups.remove(new GroupKey.Nodes(labels).id());
            });
            rules(policy).forEach(group -> groups.remove(group.id()));
        });
        after.ifPresent(policy -> {
            policies.put(key, policy);
            byUid.put(policy.uid(), policy);
            policy.namespace()
                    .map(namespace -> policiesOf.computeIfAbsent(namespace, _ -> new LinkedHashSet<>()))
                    .orElse(policiesOfAll)
                    .add(key);
            policy.peers().forEach(set -> {
                GroupKey.Peers group = new GroupKey.Peers(set);
                groups.put(group.id(), group);
                if (peers.add(set, key)) {
                    toggle(changed, set);
                }
            });
            policy.namedPeers().stream()
                    .filter(named -> namedPeers.add(named, key))
                    .forEach(named -> toggle(changedNames, named));
            policy.nodes().forEach(labels -> {
                GroupKey.Nodes group = new GroupKey.Nodes(labels);
                groups.put(group.id(), group);
                if (nodes.add(labels, key)) {
                    toggle(changedNodes, labels);
                }
            });
            rules(policy).forEach(group -> groups.put(group.id(), group));
        });
        changedNames.forEach(named -> changed.add(named.set()));
        return new Named(namespaces(changed), !changedNodes.isEmpty());
    }

    /** What was named until now and is named again has not changed. */
    private static <T> void toggle(Set<T> changed, T one) {
        if (!changed.add(one)) {
            changed.remove(one);
        }
    }

    /** The groups with its rules for pods without names of ports. */
    private static Stream<GroupKey> rules(Policy policy) {
        return policy.parts().stream().map(part -> new GroupKey.Rules(policy.uid(), part, Map.of()));
    }

    private static Optional<Set<String>> namespaces(Collection<PeerSet> scopes) {
        Set<String> names = new HashSet<>();
        for (PeerSet set : scopes) {
            if (!(set.scope() instanceof PeerSet.Scope.One(String namespace))) {
                return Optional.empty();
            }
            names.add(namespace);
        }
        return Optional.of(names);
    }

    /** The groups that a policy needs, whatever pods there are. */
    Set<GroupKey> groupsOf(String key) {
        return get(key).stream()
                .flatMap(policy -> Stream.of(
                                rules(policy),
                                policy.peers().stream().map(GroupKey.Peers::new),
                                policy.nodes().stream().map(GroupKey.Nodes::new))
                        .flatMap(keys -> keys))
                .collect(Collectors.toSet());
    }

    /** The key of a group that is there whatever pods there are. */
    Optional<GroupKey> group(String id) {
        return Optional.ofNullable(groups.get(id));
    }

    /** Whether a rule names the set. */
    boolean names(PeerSet set) {
        return set.having()
                .map(having -> namedPeers.has(new Policy.NamedPeers(set.base(), having.port())))
                .orElseGet(() -> peers.has(set));
    }

    /** Whether a rule names nodes with such labels. */
    boolean names(Selector labels) {
        return nodes.has(labels);
    }

    /** The groups of nodes that this one is in. */
    Stream<GroupKey.Nodes> nodes(ClusterNode node) {
        return nodes.all().stream()
                .filter(labels -> labels.matches(node.labels()))
                .map(GroupKey.Nodes::new);
    }

    /** The policies whose rules name nodes. */
    List<Policy> namingNodes() {
        return nodes.all().stream()
                .flatMap(labels -> nodes.users(labels).stream())
                .distinct()
                .flatMap(key -> get(key).stream())
                .toList();
    }

    /** The policies whose rules use what these call a port. */
    List<Policy> naming(Policy.NamedPeers named) {
        return namedPeers.users(named).stream()
                .flatMap(key -> get(key).stream())
                .toList();
    }

    /** The sets that rules name and the pod is in, each with the number that the pod has for a name. */
    Set<PeerSet> peers(Pod pod, Namespace namespace) {
        Set<PeerSet> found = new HashSet<>();
        for (PeerSet set : peers.all()) {
            if (set.contains(pod, namespace)) {
                found.add(set);
            }
        }
        for (Policy.NamedPeers named : namedPeers.all()) {
            NamedPort name = named.port();
            Optional.ofNullable(pod.ports().get(name))
                    .filter(_ -> named.set().contains(pod, namespace))
                    .ifPresent(number -> found.add(named.set().having(name, number)));
        }
        return found;
    }
}
