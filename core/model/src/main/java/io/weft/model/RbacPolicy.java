package io.weft.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * That a project may use an object of another (Neutron API v2.0, RBAC policies).
 *
 * @param id its identity
 * @param project who made it: it, and administrators, see and change it
 * @param action what the target may do
 * @param target the project that may, or {@link #EVERYONE}
 * @param implied whether it was made by the object's own {@code shared} or {@code router:external}; such a one is not
 *     counted against a quota
 */
public record RbacPolicy(UUID id, String project, Action action, String target, boolean implied) {
    /** The target that stands for all projects. */
    public static final String EVERYONE = "*";

    public RbacPolicy {
        Rules.text("project_id", project);
        Rules.text("target_tenant", target);
        Rules.require("target_tenant", !target.isEmpty(), "must not be empty");
    }

    /** The same for another target. */
    public RbacPolicy withTarget(String newTarget) {
        return new RbacPolicy(id, project, action, newTarget, implied);
    }

    /** What a target may do with an object. */
    public enum Action {
        /** See and use it as if it were its own. */
        ACCESS_AS_SHARED("access_as_shared"),
        /** See a network and have gateways and floating IPs there. */
        ACCESS_AS_EXTERNAL("access_as_external");

        private final String text;

        Action(String text) {
            this.text = text;
        }

        /** Neutron's name. */
        public String text() {
            return text;
        }

        /** The action with this name. */
        public static Optional<Action> named(String text) {
            return Arrays.stream(values())
                    .filter(action -> action.text.equals(text))
                    .findFirst();
        }
    }
}
