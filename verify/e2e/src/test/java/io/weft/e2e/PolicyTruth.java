package io.weft.e2e;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether policies let a connection through, read off the text of the specification for one connection at a time. It shares
 * nothing with the controller.
 *
 * @param policies all of the cluster
 * @param namespaces labels of namespaces by name
 */
record PolicyTruth(List<NetworkPolicy> policies, Map<String, Map<String, String>> namespaces) {
    /**
     * An end of a connection.
     *
     * @param ports numbers of TCP ports by name
     */
    record End(String namespace, String name, Map<String, String> labels, Map<String, Integer> ports, String address) {}

    boolean lets(End from, End to, String protocol, int port) {
        return lets("Egress", from, to, to, protocol, port) && lets("Ingress", to, from, to, protocol, port);
    }

    /** @param own the end whose policies are asked */
    private boolean lets(String type, End own, End other, End receiver, String protocol, int port) {
        List<NetworkPolicy> isolating = policies.stream()
                .filter(policy -> policy.getMetadata().getNamespace().equals(own.namespace()))
                .filter(policy -> matches(policy.getSpec().getPodSelector(), own.labels()))
                .filter(policy -> policy.getSpec().getPolicyTypes().contains(type))
                .toList();
        if (isolating.isEmpty()) {
            return true;
        }
        for (NetworkPolicy policy : isolating) {
            if (type.equals("Ingress")) {
                for (var rule : policy.getSpec().getIngress()) {
                    if (peer(policy, rule.getFrom(), other) && port(rule.getPorts(), receiver, protocol, port)) {
                        return true;
                    }
                }
            } else {
                for (var rule : policy.getSpec().getEgress()) {
                    if (peer(policy, rule.getTo(), other) && port(rule.getPorts(), receiver, protocol, port)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private boolean peer(NetworkPolicy policy, List<NetworkPolicyPeer> peers, End other) {
        return peers.isEmpty()
                || peers.stream().anyMatch(peer -> {
                    if (peer.getIpBlock() != null) {
                        return within(peer.getIpBlock().getCidr(), other.address())
                                && peer.getIpBlock().getExcept().stream()
                                        .noneMatch(out -> within(out, other.address()));
                    }
                    boolean namespace = peer.getNamespaceSelector() == null
                            ? other.namespace().equals(policy.getMetadata().getNamespace())
                            : matches(
                                    peer.getNamespaceSelector(), namespaces.getOrDefault(other.namespace(), Map.of()));
                    return namespace
                            && (peer.getPodSelector() == null || matches(peer.getPodSelector(), other.labels()));
                });
    }

    private static boolean port(List<NetworkPolicyPort> ports, End receiver, String protocol, int number) {
        return ports.isEmpty()
                || ports.stream().anyMatch(port -> {
                    String wanted = port.getProtocol() == null ? "TCP" : port.getProtocol();
                    if (!wanted.equals(protocol)) {
                        return false;
                    }
                    if (port.getPort() == null) {
                        return true;
                    }
                    @Nullable Integer first = port.getPort().getIntVal();
                    if (first == null) {
                        return protocol.equals("TCP")
                                && receiver.ports().getOrDefault(port.getPort().getStrVal(), -1) == number;
                    }
                    int last = port.getEndPort() == null ? first : port.getEndPort();
                    return first <= number && number <= last;
                });
    }

    private static boolean matches(LabelSelector selector, Map<String, String> labels) {
        return labels.entrySet().containsAll(selector.getMatchLabels().entrySet())
                && selector.getMatchExpressions().stream().allMatch(expression -> {
                    boolean in = expression.getValues().contains(labels.get(expression.getKey()));
                    return switch (expression.getOperator()) {
                        case "In" -> in;
                        case "NotIn" -> !in;
                        case "Exists" -> labels.containsKey(expression.getKey());
                        case "DoesNotExist" -> !labels.containsKey(expression.getKey());
                        default -> throw new IllegalArgumentException(expression.getOperator());
                    };
                });
    }

    private static boolean within(String cidr, String address) {
        try {
            String[] parts = cidr.split("/");
            byte[] block = InetAddress.getByName(parts[0]).getAddress();
            byte[] one = InetAddress.getByName(address).getAddress();
            int rest = block.length * 8 - Integer.parseInt(parts[1]);
            return block.length == one.length
                    && new BigInteger(1, block).shiftRight(rest).equals(new BigInteger(1, one).shiftRight(rest));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
