package io.weft.kubernetes.desired;

import io.weft.kubernetes.translate.GroupKey;
import io.weft.kubernetes.translate.Policy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which ports are in which groups. Owned by the thread of its {@link DesiredState}. */
final class GroupUse {
    private final Map<String, Set<GroupKey>> groupsOf = new HashMap<>();
    private final Map<GroupKey, Integer> members = new HashMap<>();
    private final Map<String, GroupKey> byId = new HashMap<>();
    private final Map<String, Set<GroupKey>> variants = new HashMap<>();
    private final Map<Policy.NamedPeers, TreeSet<Integer>> numbers = new HashMap<>();

    /** A device's groups are these now. Answers those that came into use by that, or went out of it. */
    Set<GroupKey> of(String device, Set<GroupKey> after) {
        Set<GroupKey> before = after.isEmpty() ? groupsOf.remove(device) : groupsOf.put(device, after);
        Set<GroupKey> left = new HashSet<>(Optional.ofNullable(before).orElse(Set.of()));
        Set<GroupKey> joined = new HashSet<>(after);
        joined.removeAll(left);
        left.removeAll(after);
        Set<GroupKey> changed = new HashSet<>();
        joined.stream().filter(group -> count(group, 1) == 1).forEach(changed::add);
        left.stream().filter(group -> count(group, -1) == 0).forEach(changed::add);
        return changed;
    }

    private int count(GroupKey group, int difference) {
        int now = members.merge(group, difference, Integer::sum);
        if (now == 0) {
            members.remove(group);
            byId.remove(group.id());
            if (group instanceof GroupKey.Rules rules) {
                variants.computeIfPresent(rules.policy(), (_, all) -> {
                    all.remove(group);
                    return all.isEmpty() ? null : all;
                });
            }
        } else if (now == 1 && difference == 1) {
            byId.put(group.id(), group);
            if (group instanceof GroupKey.Rules rules) {
                variants.computeIfAbsent(rules.policy(), _ -> new HashSet<>()).add(group);
            }
        }
        return now;
    }

    /** Whether some port is in the group. */
    boolean isUsed(GroupKey group) {
        return members.containsKey(group);
    }

    Set<String> groupsOf(String device) {
        return groupsOf.getOrDefault(device, Set.of()).stream()
                .map(GroupKey::id)
                .collect(Collectors.toSet());
    }

    /** A group that some port is in. */
    Optional<GroupKey> group(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** The groups in use with a policy's rules. */
    Set<GroupKey> variants(String policy) {
        return Set.copyOf(variants.getOrDefault(policy, Set.of()));
    }

    /** Some of these pods have this number for the name, or none has any more. */
    void count(Policy.NamedPeers named, int number, boolean used) {
        if (used) {
            numbers.computeIfAbsent(named, _ -> new TreeSet<>()).add(number);
        } else {
            numbers.computeIfPresent(named, (_, all) -> {
                all.remove(number);
                return all.isEmpty() ? null : all;
            });
        }
    }

    /** What the name stands for among these pods. */
    Set<Integer> numbers(Policy.NamedPeers named) {
        return Set.copyOf(numbers.getOrDefault(named, new TreeSet<>()));
    }
}
