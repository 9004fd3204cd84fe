package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.transaction.Plan;
import io.weft.model.Port;
import io.weft.model.SecurityGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/** Which security groups a port is in: what was asked for, or its project's default group. */
final class PortGroups {
    private final GroupMaker maker;
    private final boolean enabled;

    PortGroups(GroupMaker maker, Settings settings) {
        this.maker = maker;
        this.enabled = settings.securityGroups();
    }

    /**
     * The groups of a new port.
     *
     * @param portSecurity whether the port is held to rules at all
     * @return empty when no rules apply to it
     */
    Optional<List<UUID>> ofNew(Plan plan, Caller caller, NewPort wanted, boolean portSecurity) {
        if (!enabled) {
            return Optional.empty();
        }
        if (!portSecurity) {
            if (!Port.isTrusted(wanted.deviceOwner())) {
                requireNone(wanted.securityGroups());
            }
            return Optional.empty();
        }
        if (wanted.securityGroups().isEmpty()) {
            UUID group = maker.ensureDefault(plan, wanted.project());
            GroupMaker.needGroup(plan, group);
            return Optional.of(List.of(group));
        }
        return Optional.of(
                join(plan, caller, wanted.project(), wanted.securityGroups().get(), List.of()));
    }

    /** The groups of a port that changes. */
    Optional<List<UUID>> ofChanged(
            Plan plan, Caller caller, Port before, Optional<List<UUID>> wanted, boolean portSecurity) {
        if (!portSecurity) {
            requireNone(wanted);
            if (wanted.isEmpty() && !before.groups().isEmpty()) {
                throw Problem.PORT_HAS_SECURITY_GROUPS.with();
            }
            return Optional.empty();
        }
        if (enabled && wanted.isPresent()) {
            return Optional.of(join(plan, caller, before.project(), wanted.get(), before.groups()));
        }
        boolean nowHeld = enabled && !before.portSecurityEnabled();
        return nowHeld ? Optional.of(List.of()) : before.securityGroups();
    }

    private static void requireNone(Optional<List<UUID>> wanted) {
        if (wanted.filter(groups -> !groups.isEmpty()).isPresent()) {
            throw Problem.SECURITY_GROUPS_NEED_PORT_SECURITY.with();
        }
    }

    /** Groups that exist and may be used; a port has only stateful or only stateless ones, as in Neutron. */
    private static List<UUID> join(Plan plan, Caller caller, String project, List<UUID> wanted, List<UUID> present) {
        List<UUID> sorted = List.copyOf(new TreeSet<>(wanted));
        if (sorted.equals(present)) {
            return sorted;
        }
        List<SecurityGroup> groups = new ArrayList<>(sorted.size());
        List<String> missing = new ArrayList<>(0);
        for (UUID id : sorted) {
            Optional<SecurityGroup> group = plan.world()
                    .securityGroup(id)
                    .filter(g -> Access.sees(plan.world(), caller, g))
                    .filter(g -> caller.admin()
                            || g.project().equals(project)
                            || g.isSharedWith(project)
                            || present.contains(id));
            group.ifPresentOrElse(groups::add, () -> missing.add(id.toString()));
        }
        if (!missing.isEmpty()) {
            throw Problem.SECURITY_GROUP_NOT_FOUND.with(String.join(", ", missing));
        }
        if (groups.stream().map(SecurityGroup::stateful).distinct().count() > 1) {
            throw Problem.SECURITY_GROUP_CONFLICT.with(
                    "Cannot apply both stateful and stateless security groups on the same port at the same time");
        }
        for (SecurityGroup group : groups) {
            GroupMaker.needGroup(plan, group.id());
            // It is the sharing that lets the port into another project's group.
            if (groups.size() > 1 || !group.project().equals(project)) {
                plan.requireUnchanged(group);
            }
        }
        return sorted;
    }
}
