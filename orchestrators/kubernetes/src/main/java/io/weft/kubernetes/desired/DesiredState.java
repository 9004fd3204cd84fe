package io.weft.kubernetes.desired;

import io.weft.kubernetes.translate.Annotations;
import io.weft.kubernetes.translate.AttachmentDefinition;
import io.weft.kubernetes.translate.ClusterNode;
import io.weft.kubernetes.translate.Direction;
import io.weft.kubernetes.translate.FurtherInterface;
import io.weft.kubernetes.translate.GroupKey;
import io.weft.kubernetes.translate.GroupSpec;
import io.weft.kubernetes.translate.Groups;
import io.weft.kubernetes.translate.HostSpec;
import io.weft.kubernetes.translate.NamedPort;
import io.weft.kubernetes.translate.Namespace;
import io.weft.kubernetes.translate.NetworkSelections;
import io.weft.kubernetes.translate.PeerSet;
import io.weft.kubernetes.translate.Pod;
import io.weft.kubernetes.translate.Policy;
import io.weft.kubernetes.translate.PortSpec;
import io.weft.kubernetes.translate.RefusedException;
import io.weft.kubernetes.translate.Selector;
import io.weft.model.IpAddress;
import io.weft.model.Tier;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cluster's pods, namespaces, nodes and policies, and the ports and groups that these mean. A pod's change is compared
 * with its namespace's policies, with those of the cluster and with what policies name, never with other pods; a namespace's
 * change with its own pods, a policy's with those that it may select or name. Owned by one thread.
 */
public final class DesiredState {
    private final Map<String, Namespace> namespaces = new HashMap<>();
    private final boolean nested;
    private final ClusterNodes nodes;
    private final Map<String, Pod> pods = new HashMap<>();
    private final Map<String, Set<String>> podsOf = new HashMap<>();
    private final Map<String, String> devices = new HashMap<>();
    private final Attachments attachments = new Attachments();
    private final PolicyIndex policies = new PolicyIndex();
    private final GroupUse use = new GroupUse();
    private final Groups.Meanings meanings = new Groups.Meanings() {
        @Override
        public Set<Integer> numbers(Policy.NamedPeers named) {
            return use.numbers(named);
        }

        @Override
        public List<IpAddress> outside(Selector labels) {
            return nodes.outside(labels);
        }
    };
    private final Set<String> touchedPorts = new LinkedHashSet<>();
    private final Set<String> touchedGroups = new LinkedHashSet<>();
    private final Set<String> touchedHosts = new LinkedHashSet<>();

    /**
     * Nothing but the groups that are always there.
     *
     * @param nested whether the nodes are virtual machines of the network, which have ports that are nothing of the cluster's
     */
    public DesiredState(boolean nested) {
        this.nested = nested;
        this.nodes = new ClusterNodes(!nested);
        for (Direction direction : Direction.values()) {
            touchedGroups.add(new GroupKey.Open(direction).id());
        }
    }

    /** A namespace is there, or is other than before. */
    public void put(Namespace namespace) {
        if (!namespace.equals(namespaces.put(namespace.name(), namespace))) {
            podsOf(namespace.name()).forEach(this::join);
        }
    }

    /** A namespace is gone. */
    public void removeNamespace(String name) {
        namespaces.remove(name);
    }

    /** A node is there, or is other than before. */
    public void put(ClusterNode node) {
        replaceNode(node.name(), Optional.of(node));
    }

    /** A node is gone. */
    public void removeNode(String name) {
        replaceNode(name, Optional.empty());
    }

    private void replaceNode(String name, Optional<ClusterNode> node) {
        String before = nodes.host(name);
        Optional<ClusterNode> old = nodes.named(name);
        Set<String> touched = nodes.replace(name, node);
        if (!outside(old).equals(outside(node))) {
            policies.namingNodes().forEach(this::touchGroups);
        }
        touchedHosts.addAll(touched);
        if (!touched.isEmpty()) {
            (nested
                            ? Stream.of(new GroupKey.OnNode(name), new GroupKey.Probes(name))
                                    .filter(use::isUsed)
                            : Stream.of(new GroupKey.Host(name)))
                    .map(GroupKey::id)
                    .forEach(touchedGroups::add);
        }
        if (!before.equals(nodes.host(name))) {
            pods.values().stream()
                    .filter(pod -> pod.node().equals(Optional.of(name)))
                    .forEach(pod -> touchedPorts.addAll(devices(pod)));
        }
    }

    /** What rules that name nodes have to say of one: its labels and addresses where there are such addresses. */
    private Optional<Object> outside(Optional<ClusterNode> node) {
        return node.filter(each -> !nodes.outside(each).isEmpty())
                .map(each -> List.of(each.labels(), Set.copyOf(nodes.outside(each))));
    }

