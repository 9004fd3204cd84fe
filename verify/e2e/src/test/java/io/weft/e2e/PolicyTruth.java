package io.weft.e2e;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether policies let a connection through, read off the text of the specification for one connection at a time. It shares
 * nothing with the controller.
 *
 * @param policies all NetworkPolicies of the cluster
 * @param tiered its ClusterNetworkPolicies and their forerunners
 * @param namespaces labels of namespaces by name
 */
record PolicyTruth(
        List<NetworkPolicy> policies,
        List<GenericKubernetesResource> tiered,
        Map<String, Map<String, String>> namespaces) {
    private static final JsonMapper JSON = JsonMapper.shared();

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
        return tier("Admin", type, own, other, receiver, protocol, port)
                .or(() -> isolation(type, own, other, receiver, protocol, port))
                .or(() -> tier("Baseline", type, own, other, receiver, protocol, port))
                .orElse(true);
    }

    /** What the first rule says that matches; empty when none does, or it passes. */
    private Optional<Boolean> tier(
            String tier, String type, End own, End other, End receiver, String protocol, int port) {
        return tiered.stream()
                .filter(policy -> tier(policy).equals(tier))
                .<JsonNode>map(policy ->
                        JSON.valueToTree(policy.getAdditionalProperties().get("spec")))
                .filter(spec -> pods(spec.get("subject"), own))
                .sorted(Comparator.comparingInt(spec -> spec.path("priority").asInt(1001)))
                .flatMap(spec -> spec.path(type.toLowerCase(Locale.ROOT)).valueStream())
                .filter(rule -> rule.path(type.equals("Ingress") ? "from" : "to")
                        .valueStream()
                        .anyMatch(peer -> pods(peer, other)
                                || peer.path("networks")
                                        .valueStream()
                                        .anyMatch(network -> within(network.asString(), other.address()))))
                .filter(rule -> !rule.has("protocols") && !rule.has("ports")
                        || Stream.concat(
                                        rule.path("protocols").valueStream(),
                                        rule.path("ports").valueStream())
                                .anyMatch(one -> port(one, receiver, protocol, port)))
                .findFirst()
                .map(rule -> rule.get("action").asString())
                .filter(action -> !action.equals("Pass"))
                .map(action -> !action.equals("Deny"));
    }

    private static String tier(GenericKubernetesResource policy) {
        return switch (policy.getKind()) {
            case "AdminNetworkPolicy" -> "Admin";
            case "BaselineAdminNetworkPolicy" -> "Baseline";
            default -> policy.<String>get("spec", "tier");
        };
    }

    /** Whether the end is one of those that a subject or a peer names by labels. */
    private boolean pods(JsonNode which, End end) {
        Map<String, String> namespace = namespaces.getOrDefault(end.namespace(), Map.of());
        return which.has("namespaces") && matches(selector(which.get("namespaces")), namespace)
                || which.has("pods")
                        && matches(selector(which.at("/pods/namespaceSelector")), namespace)
                        && matches(selector(which.at("/pods/podSelector")), end.labels());
    }

    private static LabelSelector selector(JsonNode written) {
        return Serialization.unmarshal(written.isMissingNode() ? "{}" : written.toString(), LabelSelector.class);
    }

    private static boolean port(JsonNode one, End receiver, String protocol, int number) {
        String name =
                one.path("destinationNamedPort").asString(one.path("namedPort").asString(""));
        if (!name.isEmpty()) {
            return protocol.equals("TCP") && receiver.ports().getOrDefault(name, -1) == number;
        }
        JsonNode old = one.has("portNumber") ? one.get("portNumber") : one.path("portRange");
        if (!old.isMissingNode()) {
            int first = old.path("start").asInt(old.path("port").asInt(0));
            return old.path("protocol").asString("TCP").equals(protocol)
                    && first <= number
                    && number <= old.path("end").asInt(first);
        }
        JsonNode own = one.path(protocol.toLowerCase(Locale.ROOT));
        JsonNode wanted = own.path("destinationPort");
        int first = wanted.path("number").asInt(wanted.at("/range/start").asInt(0));
        return !own.isMissingNode()
                && (wanted.isMissingNode()
                        || first <= number && number <= wanted.at("/range/end").asInt(first));
    }

    /** What NetworkPolicies say, if one isolates the end. */
    private Optional<Boolean> isolation(String type, End own, End other, End receiver, String protocol, int port) {
        List<NetworkPolicy> isolating = policies.stream()
                .filter(policy -> policy.getMetadata().getNamespace().equals(own.namespace()))
                .filter(policy -> matches(policy.getSpec().getPodSelector(), own.labels()))
                .filter(policy -> policy.getSpec().getPolicyTypes().contains(type))
                .toList();
        if (isolating.isEmpty()) {
            return Optional.empty();
        }
        for (NetworkPolicy policy : isolating) {
            if (type.equals("Ingress")) {
                for (var rule : policy.getSpec().getIngress()) {
                    if (peer(policy, rule.getFrom(), other) && port(rule.getPorts(), receiver, protocol, port)) {
                        return Optional.of(true);
                    }
                }
            } else {
                for (var rule : policy.getSpec().getEgress()) {
                    if (peer(policy, rule.getTo(), other) && port(rule.getPorts(), receiver, protocol, port)) {
                        return Optional.of(true);
                    }
                }
            }
        }
        return Optional.of(false);
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
