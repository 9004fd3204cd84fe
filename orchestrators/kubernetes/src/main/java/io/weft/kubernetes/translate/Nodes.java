package io.weft.kubernetes.translate;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads nodes. */
public final class Nodes {
    /** External addresses are no way to a node: often they are those of a translation outside, and not its own. */
    private static final String INTERNAL = "InternalIP";

    private Nodes() {}

    /** The facts of a node; an address that is none is passed over. */
    public static ClusterNode read(Node node) {
        String name = node.getMetadata().getName();
        List<IpAddress> addresses = addresses(node, INTERNAL::equals);
        Map<String, String> annotations =
                Optional.ofNullable(node.getMetadata().getAnnotations()).orElse(Map.of());
        return new ClusterNode(
                name,
                node.getMetadata().getUid(),
                annotations.getOrDefault(Annotations.HOST, name),
                Optional.ofNullable(node.getMetadata().getLabels()).orElse(Map.of()),
                addresses,
                addresses(node, type -> !INTERNAL.equals(type)).stream()
                        .filter(address -> !addresses.contains(address))
                        .toList(),
                Optional.ofNullable(annotations.get(Annotations.PARENT_PORT)));
    }

    private static List<IpAddress> addresses(Node node, Predicate<String> type) {
        return Optional.ofNullable(node.getStatus()).map(NodeStatus::getAddresses).stream()
                .flatMap(Collection::stream)
                .filter(address -> type.test(String.valueOf(address.getType())))
                .flatMap(Nodes::address)
                .distinct()
                .sorted()
                .toList();
    }

    private static Stream<IpAddress> address(NodeAddress address) {
        try {
            return Stream.of(IpAddress.parse(String.valueOf(address.getAddress())));
        } catch (InvalidException e) {
            return Stream.of();
        }
    }
}
