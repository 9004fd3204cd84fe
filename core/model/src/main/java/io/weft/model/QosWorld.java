package io.weft.model;

import io.vavr.collection.HashMap;
import io.vavr.collection.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link World} that is about QoS policies; immutable.
 *
 * @param policies all policies
 * @param defaults the default policy of each project that has one
 * @param owners the policy of each rule
 * @param users what has a policy as its own; ports that have it through their network are not among them, and routers are
 *     that have a gateway with it
 */
record QosWorld(
        HashMap<UUID, QosPolicy> policies,
        HashMap<String, UUID> defaults,
        HashMap<UUID, UUID> owners,
        Index<Use> users) {
    static final QosWorld EMPTY = new QosWorld(HashMap.empty(), HashMap.empty(), HashMap.empty(), Index.empty());

    /** That resources of a kind have a policy. */
    record Use(UUID policyId, Resource.Kind kind) {}

    /** The resources of a kind that have a policy. */
    HashSet<UUID> usersOf(UUID policyId, Resource.Kind kind) {
        return users.get(new Use(policyId, kind));
    }

    /** The same object when nothing of it changed. */
    QosWorld changed(Resource.Kind kind, UUID id, @Nullable Resource old, @Nullable Resource now) {
        if (kind == Resource.Kind.QOS_POLICY) {
            return now == null ? without(id) : with((QosPolicy) now);
        }
        Set<UUID> before = policiesOf(old);
        Set<UUID> after = policiesOf(now);
        if (before.equals(after)) {
            return this;
        }
        Index<Use> moved = users;
        for (UUID policy : before) {
            moved = moved.remove(new Use(policy, kind), id);
        }
        for (UUID policy : after) {
            moved = moved.add(new Use(policy, kind), id);
        }
        return new QosWorld(policies, defaults, owners, moved);
    }

    private static Set<UUID> policiesOf(@Nullable Resource resource) {
        return switch (resource) {
            case Port port -> port.qosPolicy().map(Set::of).orElse(Set.of());
            case Network network -> network.qosPolicy().map(Set::of).orElse(Set.of());
            case FloatingIp floatingIp -> floatingIp.qosPolicy().map(Set::of).orElse(Set.of());
            case Router router ->
                router.gateways().stream()
                        .flatMap(gateway -> gateway.qosPolicy().stream())
                        .collect(Collectors.toSet());
            case null, default -> Set.of();
        };
    }

    private QosWorld with(QosPolicy policy) {
        QosWorld rest = without(policy.id());
        UUID id = policy.id();
        HashMap<UUID, UUID> nowOwners = rest.owners;
        for (QosRule rule : policy.rules()) {
            nowOwners = nowOwners.put(rule.id(), id);
        }
        return new QosWorld(
                rest.policies.put(id, policy),
                policy.isDefault() ? rest.defaults.put(policy.project(), id) : rest.defaults,
                nowOwners,
                users);
    }

    private QosWorld without(UUID id) {
        QosPolicy old = policies.getOrElse(id, null);
        if (old == null) {
            return this;
        }
        boolean wasDefault = defaults.get(old.project()).contains(id);
        HashMap<UUID, UUID> left = owners;
        for (QosRule rule : old.rules()) {
            left = left.remove(rule.id());
        }
        return new QosWorld(policies.remove(id), wasDefault ? defaults.remove(old.project()) : defaults, left, users);
    }
}
