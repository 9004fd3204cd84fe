package io.weft.model;

import io.vavr.collection.HashMap;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link World} that is about security groups; immutable.
 *
 * @param groups all groups
 * @param rules all rules
 * @param addressGroups all address groups
 * @param defaultRules the rules that groups begin with, when they were changed
 * @param defaultGroups the default group of each project that has one
 * @param rulesByGroup the rules of each group
 * @param rulesByRemote the rules that name a security group or address group as their other end
 * @param portsByGroup the ports in each group
 */
record GroupWorld(
        HashMap<UUID, SecurityGroup> groups,
        HashMap<UUID, SecurityGroupRule> rules,
        HashMap<UUID, AddressGroup> addressGroups,
        HashMap<UUID, DefaultRules> defaultRules,
        HashMap<String, UUID> defaultGroups,
        Index<UUID> rulesByGroup,
        Index<UUID> rulesByRemote,
        Index<UUID> portsByGroup) {
    static final GroupWorld EMPTY = new GroupWorld(
            HashMap.empty(),
            HashMap.empty(),
            HashMap.empty(),
            HashMap.empty(),
            HashMap.empty(),
            Index.empty(),
            Index.empty(),
            Index.empty());

    /** The same object when nothing of it changed. */
    GroupWorld changed(Resource.Kind kind, UUID id, @Nullable Resource old, @Nullable Resource now) {
        return switch (kind) {
            case SECURITY_GROUP -> now == null ? withoutGroup(id) : with((SecurityGroup) now);
            case SECURITY_GROUP_RULE -> now == null ? withoutRule(id) : with((SecurityGroupRule) now);
            case ADDRESS_GROUP ->
                withAddressGroups(now == null ? addressGroups.remove(id) : addressGroups.put(id, (AddressGroup) now));
            case DEFAULT_RULES ->
                withDefaultRules(now == null ? defaultRules.remove(id) : defaultRules.put(id, (DefaultRules) now));
            case PORT -> withPort(id, groupsOf((Port) old), groupsOf((Port) now));
            default -> this;
        };
    }

    private static List<UUID> groupsOf(@Nullable Port port) {
        return port == null ? List.of() : port.groups();
    }

    private GroupWorld with(SecurityGroup group) {
        return new GroupWorld(
                groups.put(group.id(), group),
                rules,
                addressGroups,
                defaultRules,
                group.isDefault() ? defaultGroups.put(group.project(), group.id()) : defaultGroups,
                rulesByGroup,
                rulesByRemote,
                portsByGroup);
    }

    private GroupWorld withoutGroup(UUID id) {
        SecurityGroup old = groups.getOrElse(id, null);
        boolean isDefault = old != null && defaultGroups.get(old.project()).contains(id);
        return new GroupWorld(
                groups.remove(id),
                rules,
                addressGroups,
                defaultRules,
                old != null && isDefault ? defaultGroups.remove(old.project()) : defaultGroups,
                rulesByGroup,
                rulesByRemote,
                portsByGroup);
    }

    private GroupWorld with(SecurityGroupRule rule) {
        GroupWorld without = withoutRule(rule.id());
        Index<UUID> remotes = without.rulesByRemote;
        if (rule.remoteGroup().isPresent()) {
            remotes = remotes.add(rule.remoteGroup().get(), rule.id());
        }
        return new GroupWorld(
                groups,
                rules.put(rule.id(), rule),
                addressGroups,
                defaultRules,
                defaultGroups,
                without.rulesByGroup.add(rule.groupId(), rule.id()),
                remotes,
                portsByGroup);
    }

    private GroupWorld withoutRule(UUID id) {
        SecurityGroupRule old = rules.getOrElse(id, null);
        if (old == null) {
            return this;
        }
        Index<UUID> remotes = rulesByRemote;
        if (old.remoteGroup().isPresent()) {
            remotes = remotes.remove(old.remoteGroup().get(), id);
        }
        return new GroupWorld(
                groups,
                rules.remove(id),
                addressGroups,
                defaultRules,
                defaultGroups,
                rulesByGroup.remove(old.groupId(), id),
                remotes,
                portsByGroup);
    }

    private GroupWorld withAddressGroups(HashMap<UUID, AddressGroup> now) {
        return new GroupWorld(
                groups, rules, now, defaultRules, defaultGroups, rulesByGroup, rulesByRemote, portsByGroup);
    }

    private GroupWorld withDefaultRules(HashMap<UUID, DefaultRules> now) {
        return new GroupWorld(
                groups, rules, addressGroups, now, defaultGroups, rulesByGroup, rulesByRemote, portsByGroup);
    }

    private GroupWorld withPort(UUID id, List<UUID> before, List<UUID> after) {
        if (before.equals(after)) {
            return this;
        }
        Index<UUID> index = portsByGroup;
        for (UUID group : before) {
            index = index.remove(group, id);
        }
        for (UUID group : after) {
            index = index.add(group, id);
        }
        return withPorts(index);
    }

    private GroupWorld withPorts(Index<UUID> index) {
        return new GroupWorld(
                groups, rules, addressGroups, defaultRules, defaultGroups, rulesByGroup, rulesByRemote, index);
    }
}
