package io.weft.kubernetes.desired;

import io.weft.kubernetes.translate.ClusterNode;
import io.weft.kubernetes.translate.GroupKey;
import io.weft.kubernetes.translate.Selector;
import io.weft.model.IpAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The nodes of a cluster, and those that pods are on. Owned by the thread of its {@link DesiredState}. */
final class ClusterNodes {
    private final Map<String, ClusterNode> nodes = new HashMap<>();
    private final Map<String, ClusterNode> byUid = new HashMap<>();
    private final Map<IpAddress, TreeSet<String>> claims = new HashMap<>();
    private final Set<String> used = new HashSet<>();
    private final Map<String, GroupKey> groups = new HashMap<>();
    private final boolean withPorts;

    /** @param withPorts whether nodes have ports of their own */
    ClusterNodes(boolean withPorts) {
        this.withPorts = withPorts;
    }

    /**
     * The node with this name is this one now, or gone. Answers the uids of all nodes whose ports that concerns: addresses
     * that several claim go from one to another.
     */
    Set<String> replace(String name, Optional<ClusterNode> after) {
        Optional<ClusterNode> before = Optional.ofNullable(nodes.get(name));
        if (before.equals(after)) {
            return Set.of();
        }
        Set<String> touched = new HashSet<>();
        before.ifPresent(node -> {
            nodes.remove(name);
            byUid.remove(node.uid());
            touched.add(node.uid());
            node.addresses().forEach(address -> {
                touchClaims(address, touched);
                claims.computeIfPresent(address, (_, names) -> {
                    names.remove(name);
                    return names.isEmpty() ? null : names;
                });
            });
        });
        after.ifPresent(node -> {
            nodes.put(name, node);
            byUid.put(node.uid(), node);
            touched.add(node.uid());
            node.addresses().forEach(address -> {
                claims.computeIfAbsent(address, _ -> new TreeSet<>()).add(name);
                touchClaims(address, touched);
            });
        });
        keepGroup(name);
        return touched;
    }

    private void touchClaims(IpAddress address, Set<String> touched) {
        claims.getOrDefault(address, new TreeSet<>()).stream()
                .map(nodes::get)
                .filter(node -> node != null)
                .forEach(node -> touched.add(node.uid()));
    }

    /** Rules of groups name the node's own, whether it is known yet or not. */
    void use(String name, boolean is) {
        if (is) {
            used.add(name);
        } else {
            used.remove(name);
        }
        keepGroup(name);
    }

    private void keepGroup(String name) {
        GroupKey.Host group = new GroupKey.Host(name);
        if (withPorts && (nodes.containsKey(name) || used.contains(name))) {
            groups.put(group.id(), group);
        } else {
            groups.remove(group.id());
        }
    }

    /** The group with this id of a port, of a node that is known or used. */
    Optional<GroupKey> group(String id) {
        return Optional.ofNullable(groups.get(id));
    }

    /** What Weft calls the node. */
    String host(String name) {
        ClusterNode node = nodes.get(name);
        return node == null ? name : node.host();
    }

    /** The uids of all. */
    Set<String> uids() {
        return Set.copyOf(byUid.keySet());
    }

    Optional<ClusterNode> named(String name) {
        return Optional.ofNullable(nodes.get(name));
    }

    /** The addresses that a node has besides those of its own port. */
    List<IpAddress> outside(ClusterNode node) {
        return withPorts
                ? node.outside()
                : Stream.concat(node.addresses().stream(), node.outside().stream())
                        .toList();
    }

    /** The same of all nodes with such labels. */
    List<IpAddress> outside(Selector labels) {
        return nodes.values().stream()
                .filter(node -> labels.matches(node.labels()))
                .flatMap(node -> outside(node).stream())
                .distinct()
                .sorted()
                .toList();
    }

    Optional<ClusterNode> withUid(String uid) {
        return Optional.ofNullable(byUid.get(uid));
    }

    /** All addresses that the node with this name claims. */
    List<IpAddress> claimed(String name) {
        return Optional.ofNullable(nodes.get(name)).map(ClusterNode::addresses).orElse(List.of());
    }

    /** The addresses of the node; of several nodes that claim one, the first by name has it. */
    List<IpAddress> addresses(ClusterNode node) {
        return node.addresses().stream()
                .filter(address ->
                        claims.getOrDefault(address, new TreeSet<>()).first().equals(node.name()))
                .toList();
    }
}