    private void touchGroups(Policy policy) {
        policies.groupsOf(policy.key()).forEach(each -> touchedGroups.add(each.id()));
        use.variants(policy.uid()).forEach(each -> touchedGroups.add(each.id()));
    }

    /** The cluster has the kind NetworkAttachmentDefinition, or has it not. */
    public void offerAttachments(boolean offered) {
        redefine(() -> attachments.offer(offered));
    }

    /** A NetworkAttachmentDefinition is there, or is other than before. */
    public void put(AttachmentDefinition definition) {
        redefine(() -> attachments.put(definition));
    }

    /** A NetworkAttachmentDefinition is gone. The ports that it gave stay with their pods. */
    public void removeAttachment(String key) {
        redefine(() -> attachments.remove(key));
    }

    /** Something becomes of the definitions, and so perhaps of the pods that name any. */
    private void redefine(Runnable change) {
        List<Pod> named = pods.values().stream().filter(NetworkSelections::isIn).toList();
        named.forEach(this::forget);
        change.run();
        named.forEach(this::know);
    }

    /** A pod is there, or is other than before. */
    public void put(Pod pod) {
        Optional<Pod> before = Optional.ofNullable(pods.put(pod.key(), pod));
        if (before.equals(Optional.of(pod))) {
            return;
        }
        before.ifPresent(old -> {
            if (!old.deviceId().equals(pod.deviceId())) {
                leave(old);
            } else if (!devices(old).equals(devices(pod))) {
                forget(old);
            }
        });
        know(pod);
        podsOf.computeIfAbsent(pod.namespace(), _ -> new LinkedHashSet<>()).add(pod.key());
        join(pod.key());
    }

    private void know(Pod pod) {
        for (String device : devices(pod)) {
            devices.put(device, pod.key());
            touchedPorts.add(device);
        }
    }

    /** A pod is gone. */
    public void removePod(String key) {
        Pod pod = pods.remove(key);
        if (pod != null) {
            Set<String> others = podsOf(pod.namespace());
            others.remove(key);
            if (others.isEmpty()) {
                podsOf.remove(pod.namespace());
            }
            leave(pod);
        }
    }

    private void leave(Pod pod) {
        forget(pod);
        changed(use.of(pod.deviceId(), Set.of()));
    }

    private void forget(Pod pod) {
        for (String device : devices(pod)) {
            devices.remove(device, pod.key());
            touchedPorts.add(device);
        }
    }

    /** What the ports of a pod are known by. One that asks for what cannot be has but its own, which says so. */
    private Set<String> devices(Pod pod) {
        Set<String> found = new LinkedHashSet<>(Set.of(pod.deviceId()));
        try {
            attachments.of(pod).forEach(each -> found.add(PortSpec.device(pod, each.name())));
        } catch (RefusedException e) {
            return Set.of(pod.deviceId());
        }
        return found;
    }

    /** A policy is there, or is other than before. */
    public void put(Policy policy) {
        Optional<Policy> before = policies.get(policy.key());
        if (before.equals(Optional.of(policy))) {
            return;
        }
        replace(policy.key(), before, Optional.of(policy));
    }

    /** A policy is gone. */
    public void removePolicy(String key) {
        policies.get(key).ifPresent(old -> replace(key, Optional.of(old), Optional.empty()));
    }

    private void replace(String key, Optional<Policy> before, Optional<Policy> after) {
        Set<GroupKey> old = policies.groupsOf(key);
        Set<GroupKey> variants = new HashSet<>();
        before.ifPresent(policy -> variants.addAll(use.variants(policy.uid())));
        PolicyIndex.Named changes = policies.replace(key, after);
        Set<GroupKey> groups = new HashSet<>(old);
        groups.addAll(policies.groupsOf(key));
        groups.addAll(variants);
        groups.forEach(group -> touchedGroups.add(group.id()));
        // Whom the policies name now who were not named before, or the other way round; whom it selects.
        changes.namespaces()
                .ifPresentOrElse(
                        some -> some.forEach(this::joinAll),
                        () -> List.copyOf(pods.keySet()).forEach(this::join));
        if (changes.nodes()) {
            touchedHosts.addAll(nodes.uids());
        }
        if (!before.map(DesiredState::membership).equals(after.map(DesiredState::membership))) {
            Stream.of(before, after)
                    .flatMap(Optional::stream)
                    .map(policy -> policy.subject().scope())
                    .distinct()
                    .forEach(this::joinAll);
        }
    }

