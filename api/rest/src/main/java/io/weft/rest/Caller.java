package io.weft.rest;

import io.weft.rest.policy.Credentials;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks.
 *
 * @param project the project that the request works in; empty when the caller named none
 * @param user the user's id
 * @param roles the names of the caller's roles in the project, in small letters
 * @param admin whether the caller is an administrator
 * @param global whether the caller gets at every project's objects, as far as the policy lets it: administrators and
 *     other services
 */
public record Caller(String project, String user, Set<String> roles, boolean admin, boolean global)
        implements Credentials {
    /** Each role and the one that comes with it, as Keystone sets them up. */
    private static final List<String> IMPLIED = List.of("admin", "manager", "member", "reader");

    public Caller {
        roles = lowerCase(roles);
    }

    /** A caller that gets at every project's objects if it is an administrator, and else at its own. */
    public Caller(String project, String user, Set<String> roles, boolean admin) {
        this(project, user, roles, admin, admin);
    }

    /** An administrator without a project. */
    public static Caller administrator(String user) {
        return new Caller("", user, Set.of("admin"), true).withImpliedRoles();
    }

    /** The roles that Keystone would have added: a manager is a member, and a member a reader. */
    public Caller withImpliedRoles() {
        Set<String> all = new HashSet<>(roles);
        for (int i = 1; i < IMPLIED.size(); i++) {
            if (all.contains(IMPLIED.get(i - 1))) {
                all.add(IMPLIED.get(i));
            }
        }
        return new Caller(project, user, all, admin, global);
    }

    Caller withReach(boolean newAdmin, boolean newGlobal) {
        return newAdmin == admin && newGlobal == global ? this : new Caller(project, user, roles, newAdmin, newGlobal);
    }

    /** Whether the caller gets at objects of this project because of what it is. */
    public boolean owns(String otherProject) {
        return global || project.equals(otherProject);
    }

    @Override
    public boolean hasRole(String role) {
        return roles.contains(role);
    }

    @Override
    public @Nullable String identity(Identity what) {
        String id = what == Identity.PROJECT ? project : user;
        return id.isEmpty() ? null : id;
    }

    private static Set<String> lowerCase(Set<String> roles) {
        for (String role : roles) {
            if (!role.equals(role.toLowerCase(Locale.ROOT))) {
                Set<String> lower = new HashSet<>();
                roles.forEach(each -> lower.add(each.toLowerCase(Locale.ROOT)));
                return Set.copyOf(lower);
            }
        }
        return Set.copyOf(roles);
    }
}
