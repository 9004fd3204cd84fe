package io.weft.model;

import io.vavr.collection.HashMap;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link World} that is about QoS policies; immutable.
 *
 * @param policies all policies
 * @param defaults the default policy of each project that has one
 * @param owners the policy of each rule
 * @param ports the ports of each policy; those that have it through their network are not among them
 * @param networks the networks of each policy
 */
record QosWorld(
        HashMap<UUID, QosPolicy> policies,
        HashMap<String, UUID> defaults,
        HashMap<UUID, UUID> owners,
        Index<UUID> ports,
        Index<UUID> networks) {
    static final QosWorld EMPTY =
            new QosWorld(HashMap.empty(), HashMap.empty(), HashMap.empty(), Index.empty(), Index.empty());

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
                networks);
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
                policies.remove(id), wasDefault ? defaults.remove(old.project()) : defaults, left, ports, networks);
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
        return new QosWorld(policies, defaults, owners, index, networks);
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
        return new QosWorld(policies, defaults, owners, ports, index);
    }

    private static Index<UUID> moved(Index<UUID> index, Optional<UUID> from, Optional<UUID> to, UUID id) {
        Index<UUID> left = from.isPresent() ? index.remove(from.get(), id) : index;
        return to.isPresent() ? left.add(to.get(), id) : left;
    }
}