    /** What of a policy decides in which of its groups a pod is, and who else's it leaves for them. */
    private static List<Object> membership(Policy policy) {
        return List.of(
                policy.uid(),
                policy.subject(),
                policy.isolated(),
                policy.parts(),
                policy.ownNames(EnumSet.allOf(Direction.class)));
    }

    private void joinAll(PeerSet.Scope scope) {
        switch (scope) {
            case PeerSet.Scope.One one -> joinAll(one.namespace());
            case PeerSet.Scope.Matching _ -> List.copyOf(pods.keySet()).forEach(this::join);
        }
    }

    private void joinAll(String namespace) {
        List.copyOf(podsOf(namespace)).forEach(this::join);
    }

    private Set<String> podsOf(String namespace) {
        return podsOf.getOrDefault(namespace, new LinkedHashSet<>());
    }

    /** Finds the groups of a pod anew. */
    private void join(String key) {
        Pod pod = Optional.ofNullable(pods.get(key)).orElseThrow();
        Namespace namespace = namespaces.get(pod.namespace());
        if (namespace != null) {
            touchedPorts.addAll(devices(pod));
        }
        Set<GroupKey> groups = namespace == null || !pod.networked() ? Set.of() : groups(pod, namespace);
        changed(use.of(pod.deviceId(), groups));
    }

    private Set<GroupKey> groups(Pod pod, Namespace namespace) {
        Set<GroupKey> groups = new HashSet<>();
        Set<Direction> open = EnumSet.allOf(Direction.class);
        List<Policy> selecting = policies.selecting(pod, namespace);
        selecting.forEach(policy -> open.removeAll(policy.isolated()));
        boolean isolated = open.size() < Direction.values().length;
        Set<Direction> baseline = EnumSet.noneOf(Direction.class);
        for (Policy policy : selecting) {
            for (Policy.Part part : policy.parts()) {
                if (part.tier() == Tier.BASELINE) {
                    // NetworkPolicies that isolate have the last word.
                    if (!open.containsAll(part.directions())) {
                        continue;
                    }
                    baseline.addAll(part.directions());
                }
                groups.add(variant(policy, part, pod));
                if (part.tier() != Tier.NORMAL && part.directions().contains(Direction.INGRESS)) {
                    pod.node().ifPresent(node -> groups.add(new GroupKey.Probes(node)));
                }
            }
        }
        open.removeAll(baseline);
        open.forEach(direction -> groups.add(new GroupKey.Open(direction)));
        baseline.forEach(direction -> groups.add(new GroupKey.Unsaid(direction)));
        if (isolated) {
            pod.node().ifPresent(node -> groups.add(new GroupKey.OnNode(node)));
        }
        policies.peers(pod, namespace).forEach(set -> groups.add(new GroupKey.Peers(set)));
        return groups;
    }

    private static GroupKey.Rules variant(Policy policy, Policy.Part part, Pod pod) {
        Map<NamedPort, Integer> names = new HashMap<>();
        for (NamedPort name : policy.ownNames(part.directions())) {
            Optional.ofNullable(pod.ports().get(name)).ifPresent(number -> names.put(name, number));
        }
        return new GroupKey.Rules(policy.uid(), part, names);
    }

    /** Groups came into use or went out of it: such with a pod's own meaning of a name are there only while in use. */
    private void changed(Set<GroupKey> groups) {
        for (GroupKey group : groups) {
            touchedGroups.add(group.id());
            switch (group) {
                case GroupKey.OnNode(String node) -> useNode(node);
                case GroupKey.Probes(String node) -> useNode(node);
                default -> {}
            }
            if (group instanceof GroupKey.Peers(var set) && set.having().isPresent()) {
                Policy.NamedPeers named =
                        new Policy.NamedPeers(set.base(), set.having().get().port());
                use.count(named, set.having().get().number(), use.isUsed(group));
                policies.naming(named).forEach(this::touchGroups);
            }
        }
    }

    private void useNode(String node) {
        nodes.use(node, use.isUsed(new GroupKey.OnNode(node)) || use.isUsed(new GroupKey.Probes(node)));
        touchedGroups.add(new GroupKey.Host(node).id());
    }

    /** Gives each port that a change has touched, by its device, and forgets that it did. */
    public void takePorts(Consumer<String> taker) {
        touchedPorts.forEach(taker);
        touchedPorts.clear();
    }

    /** Gives the id of each group that a change has touched, and forgets that it did. */
    public void takeGroups(Consumer<String> taker) {
        touchedGroups.forEach(taker);
        touchedGroups.clear();
    }

    /** Gives the uid of each node that a change has touched, and forgets that it did. */
    public void takeHosts(Consumer<String> taker) {
        touchedHosts.forEach(taker);
        touchedHosts.clear();
    }

