package io.weft.model;

import io.weft.model.RbacPolicy.Action;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Who may use an object besides its owner. It is part of the object's record, so that whoever relies on it relies on the
 * record's being unchanged.
 *
 * @param policies at most one for each action and target, in the order of these
 */
public record Sharing(List<RbacPolicy> policies) {
    /** Nobody but the owner. */
    public static final Sharing NONE = new Sharing(List.of());

    /** The most policies of one object; bounds its record. */
    public static final int MAX_POLICIES = 1000;

    private static final Comparator<RbacPolicy> ORDER =
            Comparator.comparing(RbacPolicy::action).thenComparing(RbacPolicy::target);

    public Sharing {
        policies = policies.size() < 2
                ? List.copyOf(policies)
                : policies.stream().sorted(ORDER).toList();
        Rules.require(
                "object_id",
                policies.size() <= MAX_POLICIES,
                "an object has at most " + MAX_POLICIES + " RBAC policies");
        for (int i = 1; i < policies.size(); i++) {
            Rules.require(
                    "target_tenant",
                    ORDER.compare(policies.get(i - 1), policies.get(i)) != 0,
                    "an object has one RBAC policy for each action and target");
        }
    }

    /**
     * What an object was given by its own attributes, where nobody wrote it down as a policy: the policies follow from
     * the object's identity.
     *
     * @param shared whether every project may use it
     * @param external whether every project may have gateways there
     */
    public static Sharing implied(Meta object, boolean shared, boolean external) {
        return NONE.agreeing(object, shared, external);
    }

    /**
     * The same, made to agree with what builds that know no policies wrote of the object.
     *
     * @param shared whether every project may use it
     * @param external whether any project may have gateways there
     */
    public Sharing agreeing(Meta object, boolean shared, boolean external) {
        Sharing agreed = this;
        Optional<RbacPolicy> everyone = find(Action.ACCESS_AS_SHARED, RbacPolicy.EVERYONE);
        if (shared && everyone.isEmpty()) {
            agreed = agreed.with(implied(object, Action.ACCESS_AS_SHARED));
        } else if (!shared && everyone.isPresent()) {
            agreed = agreed.without(everyone.get().id());
        }
        if (external && !has(Action.ACCESS_AS_EXTERNAL)) {
            return agreed.with(implied(object, Action.ACCESS_AS_EXTERNAL));
        }
        return external ? agreed : agreed.without(Action.ACCESS_AS_EXTERNAL);
    }

    private static RbacPolicy implied(Meta object, Action action) {
        byte[] name = (object.id() + "/" + action.text()).getBytes(StandardCharsets.UTF_8);
        return new RbacPolicy(UUID.nameUUIDFromBytes(name), object.project(), action, RbacPolicy.EVERYONE, true);
    }

    /** Those that do not follow from the object's other attributes. */
    public List<RbacPolicy> explicit(Meta object) {
        return policies.stream()
                .filter(policy -> !policy.implied() || !policy.equals(implied(object, policy.action())))
                .toList();
    }

    /** Whether a project may do this. */
    public boolean allows(Action action, String project) {
        return isForEveryone(action) || find(action, project).isPresent();
    }

    /** Whether every project may do this. */
    public boolean isForEveryone(Action action) {
        return find(action, RbacPolicy.EVERYONE).isPresent();
    }

    /** Whether any project may do this. */
    public boolean has(Action action) {
        return policies.stream().anyMatch(policy -> policy.action() == action);
    }

    /** The policy that lets a target do this. */
    public Optional<RbacPolicy> find(Action action, String target) {
        int low = 0;
        int high = policies.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            RbacPolicy policy = policies.get(middle);
            int order = policy.action().compareTo(action);
            if (order == 0) {
                order = policy.target().compareTo(target);
            }
            if (order == 0) {
                return Optional.of(policy);
            }
            low = order < 0 ? middle + 1 : low;
            high = order < 0 ? high : middle - 1;
        }
        return Optional.empty();
    }

    /** The policy of this id. */
    public Optional<RbacPolicy> policy(UUID id) {
        return policies.stream().filter(policy -> policy.id().equals(id)).findFirst();
    }

    /** The same with this policy in place of the one of its id, or beside the others. */
    public Sharing with(RbacPolicy policy) {
        List<RbacPolicy> all = new ArrayList<>(without(policy.id()).policies);
        all.add(policy);
        return new Sharing(all);
    }

    /** The same without the policy of this id. */
    public Sharing without(UUID id) {
        return keeping(policy -> !policy.id().equals(id));
    }

    /** The same without the policies of this action. */
    public Sharing without(Action action) {
        return keeping(policy -> policy.action() != action);
    }

    private Sharing keeping(Predicate<RbacPolicy> kept) {
        List<RbacPolicy> left = policies.stream().filter(kept).toList();
        return left.size() == policies.size() ? this : new Sharing(left);
    }
}
