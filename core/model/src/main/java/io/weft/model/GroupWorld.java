package io.weft.model;

import io.vavr.collection.HashMap;
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

    GroupWorld with(SecurityGroup group) {
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

    GroupWorld withoutGroup(UUID id) {
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

    GroupWorld with(SecurityGroupRule rule) {
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

    GroupWorld withoutRule(UUID id) {
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

    GroupWorld with(AddressGroup group) {
        return withAddressGroups(addressGroups.put(group.id(), group));
    }

    GroupWorld withoutAddressGroup(UUID id) {
        return withAddressGroups(addressGroups.remove(id));
    }

    private GroupWorld withAddressGroups(HashMap<UUID, AddressGroup> now) {
        return new GroupWorld(
                groups, rules, now, defaultRules, defaultGroups, rulesByGroup, rulesByRemote, portsByGroup);
    }

    GroupWorld with(DefaultRules now) {
        return withDefaultRules(defaultRules.put(now.id(), now));
    }

    GroupWorld withoutDefaultRules(UUID id) {
        return withDefaultRules(defaultRules.remove(id));
    }

    private GroupWorld withDefaultRules(HashMap<UUID, DefaultRules> now) {
        return new GroupWorld(
                groups, rules, addressGroups, now, defaultGroups, rulesByGroup, rulesByRemote, portsByGroup);
    }

    /** A port came, or changed the groups that it is in; the same object when it did not. */
    GroupWorld withPort(@Nullable Port old, Port port) {
        if (old == null ? port.groups().isEmpty() : old.groups().equals(port.groups())) {
            return this;
        }
        Index<UUID> index = portsByGroup;
        if (old != null) {
            for (UUID group : old.groups()) {
                index = index.remove(group, port.id());
            }
        }
        for (UUID group : port.groups()) {
            index = index.add(group, port.id());
        }
        return withPorts(index);
    }

    GroupWorld withoutPort(Port port) {
        Index<UUID> index = portsByGroup;
        for (UUID group : port.groups()) {
            index = index.remove(group, port.id());
        }
        return withPorts(index);
    }

    private GroupWorld withPorts(Index<UUID> index) {
        return new GroupWorld(
                groups, rules, addressGroups, defaultRules, defaultGroups, rulesByGroup, rulesByRemote, index);
    }
}
