package io.weft.kubernetes.desired;

import io.weft.kubernetes.translate.GroupKey;
import io.weft.kubernetes.translate.NamedPort;
import io.weft.kubernetes.translate.Namespace;
import io.weft.kubernetes.translate.PeerSet;
import io.weft.kubernetes.translate.Pod;
import io.weft.kubernetes.translate.Policy;
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
    private final Map<String, Set<String>> policiesOf = new HashMap<>();
    private final Map<String, Policy> byUid = new HashMap<>();
    private final Map<String, GroupKey> groups = new HashMap<>();
    private final References<PeerSet> peers = new References<>();
    private final References<Policy.NamedPeers> namedPeers = new References<>();

    /**
     * What a policy's change means to pods that it does not select.
     *
     * @param namespaces of the pods that came to be named or ceased to; empty for any
     */
    record Named(Optional<Set<String>> namespaces) {}

    Optional<Policy> get(String key) {
        return Optional.ofNullable(policies.get(key));
    }

    Optional<Policy> withUid(String uid) {
        return Optional.ofNullable(byUid.get(uid));
    }

    List<Policy> in(String namespace) {
        return policiesOf.getOrDefault(namespace, Set.of()).stream()
                .flatMap(key -> get(key).stream())
                .toList();
    }

    /** The policy with this key is this one now, or gone. */
    Named replace(String key, Optional<Policy> after) {
        Optional<Policy> before = get(key);
        Set<PeerSet> scopes = new HashSet<>();
        before.ifPresent(policy -> {
            policies.remove(key);
            byUid.remove(policy.uid());
            policiesOf.computeIfPresent(policy.namespace(), (_, keys) -> {
                keys.remove(key);
                return keys.isEmpty() ? null : keys;
            });
            policy.peers().stream().filter(set -> peers.remove(set, key)).forEach(set -> {
                scopes.add(set);
                groups.remove(new GroupKey.Peers(set).id());
            });
            policy.namedPeers().stream()
                    .filter(named -> namedPeers.remove(named, key))
                    .forEach(named -> scopes.add(named.set()));
            groups.remove(new GroupKey.Rules(policy.uid(), Map.of()).id());
        });
        after.ifPresent(policy -> {
            policies.put(key, policy);
            byUid.put(policy.uid(), policy);
            policiesOf
                    .computeIfAbsent(policy.namespace(), _ -> new LinkedHashSet<>())
                    .add(key);
            policy.peers().forEach(set -> {
                GroupKey.Peers group = new GroupKey.Peers(set);
                groups.put(group.id(), group);
                if (peers.add(set, key)) {
                    scopes.add(set);
                }
            });
            policy.namedPeers().stream()
                    .filter(named -> namedPeers.add(named, key))
                    .forEach(named -> scopes.add(named.set()));
            GroupKey.Rules group = new GroupKey.Rules(policy.uid(), Map.of());
            groups.put(group.id(), group);
        });
        return new Named(namespaces(scopes));
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
                .flatMap(policy -> Stream.concat(
                        Stream.of(new GroupKey.Rules(policy.uid(), Map.of())),
                        policy.peers().stream().map(GroupKey.Peers::new)))
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
