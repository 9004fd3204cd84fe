package io.weft.compiler;

import io.weft.protocol.Topic;
import io.weft.protocol.TopicChanges.Dissolved;
import io.weft.protocol.TopicChanges.DomainChange;
import io.weft.protocol.TopicChanges.HostJoins;
import io.weft.protocol.TopicChanges.HostLeaves;
import io.weft.protocol.TopicChanges.TopicJoins;
import io.weft.protocol.TopicChanges.TopicLeaves;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Which hosts need which security groups. Each group that has ports on hosts is a domain: the group, and the members of
 * what its rules name. A port costs one count; a rule costs one count and at most one topic. Owned by the compiler's
 * thread.
 */
final class GroupDomains {
    private static final class Group {
        private long domain;
        /** The hosts with bound ports in the group, with their number. */
        private final Map<String, Integer> hosts = new HashMap<>();
        /** What the group's rules name, with the number of rules that do. */
        private final Map<UUID, Integer> remotes = new HashMap<>();

        private boolean isNeedless() {
            return hosts.isEmpty() && remotes.isEmpty();
        }
    }

    private final Map<UUID, Group> groups = new HashMap<>();
    private final LongSupplier numbers;
    private Consumer<DomainChange> changes = change -> {};

    /** @param numbers gives numbers for domains, none twice */
    GroupDomains(LongSupplier numbers) {
        this.numbers = numbers;
    }

    /** Says where changes go from now on. */
    void emitTo(Consumer<DomainChange> consumer) {
        changes = consumer;
    }

    /** A port in the group was bound to the host. */
    void addPort(UUID groupId, String host) {
        Group group = groups.computeIfAbsent(groupId, _ -> new Group());
        if (group.hosts.isEmpty()) {
            group.domain = numbers.getAsLong();
            changes.accept(new TopicJoins(group.domain, Topic.group(groupId)));
            group.remotes
                    .keySet()
                    .forEach(remote -> changes.accept(new TopicJoins(group.domain, Topic.members(remote))));
        }
        if (group.hosts.merge(host, 1, Integer::sum) == 1) {
            changes.accept(new HostJoins(group.domain, host));
        }
    }

    /** A port in the group is no longer bound to the host. */
    void removePort(UUID groupId, String host) {
        Group group = known(groupId);
        if (countDown(group.hosts, host)) {
            changes.accept(new HostLeaves(group.domain, host));
            if (group.hosts.isEmpty()) {
                changes.accept(new Dissolved(group.domain));
                dropIfNeedless(groupId, group);
            }
        }
    }

    /** The group has one more rule that names this. */
    void addRule(UUID groupId, UUID remote) {
        Group group = groups.computeIfAbsent(groupId, _ -> new Group());
        if (group.remotes.merge(remote, 1, Integer::sum) == 1 && !group.hosts.isEmpty()) {
            changes.accept(new TopicJoins(group.domain, Topic.members(remote)));
        }
    }

    /** The group has one rule less that names this. */
    void removeRule(UUID groupId, UUID remote) {
        Group group = known(groupId);
        if (countDown(group.remotes, remote)) {
            if (!group.hosts.isEmpty()) {
                changes.accept(new TopicLeaves(group.domain, Topic.members(remote)));
            }
            dropIfNeedless(groupId, group);
        }
    }

    /** The topics that the host needs because of its ports' groups. For inspection: walks over everything. */
    Set<Topic> topicsOf(String host) {
        Set<Topic> topics = new TreeSet<>();
        groups.forEach((id, group) -> {
            if (group.hosts.containsKey(host)) {
                topics.add(Topic.group(id));
                group.remotes.keySet().forEach(remote -> topics.add(Topic.members(remote)));
            }
        });
        return topics;
    }

    private Group known(UUID groupId) {
        Group group = groups.get(groupId);
        if (group == null) {
            throw new IllegalStateException("the security group " + groupId + " is not known");
        }
        return group;
    }

    private void dropIfNeedless(UUID groupId, Group group) {
        if (group.isNeedless()) {
            groups.remove(groupId);
        }
    }

    /** Counts one less; whether nothing is left. */
    private static <K> boolean countDown(Map<K, Integer> counts, K key) {
        return counts.merge(key, -1, (count, less) -> count == 1 ? null : count - 1) == null;
    }
}
