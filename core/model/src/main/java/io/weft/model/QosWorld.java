package io.weft.model;

import io.vavr.collection.HashMap;
import java.util.Optional;
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
 * @param ports the ports of each policy; those that have it through their network are not among them
 * @param networks the networks of each policy
 * @param floatingIps the floating IPs of each policy
 * @param routers the routers of each policy: those with a gateway that has it
 */
record QosWorld(
        HashMap<UUID, QosPolicy> policies,
        HashMap<String, UUID> defaults,
        HashMap<UUID, UUID> owners,
        Index<UUID> ports,
        Index<UUID> networks,
        Index<UUID> floatingIps,
        Index<UUID> routers) {
    static final QosWorld EMPTY = new QosWorld(
            HashMap.empty(),
            HashMap.empty(),
            HashMap.empty(),
            Index.empty(),
            Index.empty(),
            Index.empty(),
            Index.empty());

    QosWorld with(QosPolicy policy) {
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
                ports,
                networks,
                floatingIps,
                routers);
    }

    QosWorld without(UUID id) {
        QosPolicy old = policies.getOrElse(id, null);
        if (old == null) {
            return this;
        }
        boolean wasDefault = defaults.get(old.project()).contains(id);
        HashMap<UUID, UUID> left = owners;
        for (QosRule rule : old.rules()) {
            left = left.remove(rule.id());
        }
        return new QosWorld(
                policies.remove(id),
                wasDefault ? defaults.remove(old.project()) : defaults,
                left,
                ports,
                networks,
                floatingIps,
                routers);
    }

    /** A port came or changed; the same object when its policy did not. */
    QosWorld withPort(@Nullable Port old, Port port) {
        Optional<UUID> before = old == null ? Optional.empty() : old.qosPolicy();
        return before.equals(port.qosPolicy()) ? this : withPorts(moved(ports, before, port.qosPolicy(), port.id()));
    }

    QosWorld withoutPort(Port port) {
        return port.qosPolicy().isEmpty()
                ? this
                : withPorts(moved(ports, port.qosPolicy(), Optional.empty(), port.id()));
    }

    private QosWorld withPorts(Index<UUID> index) {
        return new QosWorld(policies, defaults, owners, index, networks, floatingIps, routers);
    }

    /** A network came or changed; the same object when its policy did not. */
    QosWorld withNetwork(@Nullable Network old, Network network) {
        Optional<UUID> before = old == null ? Optional.empty() : old.qosPolicy();
        return before.equals(network.qosPolicy())
                ? this
                : withNetworks(moved(networks, before, network.qosPolicy(), network.id()));
    }

    QosWorld withoutNetwork(Network network) {
        return network.qosPolicy().isEmpty()
                ? this
                : withNetworks(moved(networks, network.qosPolicy(), Optional.empty(), network.id()));
    }

    private QosWorld withNetworks(Index<UUID> index) {
        return new QosWorld(policies, defaults, owners, ports, index, floatingIps, routers);
    }

    /** A floating IP came, changed or went; the same object when its policy did not. */
    QosWorld withFloatingIp(@Nullable FloatingIp old, @Nullable FloatingIp floatingIp) {
        Optional<UUID> before = old == null ? Optional.empty() : old.qosPolicy();
        Optional<UUID> after = floatingIp == null ? Optional.empty() : floatingIp.qosPolicy();
        FloatingIp either = floatingIp == null ? old : floatingIp;
        return either == null || before.equals(after)
                ? this
                : new QosWorld(
                        policies,
                        defaults,
                        owners,
                        ports,
                        networks,
                        moved(floatingIps, before, after, either.id()),
                        routers);
    }

    /** A router came, changed or went; the same object when its gateways' policies did not. */
    QosWorld withRouter(@Nullable Router old, @Nullable Router router) {
        Set<UUID> before = policies(old);
        Set<UUID> after = policies(router);
        Router either = router == null ? old : router;
        if (either == null || before.equals(after)) {
            return this;
        }
        Index<UUID> index = routers;
        for (UUID policy : before) {
            index = index.remove(policy, either.id());
        }
        for (UUID policy : after) {
            index = index.add(policy, either.id());
        }
        return new QosWorld(policies, defaults, owners, ports, networks, floatingIps, index);
    }

    private static Set<UUID> policies(@Nullable Router router) {
        return router == null
                ? Set.of()
                : router.gateways().stream()
                        .flatMap(gateway -> gateway.qosPolicy().stream())
                        .collect(Collectors.toSet());
    }

    private static Index<UUID> moved(Index<UUID> index, Optional<UUID> from, Optional<UUID> to, UUID id) {
        Index<UUID> left = from.isPresent() ? index.remove(from.get(), id) : index;
        return to.isPresent() ? left.add(to.get(), id) : left;
    }
}