    /** What the node with this uid shall be in the network: the port that it shall have itself, or whose trunk is its own. */
    public Optional<HostSpec> host(String uid) {
        return nodes.withUid(uid)
                .map(node -> new HostSpec(
                        node,
                        nodes.addresses(node),
                        nested
                                ? Set.of()
                                : Stream.concat(
                                                Stream.of(
                                                        new GroupKey.Host(node.name()),
                                                        new GroupKey.Open(Direction.INGRESS),
                                                        new GroupKey.Open(Direction.EGRESS)),
                                                policies.nodes(node))
                                        .map(GroupKey::id)
                                        .collect(Collectors.toSet())));
    }

    /** The pod with this device. */
    public Optional<Pod> pod(String device) {
        return Optional.ofNullable(devices.get(device)).map(pods::get);
    }

    /** Whether nothing can be said yet of this device: its pod is known, its namespace is not. */
    public boolean isUndecided(String device) {
        return pod(device)
                .filter(Pod::networked)
                .filter(pod -> !namespaces.containsKey(pod.namespace()))
                .isPresent();
    }

    /**
     * The port that this device shall have.
     *
     * @throws io.weft.kubernetes.translate.RefusedException when the pod asks for what cannot be
     */
    public Optional<PortSpec> port(String device) {
        return pod(device)
                .filter(Pod::networked)
                .filter(pod -> namespaces.containsKey(pod.namespace()))
                .map(pod -> port(pod, device));
    }

    private PortSpec port(Pod pod, String device) {
        String host = pod.node().map(nodes::host).orElseThrow();
        Set<String> groups = use.groupsOf(pod.deviceId());
        List<FurtherInterface> further = attachments.of(pod);
        return further.stream()
                .filter(each -> PortSpec.device(pod, each.name()).equals(device))
                .findFirst()
                .map(each -> new PortSpec(
                        pod,
                        Optional.of(each.name()),
                        List.of(),
                        host,
                        each.place(),
                        each.addresses(),
                        each.mac(),
                        groups))
                .orElseGet(() -> new PortSpec(
                        pod,
                        Optional.empty(),
                        further.stream()
                                .map(each -> PortSpec.device(pod, each.name()))
                                .toList(),
                        host,
                        Annotations.place(
                                pod,
                                Optional.ofNullable(namespaces.get(pod.namespace()))
                                        .orElseThrow()),
                        Annotations.addresses(pod),
                        Optional.empty(),
                        groups));
    }

    /** The devices of all pods. */
    public Set<String> devices() {
        return Set.copyOf(devices.keySet());
    }

    /** The namespace of this name. */
    public Optional<Namespace> namespace(String name) {
        return Optional.ofNullable(namespaces.get(name));
    }

    /** The group with this id, if it shall be. */
    public Optional<GroupSpec> group(String id) {
        for (Direction direction : Direction.values()) {
            GroupKey.Open open = new GroupKey.Open(direction);
            if (open.id().equals(id)) {
                return Optional.of(Groups.open(open));
            }
        }
        return policies.group(id)
                .or(() -> use.group(id))
                .or(() -> nodes.group(id))
                .flatMap(this::spec);
    }

    /** A node as rules of its pods name it. */
    private List<GroupSpec.Remote> remotes(String node) {
        return nested ? Groups.addresses(nodes.claimed(node)) : Groups.port(node);
    }

    private Optional<GroupSpec> spec(GroupKey key) {
        return switch (key) {
            case GroupKey.Open open -> Optional.of(Groups.open(open));
            case GroupKey.Host host -> Optional.of(Groups.host(host));
            case GroupKey.OnNode pods -> Optional.of(Groups.onNode(pods, remotes(pods.node())));
            case GroupKey.Peers peers -> Optional.of(Groups.peers(peers)).filter(_ -> policies.names(peers.set()));
            case GroupKey.Unsaid unsaid -> Optional.of(Groups.unsaid(unsaid));
            case GroupKey.Probes probes -> Optional.of(Groups.probes(probes, remotes(probes.node())));
            case GroupKey.Nodes named -> Optional.of(Groups.nodes(named)).filter(_ -> policies.names(named.labels()));
            case GroupKey.Rules rules ->
                policies.withUid(rules.policy())
                        .filter(policy -> policy.parts().contains(rules.part()))
                        .map(policy -> Groups.rules(rules, policy, meanings));
        };
    }

    /** The policy whose rules the group with this id has. */
    public Optional<Policy> policyOf(String group) {
        return policies.group(group)
                .or(() -> use.group(group))
                .filter(GroupKey.Rules.class::isInstance)
                .flatMap(key -> policies.withUid(((GroupKey.Rules) key).policy()));
    }
}
